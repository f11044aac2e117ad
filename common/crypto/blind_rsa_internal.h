// The four variants of RFC 9474 and keys of any size: for blind_rsa.cc and the known-answer tests.
// The suite offers one variant and one size; nothing outside this room includes this header.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/crypto/blind_rsa.h"
#include "common/crypto/openssl_ptr.h"

namespace plenary::crypto::internal {

// RFC 9474 section 5.
struct Variant {
  std::string_view name;
  std::size_t salt_size;
  std::size_t prefix_size;
};
inline constexpr Variant kPssRandomized{"RSABSSA-SHA384-PSS-Randomized", kBlindRsaSaltSize,
                                        kBlindRsaPrefixSize};
inline constexpr Variant kPssZeroRandomized{"RSABSSA-SHA384-PSSZERO-Randomized", 0, kBlindRsaPrefixSize};
inline constexpr Variant kPssDeterministic{"RSABSSA-SHA384-PSS-Deterministic", kBlindRsaSaltSize, 0};
inline constexpr Variant kPssZeroDeterministic{"RSABSSA-SHA384-PSSZERO-Deterministic", 0, 0};
inline constexpr std::array kVariants = {kPssRandomized, kPssZeroRandomized, kPssDeterministic,
                                         kPssZeroDeterministic};

// What a public key holds: the key for EVP and the numbers for the blinding.
struct RsaPublicParts {
  std::string n_bytes;
  std::string e_bytes;
  OpenSslPtr<EVP_PKEY> key;
  OpenSslPtr<BIGNUM> n;
  OpenSslPtr<BIGNUM> e;
  OpenSslPtr<BN_MONT_CTX> montgomery;  // only read after it is set
  // A verification by PSS with SHA-384, ready but for the length of the salt. Only copied, which only reads
  // it: making one costs a sixth of a verification.
  OpenSslPtr<EVP_PKEY_CTX> verification;
};

struct RsaPrivateParts {
  OpenSslPtr<EVP_PKEY> key;
  RsaPublicKey public_key;
};

class RsaKeyAccess {
 public:
  static const RsaPublicParts& Parts(const RsaPublicKey& key) { return *key.parts_; }
  static const RsaPrivateParts& Parts(const RsaPrivateKey& key) { return *key.parts_; }
  static RsaPublicKey Wrap(std::shared_ptr<const RsaPublicParts> parts) {
    return RsaPublicKey(std::move(parts));
  }
  static RsaPrivateKey Wrap(std::unique_ptr<RsaPrivateParts> parts) {
    return RsaPrivateKey(std::move(parts));
  }
};

// Keys without the demands on size and exponent; the modulus must still be odd. All big-endian.
absl::StatusOr<RsaPublicKey> AnySizePublicKey(std::string_view n, std::string_view e);
absl::StatusOr<RsaPrivateKey> PrivateKeyFromNumbers(std::string_view n, std::string_view e,
                                                    std::string_view d, std::string_view p,
                                                    std::string_view q);

// EMSA-PSS-ENCODE with SHA-384 and MGF1-SHA-384 (RFC 8017 section 9.1.1), the salt given.
absl::StatusOr<std::string> EmsaPssEncode(std::string_view input_msg, std::string_view salt,
                                          std::size_t em_bits);

// Each draws, in this order and nothing else: the prefix; the salt, then tries of r, each as long as
// the modulus, until one is invertible in [1, n).
std::string Prepare(const Variant& variant, std::string_view msg, RandomSource& random);
absl::StatusOr<BlindedMessage> Blind(const Variant& variant, const RsaPublicKey& public_key,
                                     std::string_view input_msg, RandomSource& random);
absl::StatusOr<std::string> Finalize(const Variant& variant, const RsaPublicKey& public_key,
                                     std::string_view input_msg, std::string_view blind_sig,
                                     std::string_view inv);
absl::Status Verify(const Variant& variant, const RsaPublicKey& public_key, std::string_view input_msg,
                    std::string_view signature);

}  // namespace plenary::crypto::internal
