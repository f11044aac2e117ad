// What an election may look like when it is called.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "plenary/election/v1/resources.pb.h"

namespace plenary::election {

// FIELD_INVALID: display name or returning officer. TRUSTEES_INVALID: see CheckTrustees. CONTESTS_INVALID:
// none or too many contests, an id that is no id or stands twice, a body that is no body or stands twice,
// neither body nor options or both, options that are too few, too many, too long or not to be told apart, an
// unknown method, seats, marks or a highest score that are out of range or not for the method. TERMS_INVALID:
// the term rules of a contest do not add up to its seats, or a poll has some. The schedule is checked apart.
absl::Status CheckElectionShape(const v1::Election& election);

// Whether a contest is a poll between options, not about the seats of a body.
bool IsPoll(const v1::Contest& contest);

// The id in a wanted contest name, "contests/{contest}".
std::string WantedContestId(const v1::Contest& contest);

// The id in a wanted name of a poll's option, "options/{option}".
std::string WantedOptionId(const v1::PollOption& option);

}  // namespace plenary::election
