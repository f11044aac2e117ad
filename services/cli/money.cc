#include "services/cli/money.h"

#include <algorithm>

#include "fmt/format.h"
#include "services/cli/errors.h"

namespace plenary::cli {
namespace {

// Digits of the dollars, so that the cents fit into 64 bits many times over.
constexpr std::size_t kMostDigits = 12;

bool AllDigits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char letter) { return letter >= '0' && letter <= '9'; });
}

}  // namespace

absl::StatusOr<std::int64_t> ParseCents(std::string_view text) {
  const std::size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  const std::string_view rest = point == std::string_view::npos ? "" : text.substr(point + 1);
  const bool ends_in_point = point != std::string_view::npos && rest.empty();
  if (whole.empty() || whole.size() > kMostDigits || !AllDigits(whole) || !AllDigits(rest) || ends_in_point) {
    return errors::WrongUsage(fmt::format("\"{}\" is no amount. Write it as 100.00.", text));
  }
  if (rest.size() > 2) {
    return errors::WrongUsage(
        fmt::format("\"{}\" has a fraction of a cent. Write two digits after the point.", text));
  }
  std::string digits = std::string(whole) + std::string(rest);
  digits.append(2 - rest.size(), '0');
  return std::stoll(digits);
}

std::string CentsText(std::int64_t cents) {
  const std::uint64_t amount =
      cents < 0 ? 0 - static_cast<std::uint64_t>(cents) : static_cast<std::uint64_t>(cents);
  return fmt::format("{}{}.{:02}", cents < 0 ? "-" : "", amount / 100, amount % 100);
}

}  // namespace plenary::cli
