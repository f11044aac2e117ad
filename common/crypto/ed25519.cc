#include "common/crypto/ed25519.h"

#include <sodium.h>

#include <algorithm>

#include "common/crypto/bytes.h"
#include "common/crypto/errors.h"
#include "common/crypto/openssl_ptr.h"
#include "common/status/macros.h"

namespace plenary::crypto {

using internal::Data;
using internal::MutableData;

absl::StatusOr<Ed25519PublicKey> Ed25519PublicKey::FromBytes(std::string_view bytes) {
  if (bytes.size() != kEd25519PublicKeySize) {
    return errors::LengthUnexpected("an Ed25519 public key", kEd25519PublicKeySize, bytes.size());
  }
  Ed25519PublicKey key;
  std::copy(bytes.begin(), bytes.end(), key.point_.begin());
  return key;
}

std::string_view Ed25519PublicKey::bytes() const {
  return {reinterpret_cast<const char*>(point_.data()), point_.size()};
}

absl::StatusOr<Ed25519KeyPair> Ed25519KeyPair::FromSeed(std::string_view seed) {
  internal::RequireSodium();
  if (seed.size() != kEd25519SeedSize) {
    return errors::LengthUnexpected("an Ed25519 seed", kEd25519SeedSize, seed.size());
  }
  Ed25519KeyPair pair;
  static_assert(sizeof(pair.secret_) == crypto_sign_SECRETKEYBYTES);
  crypto_sign_seed_keypair(pair.public_key_.point_.data(), pair.secret_.data(), Data(seed));
  return pair;
}

Ed25519KeyPair Ed25519KeyPair::Generate(RandomSource& random) {
  std::string seed = random.Bytes(kEd25519SeedSize);
  const WipeAtEnd wipe(seed);
  return *FromSeed(seed);
}

std::string Ed25519KeyPair::Sign(std::string_view message) const {
  std::string signature(kEd25519SignatureSize, '\0');
  crypto_sign_detached(MutableData(signature), nullptr, Data(message), message.size(), secret_.data());
  return signature;
}

std::string Ed25519KeyPair::Seed() const {
  std::string seed(kEd25519SeedSize, '\0');
  crypto_sign_ed25519_sk_to_seed(MutableData(seed), secret_.data());
  return seed;
}

void Ed25519KeyPair::TakeFrom(Ed25519KeyPair& other) {
  secret_ = other.secret_;
  public_key_ = other.public_key_;
  sodium_memzero(other.secret_.data(), other.secret_.size());
}

Ed25519KeyPair::Ed25519KeyPair(Ed25519KeyPair&& other) noexcept { TakeFrom(other); }

Ed25519KeyPair& Ed25519KeyPair::operator=(Ed25519KeyPair&& other) noexcept {
  if (this != &other) TakeFrom(other);
  return *this;
}

Ed25519KeyPair::~Ed25519KeyPair() { sodium_memzero(secret_.data(), secret_.size()); }

absl::Status VerifyEd25519(const Ed25519PublicKey& public_key, std::string_view message,
                           std::string_view signature) {
  internal::RequireSodium();
  if (signature.size() != kEd25519SignatureSize ||
      crypto_sign_verify_detached(Data(signature), Data(message), message.size(), Data(public_key.bytes())) !=
          0) {
    return errors::SignatureInvalid();
  }
  return absl::OkStatus();
}

}  // namespace plenary::crypto
