// A secret split among several holders, any `threshold` of whom give it back (Shamir 1979), byte by byte
// over GF(256) by libgfshare. Fewer learn nothing, not even whether they guessed right; and nothing here
// tells a wrong share from a right one: whoever hands shares out publishes their hashes too.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/crypto/random.h"

namespace plenary::crypto {

inline constexpr std::size_t kSharedSecretSize = 32;
// A threshold of 1 would hand the secret itself to every holder.
inline constexpr unsigned kFewestSharesToCombine = 2;
// The most shares of one secret. Every subset of `threshold` is tried before a split is let out: 126 at most.
inline constexpr unsigned kMostShares = 9;

// The value of the polynomials at `index`, from 1: as secret as the secret.
struct SecretShare {
  std::uint8_t index = 0;
  std::string share;  // 32 bytes
};

// `count` shares with indices 1 to `count`; the caller wipes them. Every subset of `threshold` shares was
// seen to give the secret back; SPLIT_FAULT otherwise, and nothing is let out. LENGTH_UNEXPECTED unless the
// secret has 32 bytes; SHARING_UNSUITABLE unless 2 <= threshold <= count <= 9. Thread-safe as far as
// `random` is.
absl::StatusOr<std::vector<SecretShare>> SplitSecret(std::string_view secret, unsigned threshold,
                                                     unsigned count, RandomSource& random);

// The secret; the caller wipes it. Give exactly as many shares as the threshold was: fewer, or a wrong
// one, combine to something else. SHARING_UNSUITABLE unless there are 2 to 9 shares with distinct
// indices from 1; LENGTH_UNEXPECTED unless each has 32 bytes. Thread-safe.
absl::StatusOr<std::string> CombineShares(std::span<const SecretShare> shares);

}  // namespace plenary::crypto
