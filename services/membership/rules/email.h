// Addresses as the register keeps them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace plenary::membership::rules {

// The address trimmed and in lower case; nullopt unless it is printable ASCII with exactly one "@", a local
// part of 1 to 64 characters and a domain of at least two labels (RFC 5321 4.5.3.1, RFC 1035 2.3.1), at most
// 254 characters in all. The local part is folded too: no mailbox provider tells Ann@ from ann@.
std::optional<std::string> NormaliseEmail(std::string_view text);

}  // namespace plenary::membership::rules
