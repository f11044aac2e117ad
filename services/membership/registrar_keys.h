// The registrar's keys of each election: made, sealed, kept in memory once they were needed, destroyed.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/crypto/ed25519.h"
#include "common/crypto/random.h"
#include "common/crypto/rsa_key.h"
#include "common/db/session.h"
#include "services/membership/key_encryption.h"

namespace plenary::membership {

// What the registrar signs with for one election. Immutable.
struct ElectionKeys {
  crypto::RsaPrivateKey rsa;
  crypto::Ed25519KeyPair list;
};

// Fresh keys; takes about a second.
absl::StatusOr<ElectionKeys> GenerateElectionKeys(crypto::RandomSource& random);
// False when the election has keys, or another one has had these: then nothing is stored.
absl::StatusOr<bool> StoreElectionKeys(db::Transaction& transaction, const std::string& election,
                                       const ElectionKeys& keys, const KeyEncryption& encryption,
                                       crypto::RandomSource& random);

// Seals keys from before there was a key to seal them with. How many elections' there were.
absl::StatusOr<int> SealPlainKeys(db::Transaction& transaction, const KeyEncryption& encryption,
                                  crypto::RandomSource& random);
// OK when the key opens every box of the database; else KEY_ENCRYPTION_UNUSABLE.
absl::Status CheckOpensAll(db::Session& session, const KeyEncryption& encryption);

struct FoundKeys {
  std::shared_ptr<const ElectionKeys> keys;  // nullptr when the election has none, or no longer
  std::optional<absl::Time> destroyed;
};

// The keys in memory, parsed once an election: parsing an RSA key takes longer than signing with it.
// Thread-safe. Keys of an election never change, so what is here goes stale only when they are destroyed.
class RegistrarKeys {
 public:
  // Borrows it.
  explicit RegistrarKeys(const KeyEncryption& encryption) : encryption_(encryption) {}

  // `session` is not of a transaction that has read already: it would not see keys that were destroyed since.
  absl::StatusOr<FoundKeys> Find(db::Session& session, const std::string& election);
  // They are destroyed, or may be. A call that holds them ends with them.
  void Forget(const std::string& election);

 private:
  const KeyEncryption& encryption_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const ElectionKeys>> keys_;
};

}  // namespace plenary::membership
