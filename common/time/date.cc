#include "common/time/date.h"

#include <charconv>

#include "fmt/format.h"

namespace plenary {
namespace {

constexpr int kFirstYear = 1900;

std::optional<int> Digits(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.front() == '-') return std::nullopt;
  return value;
}

}  // namespace

std::optional<absl::CivilDay> ParseDate(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = Digits(text.substr(0, 4)), month = Digits(text.substr(5, 2)),
             day = Digits(text.substr(8, 2));
  if (!year || !month || !day || *year < kFirstYear) return std::nullopt;
  const absl::CivilDay date(*year, *month, *day);
  // CivilDay carries an overflow into the next month; then the parts no longer agree.
  if (date.month() != *month || date.day() != *day) return std::nullopt;
  return date;
}

std::string FormatDate(absl::CivilDay day) {
  return fmt::format("{:04}-{:02}-{:02}", day.year(), day.month(), day.day());
}

absl::CivilDay DateOf(absl::Time instant) { return absl::ToCivilDay(instant, absl::UTCTimeZone()); }

absl::Time StartOf(absl::CivilDay day) { return absl::FromCivil(day, absl::UTCTimeZone()); }

std::optional<absl::Time> ParseInstant(std::string_view text) {
  absl::Time instant;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, std::string(text), &instant, &error)) return std::nullopt;
  return instant;
}

std::string FormatInstant(absl::Time instant) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", instant, absl::UTCTimeZone());
}

}  // namespace plenary
