// Trustees with their keys, the shares they dealt, and what they released. Holds no state; thread-safe.
// Whoever writes has locked the election's row.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/session.h"
#include "plenary/election/v1/trustee_service.pb.h"
#include "services/election/rules/published_manifest.h"
#include "services/election/rules/trustees.h"

namespace plenary::election {

// `election` is "elections/…"; numbers of trustees count from 1.
class TrusteeStore {
 public:
  // None for an election that was called before there were trustees.
  static absl::StatusOr<Trustees> Load(db::Session& session, const std::string& election);

  // Those of an election that is called.
  static absl::Status Insert(db::Transaction& tx, const std::string& election,
                             const google::protobuf::RepeatedPtrField<std::string>& people);
  // Other people, or the same ones anew: every key and share is forgotten. Changes the election's etag.
  static absl::Status Replace(db::Transaction& tx, const std::string& election,
                              const google::protobuf::RepeatedPtrField<std::string>& people, int threshold);

  // Keeps the keys of a trustee who has none. False, and nothing is to be committed, when one of them was
  // sent before, for whatever election.
  static absl::StatusOr<bool> InsertKeys(db::Transaction& tx, const std::string& election, int trustee,
                                         const std::string& tally_key, const std::string& transport_key);

  // The shares that `dealer` deals for the first time.
  static absl::Status InsertShares(db::Transaction& tx, int dealer, const v1::DealSharesRequest& request);
  // What was dealt to `holder`, by number of the dealer.
  static absl::StatusOr<std::vector<std::string>> DealtTo(db::Session& session, const std::string& election,
                                                          int holder);
  static absl::Status Accept(db::Transaction& tx, const std::string& election, int trustee);

  // Publishes a secret; the first one stands.
  static absl::Status InsertSecret(db::Transaction& tx, const std::string& election, int trustee,
                                   const std::string& secret, absl::Time now);
  // By number; "" for those not released.
  static absl::StatusOr<TallySecrets> Secrets(db::Session& session, const std::string& election);

  // The first one stands.
  static absl::Status InsertReleasedShare(db::Transaction& tx, const std::string& election, int dealer,
                                          int holder, const std::string& share);
  // Of the dealer's secret, by number of the holder.
  static absl::StatusOr<std::vector<std::string>> ReleasedShares(db::Session& session,
                                                                 const std::string& election, int dealer);
};

}  // namespace plenary::election
