// A box of a fixed size that whoever knows a secret can open: `nonce 24 || secretbox(content)`.
//
// The key is BLAKE2b-256(label || secret), so the secret must be drawn at random, 16 bytes or more;
// a password is too weak. The content is `u16 length || plaintext || zeros`, so that the size of the
// box says nothing about the plaintext. The box is libsodium's crypto_secretbox (XSalsa20-Poly1305).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/crypto/random.h"

namespace plenary::crypto {

// What the nonce, the authenticator and the length take from the size of the box.
inline constexpr std::size_t kSecretBoxOverhead = 24 + 16 + 2;

// A box of exactly `padded_size` bytes. PLAINTEXT_TOO_LONG when the plaintext, the overhead added,
// does not fit. `label` separates one use of a secret from another.
absl::StatusOr<std::string> SealWithSecret(std::string_view label, std::string_view secret,
                                           std::string_view plaintext, std::size_t padded_size,
                                           RandomSource& random);

// The plaintext; the caller wipes it. SECRET_WRONG when the box does not open: another secret or
// label, or a box that was altered, cut or not made by SealWithSecret.
absl::StatusOr<std::string> OpenWithSecret(std::string_view label, std::string_view secret,
                                           std::string_view box);

}  // namespace plenary::crypto
