// What an election may look like when it is called.
#pragma once

#include "absl/status/status.h"
#include "plenary/election/v1/resources.pb.h"

namespace plenary::election {

// FIELD_INVALID: display name or returning officer. CONTESTS_INVALID: none or too many contests, an id that
// is no id or stands twice, a body that is no body or stands twice, seats out of range, an unknown method.
// TERMS_INVALID: the term rules of a contest do not add up to its seats. The schedule is checked apart.
absl::Status CheckElectionShape(const v1::Election& election);

// The id in a wanted contest name, "contests/{contest}".
std::string WantedContestId(const v1::Contest& contest);

}  // namespace plenary::election
