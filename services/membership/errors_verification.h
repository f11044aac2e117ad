// The errors of letters of reference, verification and applications.
#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "plenary/membership/v1/application_service.pb.h"
#include "plenary/membership/v1/letter_service.pb.h"

namespace plenary::membership::errors {

// Letters.
absl::Status DeclarationMissing(std::string_view field);                          // INVALID_ARGUMENT
absl::Status RefereeConflict(std::string_view because);                           // FAILED_PRECONDITION
absl::Status LetterExists();                                                      // ALREADY_EXISTS
absl::Status LetterRequestsTooMany();                                             // RESOURCE_EXHAUSTED
absl::Status LetterNotFound(std::string_view letter);                             // NOT_FOUND
absl::Status LetterTokenInvalid();                                                // NOT_FOUND
absl::Status LetterStateWrong(std::string_view letter, v1::Letter::State state);  // FAILED_PRECONDITION
absl::Status LettersEnough(std::string_view person);                              // FAILED_PRECONDITION

// Verification.
absl::Status WayAsksNothing();                             // INVALID_ARGUMENT
absl::Status WayNotFound(std::string_view way);            // NOT_FOUND
absl::Status VoucherNotEntitled(std::string_view remedy);  // PERMISSION_DENIED
absl::Status VoucherConflict(std::string_view because);    // FAILED_PRECONDITION
absl::Status VouchNotFound();                              // NOT_FOUND
absl::Status GrantNotFound();                              // NOT_FOUND

// Applications.
absl::Status TermsNotAccepted();                                 // INVALID_ARGUMENT
absl::Status ApplicationsTooMany();                              // RESOURCE_EXHAUSTED
absl::Status ApplicationNotFound(std::string_view application);  // NOT_FOUND
absl::Status ApplicationTokenInvalid();                          // NOT_FOUND
absl::Status ApplicationExists();                                // ALREADY_EXISTS
absl::Status ApplicationStateWrong(std::string_view application,
                                   v1::Application::State state);  // FAILED_PRECONDITION
absl::Status CompanyExists(std::string_view company);              // FAILED_PRECONDITION
absl::Status PersonExists();                                       // ALREADY_EXISTS

}  // namespace plenary::membership::errors
