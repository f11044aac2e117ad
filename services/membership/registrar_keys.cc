#include "services/membership/registrar_keys.h"

#include <utility>

#include "common/crypto/bytes.h"
#include "common/ids/id.h"
#include "common/status/macros.h"
#include "services/membership/errors_registrar.h"
#include "services/membership/names.h"
#include "services/membership/store/issuances.h"

namespace plenary::membership {

absl::StatusOr<ElectionKeys> GenerateElectionKeys(crypto::RandomSource& random) {
  ASSIGN_OR_RETURN(crypto::RsaPrivateKey rsa, crypto::RsaPrivateKey::Generate());
  return ElectionKeys{std::move(rsa), crypto::Ed25519KeyPair::Generate(random)};
}

absl::StatusOr<bool> StoreElectionKeys(db::Transaction& transaction, const std::string& election,
                                       const ElectionKeys& keys, const KeyEncryption& encryption,
                                       crypto::RandomSource& random) {
  PrivateKeyBytes bytes;
  bytes.rsa_der = keys.rsa.ToDer();
  bytes.list_seed = keys.list.Seed();
  ASSIGN_OR_RETURN(const std::string sealed, encryption.Seal(election, bytes, random));
  return store::InsertKeys(transaction, election, keys.rsa.public_key().n(), sealed);
}

absl::StatusOr<int> SealPlainKeys(db::Transaction& transaction, const KeyEncryption& encryption,
                                  crypto::RandomSource& random) {
  ASSIGN_OR_RETURN(std::vector<store::PlainKeys> all, store::ListPlainKeys(transaction));
  for (store::PlainKeys& plain : all) {
    PrivateKeyBytes bytes;
    bytes.rsa_der = std::move(plain.rsa_private);
    bytes.list_seed = std::move(plain.list_seed);
    ASSIGN_OR_RETURN(const std::string sealed, encryption.Seal(plain.election, bytes, random));
    RETURN_IF_ERROR(store::ReplacePlainKeys(transaction, plain.election, sealed));
  }
  return static_cast<int>(all.size());
}

absl::Status CheckOpensAll(db::Session& session, const KeyEncryption& encryption) {
  ASSIGN_OR_RETURN(const std::vector<store::SealedKeys> all, store::ListSealedKeys(session));
  for (const store::SealedKeys& keys : all) {
    if (!encryption.Unseal(keys.election, keys.sealed).ok()) {
      return errors::KeyEncryptionWrong(encryption.path(), ResourceName(kElections, keys.election));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<FoundKeys> RegistrarKeys::Find(db::Session& session, const std::string& election) {
  const std::lock_guard lock(mutex_);
  if (const auto found = keys_.find(election); found != keys_.end()) return FoundKeys{found->second, {}};
  ASSIGN_OR_RETURN(const auto stored, store::FindKeys(session, election));
  if (!stored.has_value()) return FoundKeys();
  if (stored->destroyed.has_value()) return FoundKeys{nullptr, stored->destroyed};
  ASSIGN_OR_RETURN(const PrivateKeyBytes bytes, encryption_.Unseal(election, stored->sealed));
  ASSIGN_OR_RETURN(crypto::RsaPrivateKey rsa, crypto::RsaPrivateKey::FromDer(bytes.rsa_der));
  ASSIGN_OR_RETURN(crypto::Ed25519KeyPair list, crypto::Ed25519KeyPair::FromSeed(bytes.list_seed));
  auto keys = std::make_shared<const ElectionKeys>(ElectionKeys{std::move(rsa), std::move(list)});
  keys_.emplace(election, keys);
  return FoundKeys{std::move(keys), {}};
}

void RegistrarKeys::Forget(const std::string& election) {
  const std::lock_guard lock(mutex_);
  keys_.erase(election);
}

}  // namespace plenary::membership
