#include "services/election/rules/ballot_files/option_names.h"

#include <algorithm>
#include <map>
#include <span>

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

struct Range {
  char32_t first;
  char32_t last;
};

// Characters that leave no mark of their own, after Unicode 15's Default_Ignorable_Code_Point and Cf, but for
// kSelectors. U+2028 and U+2029 part lines.
constexpr Range kInvisible[] = {{0x00AD, 0x00AD},   {0x034F, 0x034F},  {0x061C, 0x061C},   {0x115F, 0x1160},
                                {0x17B4, 0x17B5},   {0x180E, 0x180E},  {0x200B, 0x200B},   {0x200E, 0x200F},
                                {0x2028, 0x202E},   {0x2060, 0x206F},  {0x3164, 0x3164},   {0xFEFF, 0xFEFF},
                                {0xFFA0, 0xFFA0},   {0xFFF0, 0xFFFB},  {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A},
                                {0xE0000, 0xE00FF}, {0xE01F0, 0xE0FFF}};

// Selectors of variants, and what joins and parts letters: emoji, Japanese and Persian names need them, and
// alone they tell nothing apart.
constexpr Range kSelectors[] = {
    {0x180B, 0x180D}, {0x180F, 0x180F}, {0x200C, 0x200D}, {0xFE00, 0xFE0F}, {0xE0100, 0xE01EF}};

// Unicode's spaces, and the blank pattern of Braille.
constexpr Range kBlanks[] = {{0x0009, 0x0009}, {0x0020, 0x0020}, {0x00A0, 0x00A0},
                             {0x1680, 0x1680}, {0x2000, 0x200A}, {0x202F, 0x202F},
                             {0x205F, 0x205F}, {0x2800, 0x2800}, {0x3000, 0x3000}};

bool IsIn(std::span<const Range> ranges, char32_t character) {
  return std::any_of(ranges.begin(), ranges.end(), [character](const Range& range) {
    return range.first <= character && character <= range.last;
  });
}

}  // namespace

std::string AsSeen(std::string_view text) {
  std::string seen;
  bool blank = false;
  while (!text.empty()) {
    const std::string_view before = text;
    const char32_t character = NextCharacter(text);
    if (IsIn(kSelectors, character)) continue;
    if (IsIn(kBlanks, character)) {
      blank = true;
      continue;
    }
    if (blank && !seen.empty()) seen.push_back(' ');
    blank = false;
    seen.append(before.substr(0, before.size() - text.size()));
  }
  return seen;
}

std::string_view Trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::optional<ReadFault> CheckName(std::string_view name, std::int64_t line) {
  if (name.empty()) return faults::NameEmpty(line);
  if (name.size() > kLongestName) return faults::NameTooLong(line);
  for (std::string_view rest = name; !rest.empty();) {
    const char32_t character = NextCharacter(rest);
    if (character == kNotUtf8) return faults::NotUtf8(line);
    if (character < 0x20 || (character >= 0x7F && character < 0xA0)) {
      return faults::NameHasControlCharacter(line, character);
    }
    if (IsIn(kInvisible, character)) return faults::NameHasInvisibleCharacter(line, character);
  }
  if (AsSeen(name).empty()) return faults::NameEmpty(line);
  return std::nullopt;
}

std::optional<ReadFault> CheckDistinct(const std::vector<FileOption>& options,
                                       const std::vector<std::int64_t>& lines) {
  std::map<std::string, std::size_t> seen;
  for (std::size_t i = 0; i < options.size(); ++i) {
    const auto [first, is_new] = seen.emplace(AsSeen(options[i].name), i);
    if (!is_new) return faults::NameRepeated(lines[i], options[i].name, lines[first->second]);
  }
  return std::nullopt;
}

}  // namespace plenary::election::ballot_files
