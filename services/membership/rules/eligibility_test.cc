#include "services/membership/rules/eligibility.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/membership/rules/testing_society.h"

namespace plenary::membership::rules {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kBeforeTheWaiver[] = "2022-07-01";
constexpr char kUnderTheWaiver[] = "2022-09-01";

struct Case {
  const char* sentence;
  std::vector<PersonFacts> people;
  const char* named;
  const char* day;
  const char* reason;
  const char* representative;
  const char* waiver;
};

const std::vector<Case>& Cases() {
  static const auto& cases = *new std::vector<Case>{
      {"a company without people has nobody who votes", {}, "", kBeforeTheWaiver, "NO_VOTING_MEMBER", "", ""},
      {"registered members do not vote",
       {Holder("a", "registered")},
       "",
       kBeforeTheWaiver,
       "NO_VOTING_MEMBER",
       "",
       ""},
      {"a single professional need not be named",
       {Professional("a", 2)},
       "",
       kBeforeTheWaiver,
       "ELIGIBLE",
       "a",
       ""},
      {"other people of the company change nothing",
       {Holder("b", "registered"), Professional("a", 2)},
       "",
       kBeforeTheWaiver,
       "ELIGIBLE",
       "a",
       ""},
      {"of several professionals one is to be named",
       {Professional("a", 2), Professional("b", 2)},
       "",
       kBeforeTheWaiver,
       "REPRESENTATIVE_NOT_NAMED",
       "",
       ""},
      {"and that one votes",
       {Professional("a", 2), Professional("b", 2)},
       "b",
       kBeforeTheWaiver,
       "ELIGIBLE",
       "b",
       ""},
      {"a lapsed colleague does not make several",
       {Professional("a", 2), Professional("b", 2, "2022-02-01")},
       "",
       kBeforeTheWaiver,
       "ELIGIBLE",
       "a",
       ""},
      {"a colleague without letters does: both are professionals in good standing",
       {Professional("a", 2), Professional("b", 0)},
       "",
       kBeforeTheWaiver,
       "REPRESENTATIVE_NOT_NAMED",
       "",
       ""},
      {"and a waiver of the letters does not change who is to choose",
       {Professional("a", 2), Professional("b", 0)},
       "",
       kUnderTheWaiver,
       "REPRESENTATIVE_NOT_NAMED",
       "",
       ""},
      {"the one who is named lacks only letters, though a colleague does not",
       {Professional("a", 2), Professional("b", 0)},
       "b",
       kBeforeTheWaiver,
       "LETTERS_MISSING",
       "",
       ""},
      {"the waiver that was needed is told",
       {Professional("a", 0)},
       "",
       kUnderTheWaiver,
       "ELIGIBLE",
       "a",
       "w1"},
      {"letters are missing without it",
       {Professional("a", 0)},
       "",
       kBeforeTheWaiver,
       "LETTERS_MISSING",
       "",
       ""},
      {"when all have lapsed that is the reason",
       {Professional("a", 2, "2022-02-01"), Holder("b", "registered")},
       "",
       kUnderTheWaiver,
       "NOT_IN_GOOD_STANDING",
       "",
       ""},
      {"the one who comes nearest gives the reason",
       {Professional("a", 2, "2022-02-01"), Professional("b", 1)},
       "",
       kBeforeTheWaiver,
       "LETTERS_MISSING",
       "",
       ""},
      {"whoever was named and left the company votes no more",
       {Professional("a", 2)},
       "gone",
       kBeforeTheWaiver,
       "REPRESENTATIVE_NOT_ENTITLED",
       "",
       ""},
      {"whoever was named and lapsed stands in the way",
       {Professional("a", 2), Professional("b", 2, "2022-02-01")},
       "b",
       kBeforeTheWaiver,
       "REPRESENTATIVE_NOT_ENTITLED",
       "",
       ""},
      {"when nobody else may vote, the lapse itself is the reason",
       {Professional("b", 2, "2022-02-01")},
       "b",
       kBeforeTheWaiver,
       "NOT_IN_GOOD_STANDING",
       "",
       ""},
  };
  return cases;
}

TEST(ExplainEligibility, GivesEveryCompanyOneReason) {
  for (const Case& row : Cases()) {
    const CompanyFacts company{.id = "c", .representative = row.named, .people = row.people};
    const CompanyEligibility answer = ExplainEligibility(company, Society(), Day(row.day));
    EXPECT_EQ(answer.reason, row.reason) << row.sentence;
    EXPECT_EQ(answer.representative, row.representative) << row.sentence;
    EXPECT_EQ(answer.waiver, row.waiver) << row.sentence;
    EXPECT_EQ(answer.eligible, answer.reason == "ELIGIBLE") << row.sentence;
    EXPECT_EQ(answer.remedy.empty(), answer.eligible) << row.sentence;
  }
}

TEST(ExplainEligibility, TellsOfARequirementBeforeWhatIsFartherAway) {
  PersonFacts certified = Holder("a", "certified");
  const CompanyFacts company{.id = "c", .people = {Professional("b", 1), certified}};
  const CompanyEligibility answer = ExplainEligibility(company, Society(), Day(kBeforeTheWaiver));
  EXPECT_EQ(answer.reason, "CODE_NOT_ACCEPTED") << "nearer than one letter of two";
  certified.accepted_codes = {"codeVersions/2021-1"};
  const CompanyFacts two{.id = "c", .people = {Professional("b", 1), certified}};
  EXPECT_EQ(ExplainEligibility(two, Society(), Day(kBeforeTheWaiver)).reason, "REPRESENTATIVE_NOT_NAMED")
      << "whoever only lacks letters is one of several";
}

TEST(ExplainEligibility, NobodyVotesForACompanyThatTheBoardSuspends) {
  const CompanyFacts company{
      .id = "c",
      .people = {Professional("a", 2)},
      .acts = {{.kind = ActKind::kSuspended, .on = Day("2022-03-01"), .motion = "bodies/board/motions/m1"},
               {.kind = ActKind::kReinstated, .on = Day("2022-04-01"), .motion = "bodies/board/motions/m2"}}};
  const struct {
    const char* sentence;
    const char* day;
    const char* reason;
  } cases[] = {
      {"the day before it votes", "2022-02-28", "ELIGIBLE"},
      {"from the first day on it does not", "2022-03-01", "NOT_IN_GOOD_STANDING"},
      {"to the last", "2022-03-31", "NOT_IN_GOOD_STANDING"},
      {"reinstated it votes again", "2022-04-01", "ELIGIBLE"},
  };
  for (const auto& row : cases) {
    EXPECT_EQ(ExplainEligibility(company, Society(), Day(row.day)).reason, row.reason) << row.sentence;
  }
  EXPECT_EQ(ExplainEligibility(company, Society(), Day("2022-03-01")).remedy,
            "Ask the board to reinstate the company, which it suspended by bodies/board/motions/m1.");
  EXPECT_THAT(RolesOf("a", company, Society(), Day("2022-03-01")), ElementsAre("member"))
      << "the person is no less a member";
}

TEST(RolesOf, FollowsFromTheFactsOfTheDay) {
  const CompanyFacts company{.id = "c",
                             .people = {Professional("pro", 2),
                                        Holder("reg", "registered"),
                                        Holder("office", "staff"),
                                        Professional("lapsed", 2, "2022-02-01"),
                                        {.id = "nobody"}},
                             .administrators = {"nobody", "reg"}};
  const auto roles = [&](const char* person) {
    return RolesOf(person, company, Society(), Day(kBeforeTheWaiver));
  };
  EXPECT_THAT(roles("pro"), ElementsAre("member", "representative"));
  EXPECT_THAT(roles("reg"), ElementsAre("administrator", "member"));
  EXPECT_THAT(roles("office"), ElementsAre("staff"));
  EXPECT_THAT(roles("lapsed"), IsEmpty());
  EXPECT_THAT(roles("nobody"), ElementsAre("administrator")) << "an administrator need not be a member";
  EXPECT_THAT(roles("stranger"), IsEmpty());
}

}  // namespace
}  // namespace plenary::membership::rules
