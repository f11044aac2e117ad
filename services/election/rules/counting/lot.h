// The lot: an order among options that nobody could know before the close and everybody can check after.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace plenary::election::counting {

// The seed of every lot of an election: the final root of its log, then the tally secrets in manifest order,
// 32 bytes each. Nobody knows it before the close, and nobody who lacks the secrets before they are
// published.
std::string LotSeed(std::string_view final_root, const std::vector<std::string>& tally_secrets);

// SHA-256("plenary-lot-v1" || seed || u16 contest || u16 option). The smallest comes first.
std::string Lot(std::string_view seed, std::uint16_t contest, std::uint16_t option);

}  // namespace plenary::election::counting
