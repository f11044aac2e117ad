// RSA keys for blind signatures. Both kinds are immutable once made, and const use is thread-safe.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace plenary::crypto {

// The one modulus size on offer, in bits, and what follows from it.
inline constexpr int kRsaModulusBits = 3072;
inline constexpr std::size_t kRsaModulusSize = kRsaModulusBits / 8;
// The one public exponent on offer, and its big-endian bytes.
inline constexpr unsigned kRsaExponent = 65537;
inline constexpr std::string_view kRsaExponentBytes{"\x01\x00\x01", 3};

namespace internal {
struct RsaPublicParts;
struct RsaPrivateParts;
class RsaKeyAccess;
}  // namespace internal

// A public key with everything precomputed that verifying needs. Cheap to copy: copies share it.
class RsaPublicKey {
 public:
  // `n` and `e` big-endian without leading zeros: a modulus of exactly kRsaModulusBits bits, odd,
  // and kRsaExponent. KEY_UNSUITABLE otherwise.
  static absl::StatusOr<RsaPublicKey> FromBytes(std::string_view n, std::string_view e);

  // Big-endian, without leading zeros.
  const std::string& n() const;
  const std::string& e() const;
  // The size in bytes of the modulus, of every signature and of every blinded message.
  std::size_t modulus_size() const;

 private:
  friend class internal::RsaKeyAccess;
  explicit RsaPublicKey(std::shared_ptr<const internal::RsaPublicParts> parts);

  std::shared_ptr<const internal::RsaPublicParts> parts_;
};

// A private key; OpenSSL clears its numbers when it goes. Movable only.
class RsaPrivateKey {
 public:
  // A new key of kRsaModulusBits bits from OpenSSL's generator; takes about a second.
  static absl::StatusOr<RsaPrivateKey> Generate();

  // Unencrypted PKCS#8. KEY_UNSUITABLE unless the public part is as RsaPublicKey demands and the
  // numbers belong together.
  static absl::StatusOr<RsaPrivateKey> FromPem(std::string_view pem);
  static absl::StatusOr<RsaPrivateKey> FromDer(std::string_view der);

  // Unencrypted PKCS#8; the caller guards and wipes it.
  std::string ToPem() const;
  std::string ToDer() const;

  const RsaPublicKey& public_key() const;

  RsaPrivateKey(RsaPrivateKey&&) noexcept;
  RsaPrivateKey& operator=(RsaPrivateKey&&) noexcept;
  ~RsaPrivateKey();

 private:
  friend class internal::RsaKeyAccess;
  explicit RsaPrivateKey(std::unique_ptr<internal::RsaPrivateParts> parts);

  std::unique_ptr<internal::RsaPrivateParts> parts_;
};

}  // namespace plenary::crypto
