#include "services/membership/rules/email.h"

#include <algorithm>

#include "services/membership/rules/text.h"

namespace plenary::membership::rules {
namespace {

constexpr std::size_t kLongestAddress = 254;
constexpr std::size_t kLongestLocalPart = 64;
constexpr std::size_t kLongestLabel = 63;
constexpr std::string_view kSpecialsOfLocalPart = "!#$%&'*+-/=?^_`{|}~.";  // RFC 5322 atext, and the dot

bool IsAlphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool IsLocalPart(std::string_view local) {
  if (local.empty() || local.size() > kLongestLocalPart) return false;
  if (local.front() == '.' || local.back() == '.' || local.find("..") != std::string_view::npos) return false;
  return std::all_of(local.begin(), local.end(), [](char c) {
    return IsAlphanumeric(c) || kSpecialsOfLocalPart.find(c) != std::string_view::npos;
  });
}

bool IsLabel(std::string_view label) {
  if (label.empty() || label.size() > kLongestLabel || label.front() == '-' || label.back() == '-')
    return false;
  return std::all_of(label.begin(), label.end(), [](char c) { return IsAlphanumeric(c) || c == '-'; });
}

bool IsDomain(std::string_view domain) {
  int labels = 0;
  while (true) {
    const std::size_t dot = domain.find('.');
    const std::string_view label = domain.substr(0, dot);
    if (!IsLabel(label)) return false;
    ++labels;
    if (dot == std::string_view::npos) {
      // An all-digit last label would be an address, not a name.
      return labels >= 2 &&
             !std::all_of(label.begin(), label.end(), [](char c) { return c >= '0' && c <= '9'; });
    }
    domain.remove_prefix(dot + 1);
  }
}

}  // namespace

std::optional<std::string> NormaliseEmail(std::string_view text) {
  std::string address(Trim(text));
  for (char& c : address) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  const std::size_t at = address.find('@');
  if (address.size() > kLongestAddress || at == std::string::npos) return std::nullopt;
  const std::string_view view(address);
  if (!IsLocalPart(view.substr(0, at)) || !IsDomain(view.substr(at + 1))) return std::nullopt;
  return address;
}

}  // namespace plenary::membership::rules
