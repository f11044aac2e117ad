// The errors that a voter's client makes itself, beside those of services/election/errors.h. Domain
// "plenary.election".
#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace plenary::election::errors {

// NOT_FOUND, NOTHING_LEFT_TO_RECOVER: a credential was collected, and nothing left beside it.
absl::Status NothingLeftToRecover();
// INVALID_ARGUMENT, SECRET_WRONG: the code opens nothing that was left.
absl::Status RecoveryCodeWrong();
// FAILED_PRECONDITION, VOTING_NOT_OPEN: as the box says it, but said before anything is sent.
absl::Status VotingOpensLater(absl::Time opens, absl::Time now);

}  // namespace plenary::election::errors
