// The registrar's keys in memory, parsed once an election: parsing an RSA key takes longer than signing with
// it.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "absl/status/statusor.h"
#include "common/crypto/ed25519.h"
#include "common/crypto/random.h"
#include "common/crypto/rsa_key.h"
#include "common/db/session.h"

namespace plenary::membership {

// What the registrar signs with for one election. Immutable.
struct ElectionKeys {
  crypto::RsaPrivateKey rsa;
  crypto::Ed25519KeyPair list;
};

// Fresh keys; takes about a second.
absl::StatusOr<ElectionKeys> GenerateElectionKeys(crypto::RandomSource& random);
// False when the election has keys: then nothing is stored.
absl::StatusOr<bool> StoreElectionKeys(db::Transaction& transaction, std::string_view election,
                                       const ElectionKeys& keys);

// Thread-safe. Keys of an election never change, so what is here never goes stale.
class RegistrarKeys {
 public:
  // nullptr when the election has none.
  absl::StatusOr<std::shared_ptr<const ElectionKeys>> Find(db::Session& session, const std::string& election);

 private:
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<const ElectionKeys>> keys_;
};

}  // namespace plenary::membership
