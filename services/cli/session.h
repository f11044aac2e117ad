// Who is signed in: an access token in a file that only its owner may read.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/cli/surroundings.h"

namespace plenary::cli {

struct Session {
  std::map<std::string, std::string> tokens;  // by service
  absl::Time expire_time;                     // by the suite's clock
  std::string person;                         // "people/…"
  std::string full_name;
  std::string email;  // as it was signed in with
  std::vector<std::string> roles;

  // What the service is shown; "" when there is none for it.
  std::string TokenFor(std::string_view service) const;
};

// `flag`, else PLENARY_SESSION, else plenary/session.json under $XDG_STATE_HOME or ~/.local/state.
std::string SessionPath(const std::string& flag, const Surroundings& surroundings);

// nullopt when there is no file. INVALID_ARGUMENT, reason INPUT_INVALID, when it is not a session.
absl::StatusOr<std::optional<Session>> LoadSession(const std::string& path);

// Replaces the file in one step, mode 0600; makes its folder, mode 0700.
absl::Status SaveSession(const std::string& path, const Session& session);

// Whether there was one.
absl::StatusOr<bool> RemoveSession(const std::string& path);

}  // namespace plenary::cli
