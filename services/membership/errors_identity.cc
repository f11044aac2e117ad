#include "services/membership/errors_identity.h"

#include "common/time/date.h"
#include "fmt/format.h"
#include "services/membership/errors.h"

namespace plenary::membership::errors {

absl::Status SignInLimit(absl::Time try_again) {
  const std::string when = FormatInstant(try_again);
  return kDomain.Error(absl::StatusCode::kResourceExhausted, "SIGN_IN_LIMIT",
                       fmt::format("There were too many attempts to sign in. Try again after {}.", when),
                       {{"try_again", when}});
}

absl::Status SignInCodeWrong(int tries_left) {
  return kDomain.Error(
      absl::StatusCode::kUnauthenticated, "SIGN_IN_CODE_WRONG",
      tries_left > 0 ? fmt::format("That is not the code of the mail. Look again; {} {} left.", tries_left,
                                   tries_left == 1 ? "try is" : "tries are")
                     : "That is not the code of the mail, and it was the last try. Ask for a new code.");
}

absl::Status SignInEnded() {
  return kDomain.Error(absl::StatusCode::kFailedPrecondition, "SIGN_IN_ENDED",
                       "This code is used up or out of date. Ask for a new one.");
}

absl::Status RefreshTokenInvalid() {
  return kDomain.Error(absl::StatusCode::kUnauthenticated, "REFRESH_TOKEN_INVALID",
                       "There is no such session. Sign in again.");
}

absl::Status RefreshTokenReused() {
  return kDomain.Error(
      absl::StatusCode::kUnauthenticated, "REFRESH_TOKEN_REUSED",
      "This session was used from two places and has been ended. Sign in again. If the other "
      "place was not yours, sign out everywhere and tell the office.");
}

absl::Status SessionEnded() {
  return kDomain.Error(absl::StatusCode::kUnauthenticated, "SESSION_ENDED",
                       "The session has ended. Sign in again.");
}

absl::Status SessionNotFound(std::string_view session) {
  return kDomain.Error(absl::StatusCode::kNotFound, "SESSION_NOT_FOUND",
                       fmt::format("The person has no session \"{}\". List the sessions.", session));
}

absl::Status RequestIdInvalid() {
  return kDomain.BadRequest("REQUEST_ID_INVALID",
                            {{"request_id", "Give a UUID such as 123e4567-e89b-42d3-a456-426614174000."}});
}

absl::Status PersonNeeded() {
  return kDomain.Error(absl::StatusCode::kPermissionDenied, "PERSON_NEEDED",
                       "A service account may not do this. Ask a person of the office to do it.");
}

absl::Status ServiceAccountNotFound(std::string_view account) {
  return kDomain.Error(
      absl::StatusCode::kNotFound, "SERVICE_ACCOUNT_NOT_FOUND",
      fmt::format("There is no service account \"{}\". List the service accounts.", account));
}

absl::Status ServiceAccountEnded(std::string_view account) {
  return kDomain.Error(
      absl::StatusCode::kFailedPrecondition, "SERVICE_ACCOUNT_ENDED",
      fmt::format("The service account {} was revoked or is past its time. Create another one.", account));
}

absl::Status ServiceAccountRefused() {
  return kDomain.Error(
      absl::StatusCode::kUnauthenticated, "SERVICE_ACCOUNT_REFUSED",
      "No service account has this name and secret, or its time is over. Ask the office for a new secret.");
}

}  // namespace plenary::membership::errors
