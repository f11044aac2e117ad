// The errors of continuing education, badges and chapters: codes, reasons and wording in one place.
#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"

namespace plenary::membership::errors {

// Nothing of that name: NOT_FOUND.
absl::Status CourseNotFound(std::string_view course);
absl::Status TrackNotFound(std::string_view track);
absl::Status ClaimNotFound(std::string_view claim);
absl::Status CertificationNotFound(std::string_view certification);
absl::Status BadgeNotFound(std::string_view badge);
absl::Status ChapterNotFound(std::string_view chapter);

// Credits.
absl::Status EarnedInFuture(std::string_view day);                                // FAILED_PRECONDITION
absl::Status EarnedTooLongAgo(std::string_view day);                              // FAILED_PRECONDITION
absl::Status CourseNotOffered(std::string_view course, std::string_view day);     // FAILED_PRECONDITION
absl::Status TooManyClaims();                                                     // FAILED_PRECONDITION
absl::Status CreditsAlreadyClaimed(std::string_view what, std::string_view day);  // ALREADY_EXISTS
absl::Status OwnClaim();                                                          // PERMISSION_DENIED
absl::Status ClaimAlreadyDecided(std::string_view claim);                         // FAILED_PRECONDITION
absl::Status ClaimWithdrawn(std::string_view claim);                              // FAILED_PRECONDITION
absl::Status ClaimChanged(std::string_view claim);                                // ABORTED

// Certifications.
absl::Status TrackIncomplete(std::string_view what_is_missing);  // FAILED_PRECONDITION
absl::Status CertificationHolds(std::string_view until);         // ALREADY_EXISTS; "" is without end
absl::Status OwnCertification();                                 // PERMISSION_DENIED
absl::Status CertificationOver(std::string_view certification);  // FAILED_PRECONDITION

// Badges: FAILED_PRECONDITION.
absl::Status NoBadgeWithoutMembership();
absl::Status TooManyBadges(std::int64_t most);

// Chapters: FAILED_PRECONDITION.
absl::Status ChapterClosed(std::string_view chapter);
absl::Status NotInChapter();

}  // namespace plenary::membership::errors
