// The errors of rolls, challenges and substitutes, beside those of errors.h.
#pragma once

#include <string_view>

#include "absl/status/status.h"

namespace plenary::membership::errors {

// Streams.
absl::Status CallerGone();  // CANCELLED

// Rolls.
absl::Status RollRevisionNotFound(std::string_view election, int revision);  // NOT_FOUND
absl::Status RollEntryNotFound(std::string_view unit);                       // NOT_FOUND
absl::Status RollFixed(std::string_view election);                           // FAILED_PRECONDITION
absl::Status LastLine(std::string_view election);                            // FAILED_PRECONDITION
absl::Status RollOfPeople(std::string_view election);                        // FAILED_PRECONDITION

// Challenges.
absl::Status ChallengeNotFound(std::string_view challenge);                    // NOT_FOUND
absl::Status RollChallenged(std::string_view election);                        // FAILED_PRECONDITION
absl::Status ChallengeTooLate(std::string_view election);                      // FAILED_PRECONDITION
absl::Status ChallengeMoot(std::string_view because);                          // FAILED_PRECONDITION
absl::Status ChallengeOpen(std::string_view unit);                             // ALREADY_EXISTS
absl::Status ChallengeDecided(std::string_view challenge);                     // FAILED_PRECONDITION
absl::Status TooManyChallenges(int most);                                      // RESOURCE_EXHAUSTED
absl::Status OwnChallenge(std::string_view challenge);                         // PERMISSION_DENIED
absl::Status StillCannotVote(std::string_view unit, std::string_view remedy);  // FAILED_PRECONDITION

// Substitutes.
absl::Status NotOfCompanyToSubstitute(std::string_view company);  // PERMISSION_DENIED
absl::Status CredentialCollected(std::string_view company);       // FAILED_PRECONDITION
// FAILED_PRECONDITION: on this roll the person collects for `unit` already.
absl::Status CollectsForAnotherLine(std::string_view person, std::string_view unit);

}  // namespace plenary::membership::errors
