#include "services/election/rules/ballot_files/option_names.h"

#include <map>

#include "services/election/rules/ballot_files/faults.h"

namespace plenary::election::ballot_files {
namespace {

constexpr char32_t kNotUtf8 = 0xFFFFFFFF;

// The character at the front of `text`, which is not empty, and moves behind it (RFC 3629: shortest form, no
// surrogates, at most U+10FFFF).
char32_t NextCharacter(std::string_view& text) {
  const auto first = static_cast<unsigned char>(text.front());
  text.remove_prefix(1);
  if (first < 0x80) return first;
  const int more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
  if (first < 0xC2 || first > 0xF4 || text.size() < static_cast<std::size_t>(more)) return kNotUtf8;
  char32_t character = first & (0x3F >> more);
  for (int i = 0; i < more; ++i) {
    const auto byte = static_cast<unsigned char>(text.front());
    if ((byte & 0xC0) != 0x80) return kNotUtf8;
    character = character << 6 | (byte & 0x3F);
    text.remove_prefix(1);
  }
  constexpr char32_t kSmallest[] = {0, 0x80, 0x800, 0x10000};
  const bool surrogate = character >= 0xD800 && character <= 0xDFFF;
  return character < kSmallest[more] || surrogate || character > 0x10FFFF ? kNotUtf8 : character;
}

}  // namespace

std::string_view Trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::optional<ReadFault> CheckName(std::string_view name, std::int64_t line) {
  if (name.empty()) return faults::NameEmpty(line);
  if (name.size() > kLongestName) return faults::NameTooLong(line);
  while (!name.empty()) {
    const char32_t character = NextCharacter(name);
    if (character == kNotUtf8) return faults::NotUtf8(line);
    if (character < 0x20 || (character >= 0x7F && character < 0xA0)) {
      return faults::NameHasControlCharacter(line, character);
    }
  }
  return std::nullopt;
}

std::optional<ReadFault> CheckDistinct(const std::vector<FileOption>& options,
                                       const std::vector<std::int64_t>& lines) {
  std::map<std::string_view, std::size_t> seen;
  for (std::size_t i = 0; i < options.size(); ++i) {
    const auto [first, is_new] = seen.emplace(options[i].name, i);
    if (!is_new) return faults::NameRepeated(lines[i], options[i].name, lines[first->second]);
  }
  return std::nullopt;
}

}  // namespace plenary::election::ballot_files
