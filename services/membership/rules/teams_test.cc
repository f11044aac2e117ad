#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/membership/rules/join_code.h"
#include "services/membership/rules/seats.h"

namespace plenary::membership::rules {
namespace {

using Day = absl::CivilDay;
using Until = std::optional<Day>;

const Day kDay(2022, 8, 20);

Categories Society() {
  Categories categories;
  categories["team-10"].set_seats_included(10);
  categories["team-10"].set_grace_days(30);
  categories["vendor"].set_seats_included(5);
  categories["professional"].set_grace_days(30);
  return categories;
}

int IncludedOn(const std::vector<Period>& periods, Day day, const std::vector<StandingAct>& acts = {}) {
  return SeatsOn(IncludedSeats(periods, acts, Society()), day);
}

TEST(IncludedSeats, FollowTheMembershipsOfTheCompany) {
  const Period year = {"team-10", Day(2022, 1, 1), Day(2023, 1, 1)};
  const Period next = {"team-10", Day(2023, 1, 1), Day(2024, 1, 1)};
  const Period vendor = {"vendor", Day(2022, 1, 1), std::nullopt};
  struct Case {
    const char* why;
    std::vector<Period> periods;
    Day day;
    int seats;
  };
  for (const Case& each : std::vector<Case>{
           {"none without a membership", {}, kDay, 0},
           {"none before it begins", {year}, Day(2021, 12, 31), 0},
           {"from its first day", {year}, Day(2022, 1, 1), 10},
           {"through grace", {year}, Day(2023, 1, 30), 10},
           {"not beyond it", {year}, Day(2023, 1, 31), 0},
           {"once in the grace of a membership that was renewed", {year, next}, Day(2023, 1, 15), 10},
           {"of the next year", {year, next}, Day(2023, 12, 31), 10},
           {"of two categories together", {year, vendor}, kDay, 15},
           {"none of a category that includes none",
            {{"professional", Day(2022, 1, 1), std::nullopt}},
            kDay,
            0},
           {"none of a category that is gone", {{"gone", Day(2022, 1, 1), std::nullopt}}, kDay, 0},
       }) {
    EXPECT_EQ(IncludedOn(each.periods, each.day), each.seats) << each.why;
  }
}

TEST(IncludedSeats, EndWithACancellationButNotWithASuspension) {
  const std::vector<Period> year = {{"team-10", Day(2022, 1, 1), Day(2023, 1, 1)}};
  const std::vector<StandingAct> cancelled = {{.kind = ActKind::kCancelled, .on = Day(2022, 6, 1)}};
  EXPECT_EQ(IncludedOn(year, Day(2022, 5, 31), cancelled), 10);
  EXPECT_EQ(IncludedOn(year, Day(2022, 6, 1), cancelled), 0);
  const std::vector<StandingAct> suspended = {{.kind = ActKind::kSuspended, .on = Day(2022, 6, 1)}};
  EXPECT_EQ(IncludedOn(year, kDay, suspended), 10);
}

TEST(UsableUntil, IsTheFirstDayWithFewerSeats) {
  const std::vector<SeatGrant> grants = {{10, Day(2022, 1, 1), Day(2023, 1, 1)},
                                         {5, Day(2022, 3, 1), Day(2022, 9, 1)},
                                         {2, Day(2023, 1, 1), std::nullopt}};
  EXPECT_EQ(SeatsOn(grants, kDay), 15);
  EXPECT_EQ(MostSeats(grants), 15);
  struct Case {
    int number;
    Until until;
  };
  for (const Case& each : std::vector<Case>{{2, std::nullopt},
                                            {3, Day(2023, 1, 1)},
                                            {10, Day(2023, 1, 1)},
                                            {11, Day(2022, 9, 1)},
                                            {15, Day(2022, 9, 1)},
                                            {16, kDay}}) {
    EXPECT_EQ(UsableUntil(grants, each.number, kDay), each.until) << each.number;
  }
  EXPECT_EQ(UsableUntil({}, 1, kDay), Until(kDay));
  EXPECT_EQ(MostSeats({}), 0);
}

TEST(LowestFree, FillsGapsFirst) {
  EXPECT_EQ(LowestFree({}, 1), 1);
  EXPECT_EQ(LowestFree({1, 2, 4}, 4), 3);
  EXPECT_EQ(LowestFree({2, 3}, 3), 1);
  EXPECT_EQ(LowestFree({1, 2}, 2), std::nullopt);
  EXPECT_EQ(LowestFree({1, 7}, 2), 2) << "a seat beyond the number counts for nothing";
  EXPECT_EQ(LowestFree({}, 0), std::nullopt);
}

TEST(JoinCode, IsReadHoweverItIsTyped) {
  const std::string bytes("\x00\x11\x22\x33\x44\x55\x66\x77\x88\xff", 10);
  const std::string shown = ShowJoinCode(bytes);
  EXPECT_EQ(shown.size(), 19u);
  std::string typed;
  for (const char c : shown) typed += c == '-' ? ' ' : static_cast<char>(std::tolower(c));
  for (const std::string& text : {shown, typed, " " + shown + " "})
    EXPECT_EQ(ReadJoinCode(text), bytes) << text;
  for (const char* text :
       {"", "ABCD", "ABCD-EFGH-IJKL-MNO1", "ABCD-EFGH-IJKL-MNOP-QRST", "ABCD_EFGH_IJKL_MNOP"}) {
    EXPECT_EQ(ReadJoinCode(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace plenary::membership::rules
