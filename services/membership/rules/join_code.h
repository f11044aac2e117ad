// Codes as people read them out: 80 bits in base32, in groups of four.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace plenary::membership::rules {

inline constexpr std::size_t kJoinCodeBytes = 10;

// "ABCD-EFGH-IJKL-MNOP" for 10 bytes.
std::string ShowJoinCode(std::string_view bytes);

// The bytes of a code as it is typed; nullopt when it cannot be one. Case, blanks and hyphens do not matter.
std::optional<std::string> ReadJoinCode(std::string_view text);

}  // namespace plenary::membership::rules
