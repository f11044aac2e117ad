// The lot: an order among options that nobody could know before the close and everybody can check after.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace plenary::election::counting {

// The seed of every lot: SHA-256 of all ballot hashes (32 bytes each), ascending, one after the other.
std::string LotSeed(std::vector<std::string> ballot_hashes);

// SHA-256("plenary-lot-v1" || seed 32 || u16 contest || u16 option). The smallest comes first.
std::string Lot(std::string_view seed, std::uint16_t contest, std::uint16_t option);

}  // namespace plenary::election::counting
