#include "services/membership/rules/without_address.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/ascii.h"

namespace plenary::membership::rules {
namespace {

constexpr std::string_view kPlace = "<address>";

// How many bytes of the address stand at the beginning of `text`; 0 unless all, or what the end of the text
// left of it with its @.
std::size_t NamedAt(std::string_view text, std::string_view address) {
  const std::size_t most = std::min(text.size(), address.size());
  if (text.substr(0, most) != address.substr(0, most)) return 0;
  return address.substr(0, most).find('@') == std::string_view::npos ? 0 : most;
}

}  // namespace

std::string WithoutAddress(std::string_view text, std::string_view address) {
  const std::string lower = absl::AsciiStrToLower({text.data(), text.size()});
  std::string result;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t named = NamedAt(std::string_view(lower).substr(at), address);
    if (named == 0) {
      result.push_back(text[at++]);
      continue;
    }
    at += named;
    if (!result.empty() && result.back() == '<') result.pop_back();
    if (at < text.size() && text[at] == '>') ++at;
    result += kPlace;
  }
  return result;
}

}  // namespace plenary::membership::rules
