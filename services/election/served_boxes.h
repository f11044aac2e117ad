// The boxes that have a manifest, in memory: a ballot is checked without asking the database anything.
#pragma once

#include <map>
#include <memory>
#include <shared_mutex>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/crypto/ed25519.h"
#include "common/db/pool.h"
#include "services/election/rules/published_manifest.h"
#include "services/election/store/box_store.h"

namespace plenary::election {

// Immutable.
struct ServedBox {
  PublishedManifest manifest;
  crypto::Ed25519KeyPair key;

  // The signature that says: this ballot is stored.
  std::string Receipt(std::string_view ballot_hash) const;
};

// Thread-safe. A manifest is for ever, so nothing is ever taken out.
class ServedBoxes {
 public:
  // Takes over every box of the database that has a manifest. At the start.
  absl::Status LoadAll(db::Pool& pool);

  // Serves a box from now on.
  absl::Status Add(const StoredBox& box);

  // nullptr when no box has that manifest.
  std::shared_ptr<const ServedBox> Find(std::string_view manifest_hash) const;

 private:
  mutable std::shared_mutex mutex_;
  std::map<std::string, std::shared_ptr<const ServedBox>, std::less<>> by_hash_;
};

}  // namespace plenary::election
