#include "services/election/served_boxes.h"

#include <mutex>
#include <utility>

#include "absl/time/clock.h"
#include "common/db/transact.h"
#include "common/status/macros.h"

namespace plenary::election {
namespace {
constexpr absl::Duration kLoadPatience = absl::Seconds(30);
}  // namespace

std::string ServedBox::Receipt(std::string_view ballot_hash) const {
  return key.Sign(ReceiptMessage(manifest.hash(), ballot_hash));
}

absl::Status ServedBoxes::LoadAll(db::Pool& pool) {
  ASSIGN_OR_RETURN(const auto boxes,
                   db::Autocommit(pool, absl::Now() + kLoadPatience,
                                  [](db::Session& session) { return BoxStore::LoadWithManifest(session); }));
  for (const StoredBox& box : boxes) RETURN_IF_ERROR(Add(box));
  return absl::OkStatus();
}

absl::Status ServedBoxes::Add(const StoredBox& box) {
  ASSIGN_OR_RETURN(PublishedManifest manifest, PublishedManifest::Parse(box.manifest));
  ASSIGN_OR_RETURN(crypto::Ed25519KeyPair key, crypto::Ed25519KeyPair::FromSeed(box.key_seed));
  auto served = std::make_shared<const ServedBox>(ServedBox{std::move(manifest), std::move(key)});
  const std::unique_lock lock(mutex_);
  by_hash_[served->manifest.hash()] = served;
  return absl::OkStatus();
}

std::shared_ptr<const ServedBox> ServedBoxes::Find(std::string_view manifest_hash) const {
  const std::shared_lock lock(mutex_);
  const auto found = by_hash_.find(manifest_hash);
  return found == by_hash_.end() ? nullptr : found->second;
}

}  // namespace plenary::election
