// The errors of teams: codes, reasons and wording in one place.
#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"

namespace plenary::membership::errors {

// Seats.
absl::Status SeatsTooMany();                                   // FAILED_PRECONDITION
absl::Status SeatPurchaseNotFound(std::string_view purchase);  // NOT_FOUND
absl::Status SeatsInUse(std::int64_t taken, std::int64_t left,
                        std::string_view names);                        // FAILED_PRECONDITION
absl::Status NoFreeSeat(std::string_view company, std::int64_t seats);  // FAILED_PRECONDITION
absl::Status SeatHeld(std::string_view person);                         // ALREADY_EXISTS
absl::Status SeatNotFound(std::string_view person);                     // NOT_FOUND
absl::Status CategoryNeedsOffice(std::string_view category);            // FAILED_PRECONDITION
absl::Status SeatTakenTooOften(std::string_view person);                // FAILED_PRECONDITION

// Joining a company.
absl::Status JoinCodesTooMany(std::string_view company);    // FAILED_PRECONDITION
absl::Status InvitationsTooMany(std::string_view company);  // FAILED_PRECONDITION
absl::Status JoinCodeNotFound();                            // NOT_FOUND
absl::Status ConsentMissing();                              // FAILED_PRECONDITION
absl::Status AlreadyInCompany(std::string_view company);    // FAILED_PRECONDITION

// Offers of help.
absl::Status HelpOffersTooMany();                         // FAILED_PRECONDITION
absl::Status HelpOfferNotFound(std::string_view offer);   // NOT_FOUND
absl::Status HelpOfferTaken(std::string_view offer);      // FAILED_PRECONDITION
absl::Status HelpOfferWithdrawn(std::string_view offer);  // FAILED_PRECONDITION
absl::Status NotMakerOfOffer();                           // PERMISSION_DENIED

}  // namespace plenary::membership::errors
