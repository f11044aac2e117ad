// Text as people type it: UTF-8, with blanks at the ends.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace plenary::membership::rules {

// One character and how many bytes it takes.
struct CodePoint {
  char32_t value = 0;
  std::size_t size = 0;
};

// The first character of `bytes`; nullopt when they do not begin with well-formed UTF-8 (RFC 3629: no
// overlong form, no surrogate, nothing above U+10FFFF) or are empty.
std::optional<CodePoint> DecodeUtf8(std::string_view bytes);
void AppendUtf8(std::string& text, char32_t character);

// Blanks of Unicode (White_Space), the no-break space and the line breaks included.
bool IsBlank(char32_t character);

// Without blanks at either end. Of text that is not UTF-8 it takes no more than the sound part's blanks.
std::string_view Trim(std::string_view text);

// Characters; nullopt when the text is not UTF-8 or has control characters.
std::optional<std::size_t> CountPlainCharacters(std::string_view text);

}  // namespace plenary::membership::rules
