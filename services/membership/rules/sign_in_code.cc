#include "services/membership/rules/sign_in_code.h"

#include <array>
#include <cstdint>

#include "services/membership/limits_identity.h"

namespace plenary::membership::rules {

std::string DrawSignInCode(crypto::RandomSource& random) {
  // Bytes beyond the last full turn of the alphabet are drawn again: they would favour its first characters.
  constexpr std::size_t kFullTurns = 256 / kSignInAlphabet.size() * kSignInAlphabet.size();
  std::string code;
  while (code.size() < limits::kSignInCodeLength) {
    std::array<std::uint8_t, 1> drawn;
    random.Fill(drawn);
    if (drawn[0] < kFullTurns) code += kSignInAlphabet[drawn[0] % kSignInAlphabet.size()];
  }
  return code;
}

std::string ShowSignInCode(std::string_view code) {
  const std::size_t half = code.size() / 2;
  return std::string(code.substr(0, half)) + "-" + std::string(code.substr(half));
}

std::optional<std::string> ReadSignInCode(std::string_view typed) {
  std::string code;
  for (char c : typed) {
    if (c == ' ' || c == '-' || c == '\t' || c == '\r' || c == '\n') continue;
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    if (kSignInAlphabet.find(c) == std::string_view::npos) return std::nullopt;
    code += c;
    if (code.size() > limits::kSignInCodeLength) return std::nullopt;
  }
  if (code.size() != limits::kSignInCodeLength) return std::nullopt;
  return code;
}

}  // namespace plenary::membership::rules
