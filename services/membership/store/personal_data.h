// What membership holds about a person, section by section.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/db/session.h"

namespace plenary::membership::store {

// One name under which the register knows, or knew, somebody.
struct Identity {
  std::string id;
  std::string email;  // normalised
  std::string full_name;
};

// The person, and everybody who was merged into them, and into those.
absl::StatusOr<std::vector<Identity>> IdentitiesOf(db::Session& session, const Identity& person);

// Columns and their values; nullopt where the register has none. Instants are RFC 3339, dates "YYYY-MM-DD".
using PersonalRecord = std::vector<std::pair<std::string_view, std::optional<std::string>>>;

// Calls `section` before the records of each section, in a fixed order, and `record` for each of them.
absl::Status EachPersonalRecord(db::Session& session, const std::vector<Identity>& identities,
                                const std::function<void(std::string_view)>& section,
                                const std::function<void(const PersonalRecord&)>& record);

}  // namespace plenary::membership::store
