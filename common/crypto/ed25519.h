// Ed25519 signatures (RFC 8032, pure, detached) by libsodium's rules: small-order and non-canonical
// public keys and non-canonical signatures are refused when verifying. All of it is thread-safe.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/crypto/random.h"

namespace plenary::crypto {

inline constexpr std::size_t kEd25519PublicKeySize = 32;
inline constexpr std::size_t kEd25519SeedSize = 32;
inline constexpr std::size_t kEd25519SignatureSize = 64;

class Ed25519PublicKey {
 public:
  // LENGTH_UNEXPECTED unless 32 bytes. Which points are refused shows when verifying.
  static absl::StatusOr<Ed25519PublicKey> FromBytes(std::string_view bytes);

  // 32 bytes that live as long as the key.
  std::string_view bytes() const;

  friend bool operator==(const Ed25519PublicKey&, const Ed25519PublicKey&) = default;

 private:
  friend class Ed25519KeyPair;
  Ed25519PublicKey() = default;

  std::array<std::uint8_t, kEd25519PublicKeySize> point_;
};

// A signing key, wiped when it goes or is moved from. Movable only; a key moved from must not sign.
class Ed25519KeyPair {
 public:
  // LENGTH_UNEXPECTED unless 32 bytes.
  static absl::StatusOr<Ed25519KeyPair> FromSeed(std::string_view seed);
  static Ed25519KeyPair Generate(RandomSource& random);

  const Ed25519PublicKey& public_key() const { return public_key_; }
  // 64 bytes; the same for the same message.
  std::string Sign(std::string_view message) const;
  // The 32 bytes that make this pair again, for keeping it; the caller wipes them.
  std::string Seed() const;

  Ed25519KeyPair(Ed25519KeyPair&& other) noexcept;
  Ed25519KeyPair& operator=(Ed25519KeyPair&& other) noexcept;
  ~Ed25519KeyPair();

 private:
  Ed25519KeyPair() = default;
  void TakeFrom(Ed25519KeyPair& other);

  std::array<std::uint8_t, kEd25519SeedSize + kEd25519PublicKeySize> secret_;
  Ed25519PublicKey public_key_;
};

// OK or SIGNATURE_INVALID.
absl::Status VerifyEd25519(const Ed25519PublicKey& public_key, std::string_view message,
                           std::string_view signature);

}  // namespace plenary::crypto
