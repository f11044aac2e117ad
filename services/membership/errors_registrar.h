// The errors of the two registrars, beside those of errors.h and errors_rolls.h.
#pragma once

#include <string_view>

#include "absl/status/status.h"

namespace plenary::membership::errors {

// Starting.
absl::Status JournalLost(std::string_view path);  // FAILED_PRECONDITION
// FAILED_PRECONDITION, JOURNAL_AHEAD; `because` is what the database has or has done.
absl::Status JournalNotTakenOver(std::string_view path, std::string_view unit, std::string_view election,
                                 std::string_view because);
absl::Status KeyEncryptionMissing();                                                  // FAILED_PRECONDITION
absl::Status KeyEncryptionUnusable(std::string_view path, std::string_view because);  // FAILED_PRECONDITION
absl::Status KeyEncryptionWrong(std::string_view path, std::string_view election);    // FAILED_PRECONDITION

// Keys and lists.
absl::Status KeysDestroyed(absl::StatusCode code, std::string_view election);  // as the call says
absl::Status IssuingStillOpen(std::string_view election);                      // FAILED_PRECONDITION
// FAILED_PRECONDITION, ISSUING_STILL_OPEN: told to who may not have the list signed.
absl::Status ListNotSigned(std::string_view election);
absl::Status DisputesOpen(std::string_view election);  // FAILED_PRECONDITION
// FAILED_PRECONDITION, JOURNAL_AHEAD: the database was set back beside the running registrar.
absl::Status ListBehindJournal(std::string_view election);

// Disputes.
absl::Status DisputeOpen(std::string_view election);     // ALREADY_EXISTS
absl::Status DisputesUsedUp(std::string_view election);  // FAILED_PRECONDITION
absl::Status DisputeNotFound(std::string_view dispute);  // NOT_FOUND
absl::Status DisputeAnswered(std::string_view dispute);  // ALREADY_EXISTS

// The auditor's registrar.
absl::Status RollNotFrozen(std::string_view election);   // FAILED_PRECONDITION
absl::Status RollCopyInvalid(std::string_view because);  // INVALID_ARGUMENT
absl::Status RollCopyCutShort();                         // CANCELLED
absl::Status NotOnRollCopy(std::string_view election);   // PERMISSION_DENIED
absl::Status UnitNotOnRollCopy(std::string_view unit);   // NOT_FOUND
// FAILED_PRECONDITION: the copy has the person, or the address, on the line of `unit`.
absl::Status PersonOnAnotherLine(std::string_view person, std::string_view unit);
absl::Status AddressOnAnotherLine(std::string_view email, std::string_view unit);
absl::Status CredentialOfLineIssued(std::string_view unit);  // ALREADY_EXISTS
absl::Status TooManyCodesFromPlace();                        // RESOURCE_EXHAUSTED
absl::Status TooManyCodesOfAddress();                        // RESOURCE_EXHAUSTED
absl::Status TooManyWrongCodes();                            // RESOURCE_EXHAUSTED
absl::Status CodeWrong();                                    // UNAUTHENTICATED
absl::Status AuditorEmailMissing();                          // FAILED_PRECONDITION

}  // namespace plenary::membership::errors
