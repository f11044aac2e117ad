// RSASSA-PKCS1-v1_5 with SHA-256 in the form JOSE gives it: RS256 (RFC 7518 section 3.3), for checking what
// others signed. Nothing here signs.
#pragma once

#include <memory>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/crypto/openssl_ptr.h"

namespace plenary::crypto {

// The shortest modulus that RS256 allows, and the longest that is worth the time.
inline constexpr int kRs256FewestBits = 2048;
inline constexpr int kRs256MostBits = 8192;

// Cheap to copy: copies share the parsed key. Const use is thread-safe.
class Rs256PublicKey {
 public:
  // Big-endian. KEY_UNSUITABLE for another size, or an exponent that is even or less than 3.
  static absl::StatusOr<Rs256PublicKey> FromBytes(std::string_view n, std::string_view e);

  // OK or SIGNATURE_INVALID.
  absl::Status Verify(std::string_view message, std::string_view signature) const;

 private:
  explicit Rs256PublicKey(std::shared_ptr<EVP_PKEY> key) : key_(std::move(key)) {}

  std::shared_ptr<EVP_PKEY> key_;
};

}  // namespace plenary::crypto
