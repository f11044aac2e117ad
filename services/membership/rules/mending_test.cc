#include "services/membership/rules/mending.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/membership/rules/testing_society.h"

namespace plenary::membership::rules {
namespace {

struct Case {
  const char* sentence;
  std::vector<PersonFacts> people;
  const char* named;
  std::vector<std::string> mend;
};

TEST(PeopleWhoMend, AreThoseWhomTheReasonIsAbout) {
  const std::vector<Case> cases = {
      {"nobody is asked when the company can vote", {Professional("a", 2)}, "", {}},
      {"everybody when nobody holds a category with the vote",
       {Holder("a", "registered"), Holder("b", "registered")},
       "",
       {"a", "b"}},
      {"those who lack letters", {Holder("a", "registered"), Professional("b", 1)}, "", {"b"}},
      {"those who lapsed", {Holder("a", "registered"), Professional("b", 2, "2022-02-01")}, "", {"b"}},
      {"those of whom one is to be named",
       {Professional("a", 2), Professional("b", 2), Holder("c", "registered")},
       "",
       {"a", "b"}},
      {"those who could take the place of the one who is named",
       {Professional("a", 2, "2022-02-01"), Professional("b", 2)},
       "a",
       {"b"}},
  };
  const Provisions society = Society();
  const absl::CivilDay day = Day("2022-07-01");
  for (const Case& row : cases) {
    const CompanyFacts company{.id = "x", .representative = row.named, .people = row.people};
    EXPECT_EQ(PeopleWhoMend(company, ExplainEligibility(company, society, day), society, day), row.mend)
        << row.sentence;
  }
}

}  // namespace
}  // namespace plenary::membership::rules
