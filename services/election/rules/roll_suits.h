// Whether an election can be voted on by the roll that was frozen for it.
#pragma once

#include "absl/status/status.h"
#include "plenary/election/v1/resources.pb.h"
#include "plenary/membership/v1/roll_service.pb.h"

namespace plenary::election {

// ROLL_UNSUITABLE: the roll lists people, and a contest fills the seats of a body, which are one vote a
// company; or it was frozen for another act than voting. Its record date is not looked at.
absl::Status CheckRollSuits(const membership::v1::Roll& roll, const v1::Election& election);

}  // namespace plenary::election
