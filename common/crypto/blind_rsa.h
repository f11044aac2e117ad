// RSA blind signatures of RFC 9474, in the one variant on offer: RSABSSA-SHA384-PSS-Randomized.
//
// The client calls PrepareRandomized and Blind, sends `blinded_msg`, and makes the signature from the
// answer with Finalize; the signer calls BlindSign and learns nothing of the message. Anyone calls
// Verify. Every function is thread-safe as far as its RandomSource is.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/crypto/random.h"
#include "common/crypto/rsa_key.h"

namespace plenary::crypto {

// Bytes of randomness that PrepareRandomized puts before the message (RFC 9474 section 4.1).
inline constexpr std::size_t kBlindRsaPrefixSize = 32;
// Bytes of salt; a signature with any other salt is refused (RFC 9474 section 5).
inline constexpr std::size_t kBlindRsaSaltSize = 48;

// What Blind gives: `blinded_msg` goes to the signer, `inv` stays with the client and is as secret
// as the link between the two sides. Both have the size of the modulus.
struct BlindedMessage {
  std::string blinded_msg;
  std::string inv;
};

// The input message: 32 random bytes, then `msg` (RFC 9474 section 4.1). Keep it: Verify needs the same
// bytes.
std::string PrepareRandomized(std::string_view msg, RandomSource& random);

// RFC 9474 section 4.2. MESSAGE_UNSUITABLE when the message shares a factor with the modulus, which
// never happens by chance; RANDOMNESS_UNSUITABLE when the source is broken.
absl::StatusOr<BlindedMessage> Blind(const RsaPublicKey& public_key, std::string_view input_msg,
                                     RandomSource& random);

// The blind signature, RFC 9474 section 4.3. LENGTH_UNEXPECTED, or BLINDED_MESSAGE_OUT_OF_RANGE unless
// the message represents a number in [1, n). The answer s is let out only after s^e mod n was seen to
// be the blinded message; otherwise SIGNING_FAULT. Its timing does not depend on the key: OpenSSL
// masks the base and works in constant time.
absl::StatusOr<std::string> BlindSign(const RsaPrivateKey& private_key, std::string_view blinded_msg);

// The signature, verified, RFC 9474 section 4.4. LENGTH_UNEXPECTED, or SIGNATURE_INVALID when the
// signer answered with anything else than the blind signature; the client may then ask again with
// the same blinded message, never with a new one.
absl::StatusOr<std::string> Finalize(const RsaPublicKey& public_key, std::string_view input_msg,
                                     std::string_view blind_sig, std::string_view inv);

// Whether `blind_sig` is what the signer gives for `blinded_msg`, s^e mod n = m, as anyone can check without
// the message or its mask. LENGTH_UNEXPECTED, BLINDED_MESSAGE_OUT_OF_RANGE as BlindSign, or
// SIGNATURE_INVALID.
absl::Status CheckBlindSignature(const RsaPublicKey& public_key, std::string_view blinded_msg,
                                 std::string_view blind_sig);

// OK or SIGNATURE_INVALID: RSASSA-PSS with SHA-384, MGF1-SHA-384 and a salt of exactly
// kBlindRsaSaltSize bytes (RFC 8017 section 8.1.2), the signature exactly as long as the modulus.
absl::Status Verify(const RsaPublicKey& public_key, std::string_view input_msg, std::string_view signature);

}  // namespace plenary::crypto
