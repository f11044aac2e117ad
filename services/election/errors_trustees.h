// The errors of trustees, of the close and of what follows from it. Domain "plenary.election".
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace plenary::election::errors {

absl::Status TrusteesInvalid(std::string_view field, std::string sentence);
// PERMISSION_DENIED.
absl::Status NotTrustee();
// TRUSTEES_NOT_READY: none yet; or `who` has not done `what`, and what they do next.
absl::Status NoTrustees();
absl::Status TrusteesNotReady(std::string_view who, std::string_view what, std::string_view next);

absl::Status TallyKeyInvalid(std::string_view field, std::string sentence);
absl::Status TrusteeKeysFixed();
absl::Status KeyUsedBefore();
absl::Status TrusteeKeysMissing(std::string_view who);
absl::Status SharesFixed();
absl::Status SharesInvalid(std::string_view field, std::string sentence);
absl::Status SharesMissing(std::string_view who);

absl::Status ElectionNotClosed();
// The same reason: the election was counted before there were logs and sealed ballots.
absl::Status ElectionNeverClosed();
absl::Status TallySecretWrong(std::string_view because);
// `dealer` is "people/…", or empty when no trustee of the election is the dealer.
absl::Status ShareWrong(std::string_view dealer, std::string_view because);
absl::Status TallySecretsMissing(std::string_view who);

// DATA_LOSS. `registrar` from 1, as people count.
absl::Status IssuanceListInvalid(int registrar, std::string_view because);
// DATA_LOSS, ROLL_CHANGED.
absl::Status RollChanged();
// DATA_LOSS, BALLOT_BOX_INCONSISTENT, found when closing: the final checkpoint is not signed by the box, or
// of another size.
absl::Status CheckpointInvalid();
absl::Status DisputesOpen(int open);

}  // namespace plenary::election::errors
