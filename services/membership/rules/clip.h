// Text that an answer repeats, no longer than it can be of use.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace plenary::membership::rules {

// At most `bytes` bytes of UTF-8 text, cut between characters.
inline std::string Clip(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return std::string(text);
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0U) == 0x80U) --bytes;
  return std::string(text.substr(0, bytes));
}

}  // namespace plenary::membership::rules
