#include "services/membership/rules/text.h"

namespace plenary::membership::rules {
namespace {

bool IsContinuation(char byte) { return (static_cast<unsigned char>(byte) & 0xc0) == 0x80; }

}  // namespace

std::optional<CodePoint> DecodeUtf8(std::string_view bytes) {
  if (bytes.empty()) return std::nullopt;
  const auto lead = static_cast<unsigned char>(bytes.front());
  if (lead < 0x80) return CodePoint{lead, 1};
  const std::size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || bytes.size() < size) return std::nullopt;
  char32_t value = lead & (0x7fu >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if (!IsContinuation(bytes[i])) return std::nullopt;
    value = (value << 6) | (static_cast<unsigned char>(bytes[i]) & 0x3f);
  }
  constexpr char32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  if (value < kSmallest[size] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
    return std::nullopt;
  return CodePoint{value, size};
}

void AppendUtf8(std::string& text, char32_t character) {
  const auto byte = [&](char32_t value) { text.push_back(static_cast<char>(value)); };
  if (character < 0x80) {
    byte(character);
  } else if (character < 0x800) {
    byte(0xc0 | (character >> 6));
    byte(0x80 | (character & 0x3f));
  } else if (character < 0x10000) {
    byte(0xe0 | (character >> 12));
    byte(0x80 | ((character >> 6) & 0x3f));
    byte(0x80 | (character & 0x3f));
  } else {
    byte(0xf0 | (character >> 18));
    byte(0x80 | ((character >> 12) & 0x3f));
    byte(0x80 | ((character >> 6) & 0x3f));
    byte(0x80 | (character & 0x3f));
  }
}

bool IsBlank(char32_t character) {
  return character == 0x20 || (character >= 0x09 && character <= 0x0d) || character == 0x85 ||
         character == 0xa0 || character == 0x1680 || (character >= 0x2000 && character <= 0x200a) ||
         character == 0x2028 || character == 0x2029 || character == 0x202f || character == 0x205f ||
         character == 0x3000;
}

std::string_view Trim(std::string_view text) {
  while (const auto first = DecodeUtf8(text)) {
    if (!IsBlank(first->value)) break;
    text.remove_prefix(first->size);
  }
  while (!text.empty()) {
    std::size_t start = text.size() - 1;
    while (start > 0 && IsContinuation(text[start])) --start;
    const auto last = DecodeUtf8(text.substr(start));
    if (!last.has_value() || !IsBlank(last->value)) break;
    text = text.substr(0, start);
  }
  return text;
}

std::optional<std::size_t> CountPlainCharacters(std::string_view text) {
  std::size_t count = 0;
  while (!text.empty()) {
    const auto next = DecodeUtf8(text);
    if (!next.has_value() || next->value < 0x20 || (next->value >= 0x7f && next->value < 0xa0))
      return std::nullopt;
    text.remove_prefix(next->size);
    ++count;
  }
  return count;
}

}  // namespace plenary::membership::rules
