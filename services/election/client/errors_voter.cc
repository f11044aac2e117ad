#include "services/election/client/errors_voter.h"

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

}  // namespace plenary::election::errors
