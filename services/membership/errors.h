// The errors of membership: codes, reasons and wording in one place. Domain "plenary.membership".
#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "common/status/error.h"

namespace plenary::membership::errors {

inline constexpr ErrorDomain kDomain("plenary.membership");

// Shape of requests: INVALID_ARGUMENT.
absl::Status FieldInvalid(std::string_view field, std::string_view sentence);
absl::Status DateInvalid(std::string_view field, std::string_view value);

// Nothing of that name: NOT_FOUND.
absl::Status PersonNotFound(std::string_view person);
absl::Status CompanyNotFound(std::string_view company);
absl::Status RollNotFound(std::string_view election);
absl::Status ManifestNotFound(std::string_view election);
absl::Status CredentialNotIssued(std::string_view election);

// The register.
absl::Status NotProfessionalOfCompany(std::string_view company);        // PERMISSION_DENIED
absl::Status RepresentativeNotEntitled(std::string_view because);       // FAILED_PRECONDITION
absl::Status CredentialOut(std::string_view company);                   // FAILED_PRECONDITION
absl::Status CompanyChanged(std::string_view company);                  // ABORTED
absl::Status PersonChanged(std::string_view person);                    // ABORTED
absl::Status CompanyNameTaken(std::string_view display_name);           // ALREADY_EXISTS
absl::Status EmailTaken();                                              // ALREADY_EXISTS
absl::Status MoverRepresentsUnderCredential(std::string_view company);  // FAILED_PRECONDITION
absl::Status NotEmployee(std::string_view company);                     // FAILED_PRECONDITION
absl::Status NotTheHolder(std::string_view holder);                     // PERMISSION_DENIED
absl::Status EmailNeedsOffice();                                        // PERMISSION_DENIED
absl::Status NotAdministrator(std::string_view company);                // PERMISSION_DENIED
absl::Status LastAdministrator(std::string_view company);               // FAILED_PRECONDITION
absl::Status TooManyAdministrators(std::string_view company);           // FAILED_PRECONDITION
absl::Status CategoryNotFound(std::string_view category);               // NOT_FOUND
absl::Status CategoryVersionPast(std::string_view valid_from);          // FAILED_PRECONDITION
absl::Status WaiverExists(std::string_view motion);                     // ALREADY_EXISTS
absl::Status RegisterChanged();                                         // ABORTED

// The file of an import: INVALID_ARGUMENT. `line` counts from 1.
absl::Status CsvEncodingInvalid(std::int64_t line, std::string_view because);
absl::Status CsvColumnsInvalid(std::string_view because);
absl::Status CsvMalformed(std::int64_t line, std::string_view because);
absl::Status CsvTooLarge(std::string_view because);
absl::Status ImportCutShort();  // CANCELLED

// Rolls.
absl::Status RollAlreadyFrozen(std::string_view election);  // ALREADY_EXISTS
absl::Status RollEmpty(std::string_view date);              // FAILED_PRECONDITION
absl::Status RecordDateInFuture(std::string_view date);     // FAILED_PRECONDITION

// The registrar.
absl::Status ManifestInvalid(std::string_view because);           // INVALID_ARGUMENT
absl::Status ManifestMismatch(std::string_view because);          // FAILED_PRECONDITION
absl::Status ManifestFixed(std::string_view election);            // ALREADY_EXISTS
absl::Status IssuingNotOpen(std::string_view election);           // FAILED_PRECONDITION
absl::Status IssuingClosed(std::string_view election);            // FAILED_PRECONDITION
absl::Status NotOnRoll(std::string_view election);                // PERMISSION_DENIED
absl::Status PersonNotOnRoll(std::string_view election);          // PERMISSION_DENIED
absl::Status NotRepresentative();                                 // PERMISSION_DENIED
absl::Status BlindedMessageInvalid();                             // INVALID_ARGUMENT
absl::Status RecoveryBlobInvalid();                               // INVALID_ARGUMENT
absl::Status CredentialAlreadyIssued(std::string_view election);  // ALREADY_EXISTS

// The registrar's journal: FAILED_PRECONDITION at start, UNAVAILABLE later.
absl::Status JournalMissing();
absl::Status JournalUnusable(std::string_view path, std::string_view because);
absl::Status JournalAhead(std::string_view path, std::string_view unit, std::string_view election);
absl::Status JournalBroken();

}  // namespace plenary::membership::errors
