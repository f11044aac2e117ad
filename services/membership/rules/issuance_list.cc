#include "services/membership/rules/issuance_list.h"

#include <algorithm>
#include <string>

#include "common/crypto/bytes.h"

namespace plenary::membership::rules {
namespace {

constexpr std::string_view kMagic = "PLI1";
constexpr std::string_view kTag = "plenary-issuance-v1";

}  // namespace

std::string SignIssuanceList(std::string_view manifest_hash, std::uint8_t registrar,
                             std::vector<IssuanceLine> lines, const crypto::Ed25519KeyPair& list_key) {
  std::sort(lines.begin(), lines.end(),
            [](const IssuanceLine& a, const IssuanceLine& b) { return a.unit < b.unit; });
  std::string list(kMagic);
  list += manifest_hash;
  crypto::AppendU8(list, registrar);
  crypto::AppendU32(list, static_cast<std::uint32_t>(lines.size()));
  for (const IssuanceLine& line : lines) {
    list.append(reinterpret_cast<const char*>(line.unit.data()), line.unit.size());
    list += line.blinded_msg_sha256;
  }
  list += list_key.Sign(std::string(kTag) + list);
  return list;
}

}  // namespace plenary::membership::rules
