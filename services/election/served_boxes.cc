#include "services/election/served_boxes.h"

#include <mutex>
#include <utility>

#include "common/status/macros.h"

namespace plenary::election {
namespace {

absl::Time FromSeconds(std::uint64_t seconds) {
  return absl::FromUnixSeconds(static_cast<std::int64_t>(seconds));
}

}  // namespace

absl::StatusOr<std::shared_ptr<const ServedBox>> ServedBox::From(const StoredBox& box, std::uint64_t epoch) {
  ASSIGN_OR_RETURN(PublishedManifest manifest, PublishedManifest::Parse(box.manifest));
  ASSIGN_OR_RETURN(crypto::Ed25519KeyPair key, crypto::Ed25519KeyPair::FromSeed(box.key_seed));
  return std::make_shared<const ServedBox>(
      ServedBox{box.election, std::move(manifest), std::move(key), epoch});
}

absl::Time ServedBox::voting_opens() const { return FromSeconds(manifest.manifest().voting_opens()); }
absl::Time ServedBox::voting_closes() const { return FromSeconds(manifest.manifest().voting_closes()); }

std::string ServedBox::Receipt(std::string_view ballot_hash) const {
  return key.Sign(ReceiptMessage(manifest.hash(), ballot_hash));
}

void ServedBoxes::Add(std::shared_ptr<const ServedBox> box) {
  const std::unique_lock lock(mutex_);
  by_hash_[box->manifest.hash()] = std::move(box);
}

std::shared_ptr<const ServedBox> ServedBoxes::Find(std::string_view manifest_hash) const {
  const std::shared_lock lock(mutex_);
  const auto found = by_hash_.find(manifest_hash);
  return found == by_hash_.end() ? nullptr : found->second;
}

}  // namespace plenary::election
