#include "services/election/rules/counting/lot.h"

#include <algorithm>

#include "common/crypto/bytes.h"

namespace plenary::election::counting {

std::string LotSeed(std::vector<std::string> ballot_hashes) {
  std::sort(ballot_hashes.begin(), ballot_hashes.end());
  crypto::Sha256Hasher hasher;
  for (const std::string& hash : ballot_hashes) hasher.Update(hash);
  return hasher.Finish();
}

std::string Lot(std::string_view seed, std::uint16_t contest, std::uint16_t option) {
  std::string bytes = "plenary-lot-v1";
  bytes += seed;
  crypto::AppendU16(bytes, contest);
  crypto::AppendU16(bytes, option);
  return crypto::Sha256(bytes);
}

}  // namespace plenary::election::counting
