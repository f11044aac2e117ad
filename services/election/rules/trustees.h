// Trustees: who may be one, what may come when, and what is right about the keys, shares and secrets they
// send.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "plenary/election/v1/resources.pb.h"
#include "plenary/election/v1/trustee_service.pb.h"

namespace plenary::election {

using Trustees = std::vector<v1::Trustee>;  // by number

// What a request calls the two: "election.trustees", "election.trustee_threshold".
struct TrusteeFields {
  std::string_view people;
  std::string_view threshold;
};

// TRUSTEES_INVALID unless there are 2 to 9 distinct people, none of them the returning officer, and the
// threshold is 2 to as many as there are, or 0.
absl::Status CheckTrustees(const google::protobuf::RepeatedPtrField<std::string>& people, int threshold,
                           const std::string& returning_officer, const TrusteeFields& fields);

// The threshold that was asked for; for 0 more than half, and at least 2.
int ThresholdOf(int wanted, int trustees);

// Whose number it is. NOT_TRUSTEE for anybody else.
absl::StatusOr<int> NumberOf(const Trustees& trustees, std::string_view person);

// What a trustee or the returning officer does, in this order; resetting at any time before the manifest.
enum class TrusteeAct { kSendKeys, kDealShares, kListShares, kAcceptShares, kReset, kRelease };

// Whether the election and the trustees are so far: MANIFEST_PUBLISHED, TRUSTEE_KEYS_MISSING, SHARES_MISSING
// or ELECTION_NOT_CLOSED.
absl::Status CheckTrusteeAct(TrusteeAct act, v1::Election::State state, const Trustees& trustees);

// TRUSTEES_NOT_READY unless there are trustees, and each has sent keys, dealt and accepted.
absl::Status CheckTrusteesReady(const Trustees& trustees);
// TALLY_SECRETS_MISSING unless each secret is released.
absl::Status CheckSecretsReleased(const Trustees& trustees);

// TALLY_KEY_INVALID: not 32 bytes, of small order, or both the same.
absl::Status CheckTrusteeKeys(const v1::SendTrusteeKeysRequest& request);

// SHARES_INVALID: not one a trustee, or of another length than a sealed share and its hash have.
absl::Status CheckDealtShares(const v1::DealSharesRequest& request, int trustees);

// TALLY_SECRET_WRONG: not clamped, or not that of the key.
absl::Status CheckTallySecret(std::string_view secret, std::string_view tally_key);

// The number of the trustee whose secret the share is of. SHARE_WRONG unless it is the share that this
// trustee dealt to `holder`, to the byte.
absl::StatusOr<int> DealerOf(std::string_view share, int holder, const Trustees& trustees);

// The secret of `tally_key`, when any `threshold` of these shares ("PLS1 …", each checked by DealerOf) give
// it back. nullopt while there are too few, or when whoever dealt them dealt shares that do not belong
// together.
std::optional<std::string> SecretFromShares(const std::vector<std::string>& shares, int threshold,
                                            std::string_view tally_key);

// As they stand in the manifest.
std::vector<v1::Manifest::Trustee> ManifestTrustees(const Trustees& trustees);

}  // namespace plenary::election
