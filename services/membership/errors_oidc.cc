#include "services/membership/errors_oidc.h"

#include "fmt/format.h"
#include "services/membership/errors.h"

namespace plenary::membership::errors {

absl::Status OidcNotConfigured() {
  return kDomain.Error(absl::StatusCode::kFailedPrecondition, "OIDC_NOT_CONFIGURED",
                       "The association has no provider to sign in through. Sign in by mail.");
}

absl::Status OidcFlagInvalid(std::string_view flag, std::string_view how) {
  return kDomain.Error(absl::StatusCode::kInvalidArgument, "OIDC_FLAG_INVALID",
                       fmt::format("{} cannot be used. {}", flag, how));
}

absl::Status OidcSignInEnded() {
  return kDomain.Error(absl::StatusCode::kFailedPrecondition, "OIDC_SIGN_IN_ENDED",
                       "This sign-in is unknown, used, or older than 10 minutes. Begin again.");
}

absl::Status OidcRefused(std::string_view because) {
  return kDomain.Error(
      absl::StatusCode::kUnauthenticated, "OIDC_REFUSED",
      fmt::format("The answer of the provider is not taken: {}. Begin again, or sign in by mail.", because));
}

absl::Status OidcPersonUnknown() {
  return kDomain.Error(absl::StatusCode::kPermissionDenied, "OIDC_PERSON_UNKNOWN",
                       "The provider knows you, but the register has nobody with an address that it has "
                       "verified. Verify your address there, sign in by mail, or ask the office.");
}

absl::Status OidcUnavailable(std::string_view because) {
  return kDomain.Error(
      absl::StatusCode::kUnavailable, "OIDC_UNAVAILABLE",
      fmt::format("The provider cannot be asked: {}. Try again, or sign in by mail.", because));
}

}  // namespace plenary::membership::errors
