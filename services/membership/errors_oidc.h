// The errors of signing in through an OpenID Connect provider. Domain "plenary.membership".
#pragma once

#include <string_view>

#include "absl/status/status.h"

namespace plenary::membership::errors {

absl::Status OidcNotConfigured();  // FAILED_PRECONDITION
// At the start of the service: a flag that is missing or wrong. `how` is a sentence.
absl::Status OidcFlagInvalid(std::string_view flag, std::string_view how);  // INVALID_ARGUMENT
absl::Status OidcSignInEnded();                                             // FAILED_PRECONDITION
// `because` is a clause.
absl::Status OidcRefused(std::string_view because);      // UNAUTHENTICATED
absl::Status OidcPersonUnknown();                        // PERMISSION_DENIED
absl::Status OidcUnavailable(std::string_view because);  // UNAVAILABLE

}  // namespace plenary::membership::errors
