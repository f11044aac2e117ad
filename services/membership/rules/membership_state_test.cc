#include "services/membership/rules/membership_state.h"

#include <gtest/gtest.h>

#include "common/time/date.h"

namespace plenary::membership::rules {
namespace {

absl::CivilDay Day(const char* text) { return ParseDate(text).value(); }

struct Case {
  const char* sentence;
  const char* day;
  const char* end;  // nullptr: none
  int grace_days;
  v1::Membership::State state;
};

constexpr char kStart[] = "2021-08-24";

const Case kCases[] = {
    {"the day before the start is pending", "2021-08-23", "2022-08-24", 30, v1::Membership::STATE_PENDING},
    {"the first day counts", "2021-08-24", "2022-08-24", 30, v1::Membership::STATE_ACTIVE},
    {"the last day counts", "2022-08-23", "2022-08-24", 30, v1::Membership::STATE_ACTIVE},
    {"the end itself is the first day of grace", "2022-08-24", "2022-08-24", 30, v1::Membership::STATE_GRACE},
    {"the last day of grace is in good standing", "2022-09-22", "2022-08-24", 30,
     v1::Membership::STATE_GRACE},
    {"the day after the grace days has lapsed", "2022-09-23", "2022-08-24", 30, v1::Membership::STATE_LAPSED},
    {"without grace days it lapses at the end", "2022-08-24", "2022-08-24", 0, v1::Membership::STATE_LAPSED},
    {"without an end it goes on", "2121-08-24", nullptr, 0, v1::Membership::STATE_ACTIVE},
    {"a period of no days never is active", "2021-08-24", "2021-08-24", 0, v1::Membership::STATE_LAPSED},
};

TEST(StateOn, FollowsTheDates) {
  for (const Case& row : kCases) {
    Period period{.category = "professional", .start = Day(kStart)};
    if (row.end != nullptr) period.end = Day(row.end);
    EXPECT_EQ(StateOn(period, row.grace_days, Day(row.day)), row.state) << row.sentence;
  }
}

TEST(StateOn, LeavesNoDayBetweenAPeriodAndItsRenewal) {
  const Period first{.category = "professional", .start = Day("2021-08-24"), .end = Day("2022-08-24")};
  const Period second{.category = "professional", .start = Day("2022-08-24"), .end = Day("2023-08-24")};
  for (absl::CivilDay day = first.start; day < *second.end; ++day) {
    const int active = (StateOn(first, 0, day) == v1::Membership::STATE_ACTIVE) +
                       (StateOn(second, 0, day) == v1::Membership::STATE_ACTIVE);
    ASSERT_EQ(active, 1) << FormatDate(day);
  }
}

}  // namespace
}  // namespace plenary::membership::rules
