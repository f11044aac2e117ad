#include "services/membership/rules/roll_bytes.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "common/crypto/bytes.h"

namespace plenary::membership::rules {

std::string RollBytes(std::vector<IdBytes> units) {
  std::sort(units.begin(), units.end());
  std::string bytes = "PLR1";
  crypto::AppendU32(bytes, static_cast<std::uint32_t>(units.size()));
  for (const IdBytes& unit : units) bytes.append(unit.begin(), unit.end());
  return bytes;
}

std::string RollSha256(std::vector<IdBytes> units) { return crypto::Sha256(RollBytes(std::move(units))); }

}  // namespace plenary::membership::rules
