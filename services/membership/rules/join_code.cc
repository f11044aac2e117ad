#include "services/membership/rules/join_code.h"

#include "common/crypto/bytes.h"

namespace plenary::membership::rules {
namespace {

constexpr std::size_t kGroup = 4;

}  // namespace

std::string ShowJoinCode(std::string_view bytes) {
  const std::string code = crypto::Base32Encode(bytes);
  std::string shown;
  for (std::size_t at = 0; at < code.size(); at += kGroup) {
    if (at > 0) shown += '-';
    shown += code.substr(at, kGroup);
  }
  return shown;
}

std::optional<std::string> ReadJoinCode(std::string_view text) {
  std::string code;
  for (const char c : text) {
    if (c == ' ' || c == '-') continue;
    code += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  auto bytes = crypto::Base32Decode(code);
  if (!bytes.has_value() || bytes->size() != kJoinCodeBytes) return std::nullopt;
  return bytes;
}

}  // namespace plenary::membership::rules
