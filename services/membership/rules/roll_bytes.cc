#include "services/membership/rules/roll_bytes.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "common/crypto/bytes.h"

namespace plenary::membership::rules {
namespace {

constexpr std::string_view kMagic = "PLR1";

std::string_view View(const IdBytes& unit) {
  return {reinterpret_cast<const char*>(unit.data()), unit.size()};
}

std::string Head(const std::vector<IdBytes>& units) {
  std::string head(kMagic);
  crypto::AppendU32(head, static_cast<std::uint32_t>(units.size()));
  return head;
}

}  // namespace

std::string RollBytes(std::vector<IdBytes> units) {
  std::sort(units.begin(), units.end());
  std::string bytes = Head(units);
  for (const IdBytes& unit : units) bytes += View(unit);
  return bytes;
}

std::string RollSha256(std::vector<IdBytes> units) {
  std::sort(units.begin(), units.end());
  crypto::Sha256Hasher hasher;
  hasher.Update(Head(units));
  for (const IdBytes& unit : units) hasher.Update(View(unit));
  return hasher.Finish();
}

}  // namespace plenary::membership::rules
