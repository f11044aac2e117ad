// A share of a tally secret as bytes, 87 of them: "PLS1 || tally_pk 32 || u8 k || u8 n || u8 index || share
// 32 || salt 16". Its SHA-256 stands in the manifest, so that a wrong share is named; the salt keeps the hash
// from telling anything of the share.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace plenary::election {

inline constexpr std::size_t kShareSaltSize = 16;
inline constexpr std::size_t kShareBytes = 87;

struct Share {
  std::string tally_key;       // 32: of the secret that was split
  std::uint8_t threshold = 0;  // k: so many shares give the secret
  std::uint8_t trustees = 0;   // n: so many there are
  std::uint8_t index = 0;      // the holder's number, from 1
  std::string share;           // 32
  std::string salt;            // 16
  friend bool operator==(const Share&, const Share&) = default;
};

std::string EncodeShare(const Share& share);

// nullopt unless it has the magic and exactly the length.
std::optional<Share> ReadShare(std::string_view bytes);

}  // namespace plenary::election
