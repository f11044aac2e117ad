// The errors of signing in, sessions and service accounts. Domain "plenary.membership".
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace plenary::membership::errors {

// RESOURCE_EXHAUSTED, with the metadata try_again.
absl::Status SignInLimit(absl::Time try_again);
// `tries_left` of this sign-in.
absl::Status SignInCodeWrong(int tries_left);  // UNAUTHENTICATED
absl::Status SignInEnded();                    // FAILED_PRECONDITION

// UNAUTHENTICATED: the session has to begin anew.
absl::Status RefreshTokenInvalid();
absl::Status RefreshTokenReused();
absl::Status SessionEnded();
absl::Status SessionNotFound(std::string_view session);  // NOT_FOUND
absl::Status RequestIdInvalid();                         // INVALID_ARGUMENT

absl::Status PersonNeeded();                                    // PERMISSION_DENIED
absl::Status ServiceAccountNotFound(std::string_view account);  // NOT_FOUND
absl::Status ServiceAccountEnded(std::string_view account);     // FAILED_PRECONDITION
absl::Status ServiceAccountRefused();                           // UNAUTHENTICATED

}  // namespace plenary::membership::errors
