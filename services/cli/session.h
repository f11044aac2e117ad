// Who is signed in: tokens in a file that only its owner may read.
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
  std::string person;                         // "people/…"; "" of a service account
  std::string full_name;
  std::string email;  // as it was signed in with
  std::vector<std::string> roles;

  // Of a session that can be renewed.
  std::string session;          // "sessions/…"
  std::string refresh_token;    // for one renewal
  std::string refresh_request;  // the request_id that has begun to use it; "": none

  // Of a service account, which signs in anew.
  std::string service_account;  // "serviceAccounts/…"
  std::string secret_file;

  // What the service is shown; "" when there is none for it.
  std::string TokenFor(std::string_view service) const;
};

// `flag`, else PLENARY_SESSION, else plenary/session.json under $XDG_STATE_HOME or ~/.local/state.
std::string SessionPath(const std::string& flag, const Surroundings& surroundings);

// nullopt when there is no file. INVALID_ARGUMENT, reason INPUT_INVALID, when it is not a session.
absl::StatusOr<std::optional<Session>> LoadSession(const std::string& path);

// Replaces the file in one step, mode 0600; makes its folder, mode 0700.
absl::Status SaveSession(const std::string& path, const Session& session);

// A sign-in that waits for its code.
struct PendingSignIn {
  std::string email;
  std::string sign_in;  // "signIns/…"
};
// In a file of its own beside the session's.
absl::StatusOr<std::optional<PendingSignIn>> LoadPendingSignIn(const std::string& session_path);
absl::Status SavePendingSignIn(const std::string& session_path, const PendingSignIn& pending);
void RemovePendingSignIn(const std::string& session_path);

// Whether there was one.
absl::StatusOr<bool> RemoveSession(const std::string& path);

}  // namespace plenary::cli
