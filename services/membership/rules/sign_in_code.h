// Codes that people type from a mail.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/crypto/random.h"

namespace plenary::membership::rules {

// Digits and capitals without those that look alike: no 0, O, 1, I, L.
inline constexpr std::string_view kSignInAlphabet = "23456789ABCDEFGHJKMNPQRSTUVWXYZ";

// limits::kSignInCodeLength characters, each as likely as any other.
std::string DrawSignInCode(crypto::RandomSource& random);

// "ABCD-EFGH", as it is shown.
std::string ShowSignInCode(std::string_view code);

// The code that was typed: without blanks and hyphens, in capitals; nullopt when it cannot be one.
std::optional<std::string> ReadSignInCode(std::string_view typed);

}  // namespace plenary::membership::rules
