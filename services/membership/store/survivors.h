// Where the names of merged people and companies lead.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/db/session.h"

namespace plenary::membership::store {

// The id by which a merged person or company is known today; `id` itself when it was not merged. One
// statement a merge: ask when nothing of that id was found.
absl::StatusOr<std::string> SurvivorOf(db::Session& session, std::string_view id);

}  // namespace plenary::membership::store
