#include "services/membership/errors_rolls.h"

#include <fmt/format.h>

#include <string>

#include "services/membership/errors.h"

namespace plenary::membership::errors {

using absl::StatusCode;

absl::Status CallerGone() {
  return kDomain.Error(StatusCode::kCancelled, "CALLER_GONE",
                       "The answer was no longer read, so the rest of it was not sent. Ask again.");
}

absl::Status RollRevisionNotFound(std::string_view election, int revision) {
  return kDomain.Error(
      StatusCode::kNotFound, "ROLL_NOT_FOUND",
      fmt::format("The roll of this election has no revision {}. List its revisions.", revision),
      {{"election", election}});
}

absl::Status RollEntryNotFound(std::string_view unit) {
  return kDomain.Error(StatusCode::kNotFound, "ROLL_ENTRY_NOT_FOUND",
                       "This company is not on the roll of the election. Challenge the roll if it should be.",
                       {{"unit", unit}});
}

absl::Status RollFixed(std::string_view election) {
  return kDomain.Error(StatusCode::kFailedPrecondition, "ROLL_FIXED",
                       "The manifest of this election names the roll, which never changes again. Dismiss the "
                       "challenge, and say so to whoever filed it.",
                       {{"election", election}});
}

absl::Status LastLine(std::string_view election) {
  return kDomain.Error(StatusCode::kFailedPrecondition, "ROLL_EMPTY",
                       "Nobody would be left on the roll. Dismiss the challenge, or call off the election.",
                       {{"election", election}});
}

absl::Status RollOfPeople(std::string_view election) {
  return kDomain.Error(
      StatusCode::kFailedPrecondition, "ROLL_OF_PEOPLE",
      "The roll of this election lists people, each for themselves. Nobody takes their place.",
      {{"election", election}});
}

absl::Status ChallengeNotFound(std::string_view challenge) {
  return kDomain.Error(StatusCode::kNotFound, "CHALLENGE_NOT_FOUND",
                       "There is no such challenge. List the challenges of the election.",
                       {{"challenge", challenge}});
}

absl::Status RollChallenged(std::string_view election) {
  return kDomain.Error(StatusCode::kFailedPrecondition, "ROLL_CHALLENGED",
                       "A challenge of the roll of this election is open. Have the office decide it first: "
                       "once a manifest names the roll, the roll never changes again.",
                       {{"election", election}});
}

absl::Status ChallengeTooLate(std::string_view election) {
  return kDomain.Error(
      StatusCode::kFailedPrecondition, "CHALLENGE_TOO_LATE",
      "The roll of this election can no longer be challenged. Write to the returning officer.",
      {{"election", election}});
}

absl::Status ChallengeMoot(std::string_view because) {
  return kDomain.Error(StatusCode::kFailedPrecondition, "CHALLENGE_MOOT", std::string(because));
}

absl::Status ChallengeOpen(std::string_view unit) {
  return kDomain.Error(StatusCode::kAlreadyExists, "CHALLENGE_OPEN",
                       "You have challenged this line already. Wait for the decision.", {{"unit", unit}});
}

absl::Status ChallengeDecided(std::string_view challenge) {
  return kDomain.Error(
      StatusCode::kFailedPrecondition, "CHALLENGE_DECIDED",
      "This challenge is decided, and a decision stands. File another one if there are other "
      "grounds.",
      {{"challenge", challenge}});
}

absl::Status TooManyChallenges(int most) {
  return kDomain.Error(
      StatusCode::kResourceExhausted, "TOO_MANY_CHALLENGES",
      fmt::format("{} of your challenges of this roll wait for a decision. Wait until one is decided.",
                  most));
}

absl::Status OwnChallenge(std::string_view challenge) {
  return kDomain.Error(StatusCode::kPermissionDenied, "OWN_CHALLENGE",
                       "You filed this challenge, so somebody else of the office decides it. Ask them.",
                       {{"challenge", challenge}});
}

absl::Status StillCannotVote(std::string_view unit, std::string_view remedy) {
  return kDomain.Error(
      StatusCode::kFailedPrecondition, "STILL_CANNOT_VOTE",
      fmt::format("By the register the challenged one could vote neither as of the record date nor today. {} "
                  "Then decide again, or dismiss the challenge.",
                  remedy),
      {{"unit", unit}});
}

absl::Status NotOfCompanyToSubstitute(std::string_view company) {
  return kDomain.Error(StatusCode::kPermissionDenied, "NOT_PROFESSIONAL_OF_COMPANY",
                       "Only staff, an administrator of the company, or a person of it who may vote names a "
                       "substitute. Ask one of them.",
                       {{"company", company}});
}

absl::Status CredentialCollected(std::string_view company) {
  return kDomain.Error(
      StatusCode::kFailedPrecondition, "CREDENTIAL_ALREADY_ISSUED",
      "The company has collected its credential for this election. Whoever collected it votes.",
      {{"company", company}});
}

absl::Status CollectsForAnotherLine(std::string_view person, std::string_view unit) {
  return kDomain.Error(
      StatusCode::kFailedPrecondition, "COLLECTS_FOR_ANOTHER_LINE",
      fmt::format("In this election {} collects for {}, and nobody collects for two. Name a substitute there "
                  "first (`plenary roll substitute`), or somebody else here.",
                  person, unit),
      {{"person", person}, {"unit", unit}});
}

}  // namespace plenary::membership::errors
