#include "services/election/client/errors_voter.h"

#include "common/time/date.h"
#include "fmt/format.h"
#include "services/election/errors.h"

namespace plenary::election::errors {

absl::Status ManifestNotTakenOver(std::string_view where) {
  return Domain().Error(
      absl::StatusCode::kNotFound, "MANIFEST_NOT_FOUND",
      fmt::format("{} has no manifest of this election yet. Try again in a moment.", where));
}

absl::Status CredentialsDiffer(std::string_view registrar, std::string_view election,
                               std::string_view state_path) {
  return Domain().Error(
      absl::StatusCode::kAlreadyExists, "CREDENTIALS_DIFFER",
      fmt::format(
          "{} has signed another key for you than the registrar before it, and a ballot needs one key "
          "signed by both. Keep the ballot file {} and the recovery code, and dispute it: `plenary "
          "issuance dispute {} --at-auditor --state FILE --text WHY`. Somebody else may read your mail.",
          registrar, state_path, election));
}

// Told only to whom a registrar takes for the collector of the line: it says no more than `issuance show`.
absl::Status NothingLeftToRecover(std::string_view election) {
  return Domain().Error(
      absl::StatusCode::kNotFound, "NOTHING_LEFT_TO_RECOVER",
      fmt::format(
          "A credential was collected for you, and nothing was left with it that a recovery code could open. "
          "Vote on the device that collected it, or with its ballot file (--state FILE). If it was not you "
          "who collected, dispute it: `plenary issuance dispute {} --text WHY`.",
          election));
}

absl::Status RecoveryCodeWrong() {
  return Domain().Error(absl::StatusCode::kInvalidArgument, "SECRET_WRONG",
                        "This recovery code does not open what was left for you. Check it for a slip: it is "
                        "the one that the device "
                        "showed which collected the credential, and no other device's.");
}

absl::Status AnotherBallotStands(std::string_view election) {
  return Domain().Error(
      absl::StatusCode::kAlreadyExists, "BALLOT_ALREADY_CAST",
      fmt::format(
          "The ballot box says that another ballot was cast under this key, and a vote is final: that one "
          "stands. This one was not taken. The receipt is where the other was cast: check it there with "
          "`plenary ballots check {0}` or `plenary receipt verify FILE`. If that device is lost, `plenary "
          "vote {0} --recover --state NEW-FILE` with the very --mark of then gets the same receipt. If "
          "nobody of yours cast it, ask the box once more with `plenary ballots check {0}`, and tell the "
          "returning officer: somebody else has your recovery code or ballot file, or the box is wrong.",
          election));
}

absl::Status AlreadyVoted(std::string_view election) {
  return Domain().Error(absl::StatusCode::kAlreadyExists, "BALLOT_FIXED",
                        fmt::format("You have voted in this election, and a vote is final: nothing was sent. "
                                    "See your ballot in the log with `plenary ballots check {}`.",
                                    election));
}

absl::Status RefusedForAnother(std::string_view election) {
  return Domain().Error(
      absl::StatusCode::kAlreadyExists, "BALLOT_ALREADY_CAST",
      fmt::format(
          "The log is closed without this ballot: the ballot box refused it, and said that another was cast "
          "under this key. If that one was yours, `plenary ballots check {}` finds it where it was cast. If "
          "it was not, keep the ballot file and tell the auditors: they can look in the log whether there "
          "is any ballot of your key.",
          election));
}

absl::Status ReceiptDisowned(std::string_view election, std::string_view state_path) {
  return Domain().Error(
      absl::StatusCode::kDataLoss, "BALLOT_ALREADY_CAST",
      fmt::format(
          "The ballot box says that another ballot was cast under this key, and it gave you a receipt "
          "for this one: both cannot be. Keep ballot file and receipt, and tell the auditors. Once the "
          "log is closed, `plenary ballots check {}` with the ballot file {} tells whether your ballot is "
          "in it.",
          election, state_path));
}

absl::Status VotingOpensLater(absl::Time opens, absl::Time now) {
  return Domain().Error(absl::StatusCode::kFailedPrecondition, "VOTING_NOT_OPEN",
                        fmt::format("Voting opens at {}; by the clock here it is {}. No ballot was made or "
                                    "sent, and your choices may still "
                                    "change. Vote then.",
                                    FormatInstant(opens), FormatInstant(now)));
}

}  // namespace plenary::election::errors
