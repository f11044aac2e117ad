// The errors that a voter's client makes itself, beside those of services/election/errors.h. Domain
// "plenary.election".
#pragma once

#include "absl/status/status.h"

namespace plenary::election::errors {

// NOT_FOUND, NOTHING_LEFT_TO_RECOVER: a credential was collected, and nothing left beside it.
absl::Status NothingLeftToRecover();

}  // namespace plenary::election::errors
