// ECDSA over P-256 with SHA-256 in the form JOSE gives it: ES256 (RFC 7518 section 3.4). The tokens
// made with it are somebody else's. Const use is thread-safe.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/crypto/openssl_ptr.h"

namespace plenary::crypto {

inline constexpr std::size_t kEs256CoordinateSize = 32;
inline constexpr std::size_t kEs256SignatureSize = 64;

// Cheap to copy: copies share the parsed key.
class Es256PublicKey {
 public:
  // Big-endian, 32 bytes each. LENGTH_UNEXPECTED, or KEY_UNSUITABLE when the point is not on the curve.
  static absl::StatusOr<Es256PublicKey> FromCoordinates(std::string_view x, std::string_view y);

  const std::string& x() const { return x_; }
  const std::string& y() const { return y_; }

  // OK or SIGNATURE_INVALID. `signature` is r || s, 64 bytes.
  absl::Status Verify(std::string_view message, std::string_view signature) const;

 private:
  Es256PublicKey() = default;

  std::string x_;
  std::string y_;
  std::shared_ptr<EVP_PKEY> key_;
};

// OpenSSL clears the number when the key goes. Movable only.
class Es256PrivateKey {
 public:
  // A new key from OpenSSL's generator.
  static Es256PrivateKey Generate();
  // Unencrypted PKCS#8. KEY_UNSUITABLE for anything but a consistent P-256 key.
  static absl::StatusOr<Es256PrivateKey> FromPem(std::string_view pem);
  // Unencrypted PKCS#8; the caller guards and wipes it.
  std::string ToPem() const;

  const Es256PublicKey& public_key() const { return public_key_; }
  // r || s, 64 bytes; different each time.
  std::string Sign(std::string_view message) const;

 private:
  Es256PrivateKey(internal::OpenSslPtr<EVP_PKEY> key, Es256PublicKey public_key)
      : key_(std::move(key)), public_key_(std::move(public_key)) {}
  static absl::StatusOr<Es256PrivateKey> FromKey(internal::OpenSslPtr<EVP_PKEY> key);

  internal::OpenSslPtr<EVP_PKEY> key_;
  Es256PublicKey public_key_;
};

}  // namespace plenary::crypto
