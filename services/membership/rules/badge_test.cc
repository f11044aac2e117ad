#include "services/membership/rules/badge.h"

#include <gtest/gtest.h>

#include "services/membership/rules/testing_society.h"

namespace plenary::membership::rules {
namespace {

std::string Shown(const PersonFacts& person, const std::string& day) {
  const Period* period = PeriodToShow(person.periods, person.acts, Society().categories, Day(day));
  return period == nullptr ? "" : period->category;
}

TEST(PeriodToShow, PrefersWhatGivesMost) {
  const PersonFacts both =
      With(With({.id = "a"}, "registered", "2020-01-01"), "professional", "2021-01-01", "2022-01-01");
  EXPECT_EQ(Shown(both, "2020-12-31"), "registered");
  EXPECT_EQ(Shown(both, "2021-06-01"), "professional");
  EXPECT_EQ(Shown(both, "2022-01-30"), "professional") << "grace is good standing";
  EXPECT_EQ(Shown(both, "2022-01-31"), "registered") << "lapsed";
}

TEST(PeriodToShow, DiesWithTheMembership) {
  PersonFacts person = With({.id = "a"}, "professional", "2022-01-01", "2023-01-01");
  EXPECT_EQ(Shown(person, "2021-12-31"), "") << "pending";
  EXPECT_EQ(Shown(person, "2022-06-01"), "professional");
  person.acts = {{.kind = ActKind::kSuspended, .on = Day("2022-06-01")}};
  EXPECT_EQ(Shown(person, "2022-06-01"), "") << "suspended";
  person.acts.push_back({.kind = ActKind::kReinstated, .on = Day("2022-07-01")});
  EXPECT_EQ(Shown(person, "2022-07-01"), "professional") << "and back";
  person.acts.push_back({.kind = ActKind::kCancelled, .on = Day("2022-08-01")});
  EXPECT_EQ(Shown(person, "2022-08-01"), "");
}

TEST(PeriodToShow, ShowsNoEmployment) {
  EXPECT_EQ(Shown(Holder("a", "staff"), "2022-06-01"), "");
  EXPECT_EQ(Shown(Holder("a", "unheard-of"), "2022-06-01"), "");
  EXPECT_EQ(Shown({.id = "a"}, "2022-06-01"), "");
}

}  // namespace
}  // namespace plenary::membership::rules
