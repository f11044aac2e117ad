// The boxes that have a manifest, in memory: a ballot is checked without asking the database anything.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <shared_mutex>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/crypto/ed25519.h"
#include "services/election/rules/published_manifest.h"
#include "services/election/store/box_store.h"

namespace plenary::election {

// Immutable.
struct ServedBox {
  std::string election;  // the id
  PublishedManifest manifest;
  crypto::Ed25519KeyPair key;
  // Under which this process takes ballots and continues the log.
  std::uint64_t epoch = 0;

  static absl::StatusOr<std::shared_ptr<const ServedBox>> From(const StoredBox& box, std::uint64_t epoch);

  absl::Time voting_opens() const;
  absl::Time voting_closes() const;
  // The signature that says: this ballot is stored.
  std::string Receipt(std::string_view ballot_hash) const;
};

// Thread-safe. A manifest is for ever, so nothing is ever taken out.
class ServedBoxes {
 public:
  // Serves a box from now on.
  void Add(std::shared_ptr<const ServedBox> box);

  // nullptr when no box has that manifest.
  std::shared_ptr<const ServedBox> Find(std::string_view manifest_hash) const;

 private:
  mutable std::shared_mutex mutex_;
  std::map<std::string, std::shared_ptr<const ServedBox>, std::less<>> by_hash_;
};

}  // namespace plenary::election
