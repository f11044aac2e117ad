#include "services/membership/rules/credit_years.h"

namespace plenary::membership::rules {
namespace {

int CompletedYears(absl::CivilDay start, absl::CivilDay day) {
  int years = static_cast<int>(day.year() - start.year());
  if (Anniversary(start, years) > day) --years;
  return years;
}

}  // namespace

absl::CivilDay Anniversary(absl::CivilDay start, int years) {
  const absl::CivilDay same(start.year() + years, start.month(), start.day());
  // A date that is none runs on into the next month: only the 29th of February can.
  return same.month() == start.month() ? same : same - 1;
}

absl::CivilDay MembershipStart(const std::vector<Period>& periods, const Period& period) {
  absl::CivilDay start = period.start;
  for (bool grew = true; grew;) {
    grew = false;
    for (const Period& other : periods) {
      const bool reaches = !other.end.has_value() || *other.end >= start;
      if (other.category == period.category && other.start < start && reaches) {
        start = other.start;
        grew = true;
      }
    }
  }
  return start;
}

std::optional<MembershipYear> LastCompletedYear(absl::CivilDay start, absl::CivilDay day) {
  const int years = CompletedYears(start, day);
  if (years < 1) return std::nullopt;
  return MembershipYear{.start = Anniversary(start, years - 1), .end = Anniversary(start, years)};
}

MembershipYear RunningYear(absl::CivilDay start, absl::CivilDay day) {
  const int years = CompletedYears(start, day);
  return {.start = Anniversary(start, years), .end = Anniversary(start, years + 1)};
}

std::int64_t EarnedIn(const std::vector<EarnedCredits>& credits, const MembershipYear& year) {
  std::int64_t hundredths = 0;
  for (const EarnedCredits& earned : credits) {
    if (earned.on >= year.start && earned.on < year.end) hundredths += earned.hundredths;
  }
  return hundredths;
}

}  // namespace plenary::membership::rules
