#include "services/membership/errors_education.h"

#include <fmt/format.h>

#include <string>

#include "services/membership/errors.h"

namespace plenary::membership::errors {
namespace {

using absl::StatusCode;

absl::Status NotFound(std::string_view reason, std::string_view key, std::string_view name,
                      std::string message) {
  return kDomain.Error(StatusCode::kNotFound, reason, std::move(message), {{key, name}});
}

absl::Status Refused(std::string_view reason, std::string message) {
  return kDomain.Error(StatusCode::kFailedPrecondition, reason, std::move(message));
}

}  // namespace

absl::Status CourseNotFound(std::string_view course) {
  return NotFound("COURSE_NOT_FOUND", "course", course,
                  "There is no course of that name. The list of courses has them all.");
}

absl::Status TrackNotFound(std::string_view track) {
  return NotFound("TRACK_NOT_FOUND", "track", track,
                  "There is no track of that name. The list of tracks has them all.");
}

absl::Status ClaimNotFound(std::string_view claim) {
  return NotFound("CLAIM_NOT_FOUND", "claim", claim, "There is no claim of that name. Check the name.");
}

absl::Status CertificationNotFound(std::string_view certification) {
  return NotFound("CERTIFICATION_NOT_FOUND", "certification", certification,
                  "There is no certification of that name. Check the name.");
}

absl::Status BadgeNotFound(std::string_view badge) {
  return NotFound("BADGE_NOT_FOUND", "badge", badge, "There is no badge of that name. Check the name.");
}

absl::Status ChapterNotFound(std::string_view chapter) {
  return NotFound("CHAPTER_NOT_FOUND", "chapter", chapter,
                  "There is no chapter of that name. The list of chapters has them all.");
}

absl::Status EarnedInFuture(std::string_view day) {
  return Refused("EARNED_IN_FUTURE",
                 fmt::format("Nothing was earned on {} yet. Come back when it is over.", day));
}

absl::Status EarnedTooLongAgo(std::string_view day) {
  return Refused("EARNED_TOO_LONG_AGO",
                 fmt::format("{} is more than two years ago: too late to claim. Ask the office.", day));
}

absl::Status CourseNotOffered(std::string_view course, std::string_view day) {
  return Refused("COURSE_NOT_OFFERED",
                 fmt::format("{} earned no credits on {}. Check the day and the course.", course, day));
}

absl::Status TooManyClaims() {
  return Refused("TOO_MANY_CLAIMS",
                 "So many claims of yours wait already. Claim more once they are decided.");
}

absl::Status CreditsAlreadyClaimed(std::string_view what, std::string_view day) {
  return kDomain.Error(
      StatusCode::kAlreadyExists, "CREDITS_ALREADY_CLAIMED",
      fmt::format("The credits for {} on {} are claimed. A course counts once a day: see the list of claims.",
                  what, day));
}

absl::Status OwnClaim() {
  return kDomain.Error(StatusCode::kPermissionDenied, "OWN_CLAIM",
                       "Nobody decides on credits of their own. Ask a colleague.");
}

absl::Status ClaimAlreadyDecided(std::string_view claim) {
  return kDomain.Error(StatusCode::kFailedPrecondition, "CLAIM_ALREADY_DECIDED",
                       "The claim is decided. To change the decision, read the claim and send its etag.",
                       {{"claim", claim}});
}

absl::Status ClaimWithdrawn(std::string_view claim) {
  return kDomain.Error(StatusCode::kFailedPrecondition, "CLAIM_WITHDRAWN",
                       "The claim was taken back: there is nothing to decide. The person may claim anew.",
                       {{"claim", claim}});
}

absl::Status ClaimChanged(std::string_view claim) {
  return kDomain.Error(StatusCode::kAborted, "CLAIM_CHANGED",
                       "The claim has changed since you read it. Read it again and decide anew.",
                       {{"claim", claim}});
}

absl::Status TrackIncomplete(std::string_view what_is_missing) {
  return Refused("TRACK_INCOMPLETE", fmt::format("The track is not complete. Missing: {}.", what_is_missing));
}

absl::Status CertificationHolds(std::string_view until) {
  return kDomain.Error(StatusCode::kAlreadyExists, "CERTIFICATION_HOLDS",
                       until.empty()
                           ? std::string("The person holds this certification, without an end.")
                           : fmt::format("The person holds this certification until {}. Renew it in "
                                         "the 90 days before.",
                                         until));
}

absl::Status OwnCertification() {
  return kDomain.Error(StatusCode::kPermissionDenied, "OWN_CERTIFICATION",
                       "Nobody certifies themself. Ask a colleague.");
}

absl::Status CertificationOver(std::string_view certification) {
  return kDomain.Error(StatusCode::kFailedPrecondition, "CERTIFICATION_OVER",
                       "The certification is no longer good: there is nothing to revoke.",
                       {{"certification", certification}});
}

absl::Status NoBadgeWithoutMembership() {
  return Refused("NO_BADGE_WITHOUT_MEMBERSHIP",
                 "A badge shows a membership in good standing. Join or renew first.");
}

absl::Status TooManyBadges(std::int64_t most) {
  return Refused("TOO_MANY_BADGES",
                 fmt::format("You have {} badges, which is all. Renew or revoke one of them.", most));
}

absl::Status ChapterClosed(std::string_view chapter) {
  return Refused("CHAPTER_CLOSED", fmt::format("{} takes nobody new. Choose another chapter.", chapter));
}

absl::Status NotInChapter() { return Refused("NOT_IN_CHAPTER", "The person is in no chapter to leave."); }

}  // namespace plenary::membership::errors
