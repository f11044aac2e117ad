#include "services/cli/display_width.h"

#include <clocale>
#include <cwchar>
#include <locale>

namespace plenary::cli {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

// The next code point and how many bytes it takes; U+FFFD for one byte that is not valid UTF-8 here.
char32_t Next(std::string_view text, std::size_t& size) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  size = 1;
  const unsigned char lead = byte(0);
  if (lead < 0x80) return lead;
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return kReplacement;
  char32_t point = lead & (0x7F >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return kReplacement;
    point = (point << 6) | (byte(i) & 0x3F);
  }
  const bool overlong = (length == 3 && point < 0x800) || (length == 4 && point < 0x10000);
  if (overlong || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) return kReplacement;
  size = length;
  return point;
}

bool MovesTheCursor(char32_t point) {
  return point < 0x20 || (point >= 0x7F && point < 0xA0) || (point >= 0x200E && point <= 0x200F) ||
         (point >= 0x2028 && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069);
}

// glibc's table; C.UTF-8 is part of it, so no locale needs to be installed.
int WidthOf(char32_t point) {
  static const locale_t locale = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  if (locale == nullptr) return 1;
  const locale_t before = ::uselocale(locale);
  const int width = ::wcwidth(static_cast<wchar_t>(point));
  ::uselocale(before);
  return width < 0 ? 1 : width;
}

}  // namespace

std::size_t DisplayWidth(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    std::size_t size;
    const char32_t point = Next(text, size);
    width += point < 0x7F ? 1 : static_cast<std::size_t>(WidthOf(point));
    text.remove_prefix(size);
  }
  return width;
}

std::string Printable(std::string_view text) {
  std::string clean;
  while (!text.empty()) {
    std::size_t size;
    const char32_t point = Next(text, size);
    if (point == kReplacement) {
      clean += "\xEF\xBF\xBD";
    } else if (MovesTheCursor(point)) {
      clean += ' ';
    } else {
      clean += text.substr(0, size);
    }
    text.remove_prefix(size);
  }
  return clean;
}

}  // namespace plenary::cli
