#include "services/election/rules/counting/lot.h"

#include "common/crypto/bytes.h"

namespace plenary::election::counting {

std::string LotSeed(std::string_view final_root, const std::vector<std::string>& tally_secrets) {
  std::string seed(final_root);
  for (const std::string& secret : tally_secrets) seed += secret;
  return seed;
}

std::string Lot(std::string_view seed, std::uint16_t contest, std::uint16_t option) {
  std::string bytes = "plenary-lot-v1";
  bytes += seed;
  crypto::AppendU16(bytes, contest);
  crypto::AppendU16(bytes, option);
  return crypto::Sha256(bytes);
}

}  // namespace plenary::election::counting
