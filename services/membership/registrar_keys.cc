#include "services/membership/registrar_keys.h"

#include <utility>

#include "common/crypto/bytes.h"
#include "common/status/macros.h"
#include "services/membership/store/issuances.h"

namespace plenary::membership {

absl::StatusOr<ElectionKeys> GenerateElectionKeys(crypto::RandomSource& random) {
  ASSIGN_OR_RETURN(crypto::RsaPrivateKey rsa, crypto::RsaPrivateKey::Generate());
  return ElectionKeys{std::move(rsa), crypto::Ed25519KeyPair::Generate(random)};
}

absl::StatusOr<bool> StoreElectionKeys(db::Transaction& transaction, std::string_view election,
                                       const ElectionKeys& keys) {
  store::StoredKeys stored{keys.rsa.public_key().n(), keys.rsa.ToDer(), keys.list.Seed()};
  const crypto::WipeAtEnd wipe_rsa(stored.rsa_private);
  const crypto::WipeAtEnd wipe_seed(stored.list_seed);
  return store::InsertKeys(transaction, election, stored);
}

absl::StatusOr<std::shared_ptr<const ElectionKeys>> RegistrarKeys::Find(db::Session& session,
                                                                        const std::string& election) {
  const std::lock_guard lock(mutex_);
  if (const auto found = keys_.find(election); found != keys_.end()) return found->second;
  ASSIGN_OR_RETURN(auto stored, store::FindKeys(session, election));
  if (!stored.has_value()) return std::shared_ptr<const ElectionKeys>();
  const crypto::WipeAtEnd wipe_rsa(stored->rsa_private);
  const crypto::WipeAtEnd wipe_seed(stored->list_seed);
  ASSIGN_OR_RETURN(crypto::RsaPrivateKey rsa, crypto::RsaPrivateKey::FromDer(stored->rsa_private));
  ASSIGN_OR_RETURN(crypto::Ed25519KeyPair list, crypto::Ed25519KeyPair::FromSeed(stored->list_seed));
  auto keys = std::make_shared<const ElectionKeys>(ElectionKeys{std::move(rsa), std::move(list)});
  keys_.emplace(election, keys);
  return keys;
}

}  // namespace plenary::membership
