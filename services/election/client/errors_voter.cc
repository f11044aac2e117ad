#include "services/election/client/errors_voter.h"

#include "common/time/date.h"
#include "fmt/format.h"
#include "services/election/errors.h"

namespace plenary::election::errors {

// Told only to whom a registrar takes for the collector of the line: it says no more than `issuance show`.
absl::Status NothingLeftToRecover() {
  return Domain().Error(
      absl::StatusCode::kNotFound, "NOTHING_LEFT_TO_RECOVER",
      "A credential was collected for you, and nothing was left with it that a recovery code could open. "
      "Vote "
      "on the device that collected it, or with its ballot file (--state). If it was not you who collected, "
      "dispute it: `plenary issuance dispute`.");
}

absl::Status RecoveryCodeWrong() {
  return Domain().Error(absl::StatusCode::kInvalidArgument, "SECRET_WRONG",
                        "This recovery code does not open what was left for you. Check it for a slip: it is "
                        "the one that the device "
                        "showed which collected the credential, and no other device's.");
}

absl::Status VotingOpensLater(absl::Time opens, absl::Time now) {
  return Domain().Error(absl::StatusCode::kFailedPrecondition, "VOTING_NOT_OPEN",
                        fmt::format("Voting opens at {}; by the clock here it is {}. No ballot was made or "
                                    "sent, and your choices may still "
                                    "change. Vote then.",
                                    FormatInstant(opens), FormatInstant(now)));
}

}  // namespace plenary::election::errors
