#include "services/membership/rules/membership_state.h"

#include <gtest/gtest.h>

#include <vector>

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
    EXPECT_EQ(StateOn(period, {}, row.grace_days, Day(row.day)), row.state) << row.sentence;
  }
}

TEST(StateOn, LeavesNoDayBetweenAPeriodAndItsRenewal) {
  const Period first{.category = "professional", .start = Day("2021-08-24"), .end = Day("2022-08-24")};
  const Period second{.category = "professional", .start = Day("2022-08-24"), .end = Day("2023-08-24")};
  for (absl::CivilDay day = first.start; day < *second.end; ++day) {
    const int active = (StateOn(first, {}, 0, day) == v1::Membership::STATE_ACTIVE) +
                       (StateOn(second, {}, 0, day) == v1::Membership::STATE_ACTIVE);
    ASSERT_EQ(active, 1) << FormatDate(day);
  }
}

constexpr char kMotion[] = "bodies/board/motions/m1";

StandingAct Of(ActKind kind, const char* on, const char* category = "", const char* start = nullptr) {
  StandingAct act{.kind = kind, .on = Day(on), .category = category};
  if (start != nullptr) act.start = Day(start);
  if (kind == ActKind::kSuspended) act.motion = kMotion;
  return act;
}

struct ActCase {
  const char* sentence;
  std::vector<StandingAct> acts;  // of the holder of a professional membership from 2021-08-24 to 2022-08-24
  const char* day;
  v1::Membership::State state;
};

const std::vector<ActCase>& ActCases() {
  using enum ActKind;
  static const auto& cases = *new std::vector<ActCase>{
      {"a cancellation holds from its day on",
       {Of(kCancelled, "2022-03-01", "professional", kStart)},
       "2022-03-01",
       v1::Membership::STATE_CANCELLED},
      {"and not before",
       {Of(kCancelled, "2022-03-01", "professional", kStart)},
       "2022-02-28",
       v1::Membership::STATE_ACTIVE},
      {"what was cancelled does not lapse",
       {Of(kCancelled, "2022-03-01", "professional", kStart)},
       "2024-01-01",
       v1::Membership::STATE_CANCELLED},
      {"the cancellation of another period leaves this one",
       {Of(kCancelled, "2022-03-01", "professional", "2020-08-24")},
       "2022-04-01",
       v1::Membership::STATE_ACTIVE},
      {"and so does that of another category",
       {Of(kCancelled, "2022-03-01", "associate", kStart)},
       "2022-04-01",
       v1::Membership::STATE_ACTIVE},
      {"a period may be cancelled before it starts",
       {Of(kCancelled, "2021-08-01", "professional", kStart)},
       "2021-08-02",
       v1::Membership::STATE_CANCELLED},
      {"who cancelled everything and came back is a member again",
       {Of(kCancelled, "2021-01-01")},
       "2022-04-01",
       v1::Membership::STATE_ACTIVE},
      {"a cancellation of everything ends what there is",
       {Of(kCancelled, "2022-03-01")},
       "2022-04-01",
       v1::Membership::STATE_CANCELLED},
      {"a suspension holds from its day on",
       {Of(kSuspended, "2022-03-01")},
       "2022-03-01",
       v1::Membership::STATE_SUSPENDED},
      {"and not before", {Of(kSuspended, "2022-03-01")}, "2022-02-28", v1::Membership::STATE_ACTIVE},
      {"a new period does not end a suspension of the member",
       {Of(kSuspended, "2021-01-01")},
       "2022-04-01",
       v1::Membership::STATE_SUSPENDED},
      {"a reinstatement lifts it",
       {Of(kSuspended, "2022-03-01"), Of(kReinstated, "2022-04-01")},
       "2022-04-01",
       v1::Membership::STATE_ACTIVE},
      {"from its day on",
       {Of(kSuspended, "2022-03-01"), Of(kReinstated, "2022-04-01")},
       "2022-03-31",
       v1::Membership::STATE_SUSPENDED},
      {"and a second suspension holds again",
       {Of(kSuspended, "2022-03-01"), Of(kReinstated, "2022-04-01"), Of(kSuspended, "2022-05-01")},
       "2022-06-01",
       v1::Membership::STATE_SUSPENDED},
      {"of two on one day the one decided last counts",
       {Of(kSuspended, "2022-03-01"), Of(kReinstated, "2022-03-01")},
       "2022-03-01",
       v1::Membership::STATE_ACTIVE},
      {"an act that was entered late counts by its day",
       {Of(kReinstated, "2022-04-01"), Of(kSuspended, "2022-03-01")},
       "2022-05-01",
       v1::Membership::STATE_ACTIVE},
      {"a reinstatement takes no cancellation back",
       {Of(kCancelled, "2022-03-01"), Of(kReinstated, "2022-04-01")},
       "2022-05-01",
       v1::Membership::STATE_CANCELLED},
      {"cancelled counts before suspended",
       {Of(kSuspended, "2022-03-01"), Of(kCancelled, "2022-04-01")},
       "2022-05-01",
       v1::Membership::STATE_CANCELLED},
      {"a suspension outlasts the end of the period",
       {Of(kSuspended, "2022-03-01")},
       "2024-01-01",
       v1::Membership::STATE_SUSPENDED},
      {"death counts before everything",
       {Of(kSuspended, "2022-03-01"), Of(kCancelled, "2022-04-01"), Of(kDeceased, "2022-05-01")},
       "2022-05-01",
       v1::Membership::STATE_DECEASED},
      {"from its day on",
       {Of(kSuspended, "2022-03-01"), Of(kDeceased, "2022-05-01")},
       "2022-04-30",
       v1::Membership::STATE_SUSPENDED},
  };
  return cases;
}

TEST(StateOn, FollowsWhatWasDecided) {
  const Period period{.category = "professional", .start = Day(kStart), .end = Day("2022-08-24")};
  for (const ActCase& row : ActCases()) {
    EXPECT_EQ(StateOn(period, row.acts, 30, Day(row.day)), row.state) << row.sentence;
  }
}

TEST(SuspensionOn, NamesTheActThatSuspends) {
  const Period period{.category = "professional", .start = Day(kStart)};
  const std::vector<StandingAct> acts = {Of(ActKind::kSuspended, "2022-03-01"),
                                         Of(ActKind::kReinstated, "2022-04-01")};
  ASSERT_EQ(SuspensionOn(period, acts, Day("2022-03-15")), &acts[0]);
  EXPECT_EQ(acts[0].motion, kMotion);
  EXPECT_EQ(SuspensionOn(period, acts, Day("2022-04-15")), nullptr);
  EXPECT_EQ(SuspensionOn(period, {}, Day("2022-04-15")), nullptr);
}

}  // namespace
}  // namespace plenary::membership::rules
