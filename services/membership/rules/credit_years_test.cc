#include "services/membership/rules/credit_years.h"

#include <gtest/gtest.h>

#include "common/time/date.h"

namespace plenary::membership::rules {
namespace {

absl::CivilDay Day(const char* text) { return ParseDate(text).value(); }

TEST(Anniversary, ClampsThe29thOfFebruaryAndComesBack) {
  const absl::CivilDay leap = Day("2024-02-29");
  EXPECT_EQ(Anniversary(leap, 0), leap);
  EXPECT_EQ(Anniversary(leap, 1), Day("2025-02-28"));
  EXPECT_EQ(Anniversary(leap, 3), Day("2027-02-28"));
  EXPECT_EQ(Anniversary(leap, 4), Day("2028-02-29"));
  EXPECT_EQ(Anniversary(leap, 76), Day("2100-02-28")) << "2100 is no leap year";
  EXPECT_EQ(Anniversary(Day("2021-12-31"), 1), Day("2022-12-31"));
}

struct YearCase {
  const char* sentence;
  const char* start;
  const char* day;
  const char* last_start;  // nullptr: none is completed
  const char* last_end;
};

constexpr YearCase kYears[] = {
    {"on the day before the anniversary the first year runs", "2021-08-24", "2022-08-23", nullptr, nullptr},
    {"on the anniversary it is completed", "2021-08-24", "2022-08-24", "2021-08-24", "2022-08-24"},
    {"a year later the second one is", "2021-08-24", "2023-09-01", "2022-08-24", "2023-08-24"},
    {"a membership of the 29th of February has its year on the 28th", "2024-02-29", "2025-02-28",
     "2024-02-29", "2025-02-28"},
    {"and on the 29th when there is one", "2024-02-29", "2028-02-28", "2026-02-28", "2027-02-28"},
    {"which ends the year that began on a 28th", "2024-02-29", "2028-02-29", "2027-02-28", "2028-02-29"},
};

TEST(LastCompletedYear, GoesFromAnniversaryToAnniversary) {
  for (const YearCase& row : kYears) {
    const auto year = LastCompletedYear(Day(row.start), Day(row.day));
    ASSERT_EQ(year.has_value(), row.last_start != nullptr) << row.sentence;
    if (!year.has_value()) continue;
    EXPECT_EQ(*year, (MembershipYear{Day(row.last_start), Day(row.last_end)})) << row.sentence;
    EXPECT_EQ(RunningYear(Day(row.start), Day(row.day)).start, year->end) << row.sentence;
  }
}

TEST(MembershipStart, FollowsRenewalsBackToAGap) {
  const auto period = [](const char* category, const char* start, const char* end) {
    return Period{.category = category, .start = Day(start), .end = Day(end)};
  };
  const std::vector<Period> periods = {
      period("professional", "2022-08-24", "2023-08-24"), period("professional", "2018-08-24", "2019-08-24"),
      period("professional", "2021-08-24", "2022-08-24"), period("registered", "2020-08-24", "2021-08-24"),
      period("professional", "2020-08-24", "2021-08-24")};
  EXPECT_EQ(MembershipStart(periods, periods[0]), Day("2020-08-24"));
  EXPECT_EQ(MembershipStart(periods, periods[1]), Day("2018-08-24"));
  EXPECT_EQ(MembershipStart(periods, periods[3]), Day("2020-08-24"))
      << "another category is another membership";
}

TEST(EarnedIn, CountsTheFirstDayAndNotTheEnd) {
  const MembershipYear year{Day("2021-08-24"), Day("2022-08-24")};
  EXPECT_EQ(EarnedIn({{Day("2021-08-23"), 1},
                      {Day("2021-08-24"), 10},
                      {Day("2022-08-23"), 100},
                      {Day("2022-08-24"), 1000}},
                     year),
            110);
}

}  // namespace
}  // namespace plenary::membership::rules
