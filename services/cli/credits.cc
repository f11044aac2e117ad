#include "services/cli/credits.h"

#include <charconv>

#include "fmt/format.h"

namespace plenary::cli {

std::string CreditText(std::int64_t hundredths) {
  return fmt::format("{}.{:02}", hundredths / 100, hundredths % 100);
}

std::optional<std::int32_t> ParseCredits(std::string_view text) {
  const std::size_t dot = text.find('.');
  std::string digits(text.substr(0, dot));
  std::string decimals(dot == std::string_view::npos ? "" : text.substr(dot + 1));
  if (digits.empty() || digits.size() > 4 || decimals.size() > 2) return std::nullopt;
  if (dot != std::string_view::npos && decimals.empty()) return std::nullopt;
  decimals.resize(2, '0');
  digits += decimals;
  std::int32_t hundredths = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), hundredths);
  if (error != std::errc() || end != digits.data() + digits.size() || hundredths < 0 ||
      hundredths > 100'000) {
    return std::nullopt;
  }
  return hundredths;
}

}  // namespace plenary::cli
