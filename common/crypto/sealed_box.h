// Boxes that only the owner of a key can open, from a sender without a name: libsodium's crypto_box_seal
// (X25519, XSalsa20-Poly1305; the nonce is BLAKE2b of both public keys). All of it is thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/crypto/random.h"

namespace plenary::crypto {

inline constexpr std::size_t kX25519KeySize = 32;
// What a box is longer than its content: the ephemeral public key and the authenticator.
inline constexpr std::size_t kSealedBoxOverhead = 32 + 16;

// 32 random bytes, clamped as X25519 clamps them (RFC 7748 section 5); canonical but for a chance of 2^-126.
// The caller wipes it.
std::string MakeX25519Secret(RandomSource& random);

// Whether it is the one spelling of a secret: no other that this holds for has its public key. 32 bytes, the
// low three bits of the first clear, the highest two of the last 01; and, as a little-endian number, 2^254 +
// 2^128 at least. X25519 does not tell s from -s, and of the clamped numbers below that s and 8l - s may both
// be one (l is the order of the base point).
bool IsCanonicalX25519Secret(std::string_view secret);

// The public half. LENGTH_UNEXPECTED unless 32 bytes.
absl::StatusOr<std::string> X25519PublicKey(std::string_view secret);

// KEY_UNSUITABLE for a key of small order, to which everybody has the same shared secret; LENGTH_UNEXPECTED.
absl::Status CheckX25519PublicKey(std::string_view public_key);

// A box for `public_key`. `ephemeral_secret` is the 32-byte secret of a key pair used for this one box: drawn
// at random, or derived from a secret and everything that is sealed. KEY_UNSUITABLE; LENGTH_UNEXPECTED.
absl::StatusOr<std::string> Seal(std::string_view public_key, std::string_view content,
                                 std::string_view ephemeral_secret);

// The content; the caller wipes it. SECRET_WRONG when the box does not open: another key, altered or cut
// bytes, or an ephemeral key of small order. `public_key` is that of `secret`.
absl::StatusOr<std::string> OpenSealed(std::string_view box, std::string_view public_key,
                                       std::string_view secret);

}  // namespace plenary::crypto
