#include "services/membership/rules/standing.h"

#include <gtest/gtest.h>

#include "services/membership/rules/testing_society.h"

namespace plenary::membership::rules {
namespace {

struct Case {
  const char* sentence;
  PersonFacts person;
  v1::Act act;
  const char* day;
  bool allowed;
  const char* reason;
  const char* waiver;
};

const std::vector<Case>& Cases() {
  static const auto& cases = *new std::vector<Case>{
      {"a professional with two letters votes", Professional("a", 2), v1::ACT_VOTE, "2022-09-01", true, "",
       ""},
      {"and holds office", Professional("a", 2), v1::ACT_HOLD_OFFICE, "2022-09-01", true, "", ""},
      {"and takes part in a contest", Professional("a", 2), v1::ACT_CONTEST, "2022-09-01", true, "", ""},
      {"nobody without a membership votes",
       {.id = "a"},
       v1::ACT_VOTE,
       "2022-09-01",
       false,
       "NO_MEMBERSHIP",
       ""},
      {"a registered member has no vote", Holder("a", "registered", 2), v1::ACT_VOTE, "2022-09-01", false,
       "CATEGORY_WITHOUT_RIGHT", ""},
      {"a registered membership that starts later is none yet", Holder("a", "registered", 2), v1::ACT_VOTE,
       "2020-01-01", false, "NO_MEMBERSHIP", ""},
      {"before the start the membership is not in good standing", Professional("a", 2), v1::ACT_VOTE,
       "2020-01-01", false, "NOT_IN_GOOD_STANDING", ""},
      {"in grace it still is", Professional("a", 2), v1::ACT_VOTE, "2023-01-30", true, "", ""},
      {"after the grace days it has lapsed", Professional("a", 2), v1::ACT_VOTE, "2023-01-31", false,
       "NOT_IN_GOOD_STANDING", ""},
      {"one letter of two is one too few", Professional("a", 1), v1::ACT_HOLD_OFFICE, "2023-01-15", false,
       "LETTERS_MISSING", ""},
      {"the board's waiver stands in for the letters", Professional("a", 0), v1::ACT_VOTE, "2022-09-01", true,
       "", "w1"},
      {"on its first day", Professional("a", 0), v1::ACT_VOTE, "2022-08-01", true, "", "w1"},
      {"and on its last", Professional("a", 0), v1::ACT_VOTE, "2022-12-31", true, "", "w1"},
      {"not before", Professional("a", 0), v1::ACT_VOTE, "2022-07-31", false, "LETTERS_MISSING", ""},
      {"nor after", Professional("a", 0), v1::ACT_VOTE, "2023-01-01", false, "LETTERS_MISSING", ""},
      {"nor for an act it does not name", Professional("a", 0), v1::ACT_CONTEST, "2022-09-01", false,
       "LETTERS_MISSING", ""},
      {"a waiver that is not needed is not used", Professional("a", 2), v1::ACT_VOTE, "2022-09-01", true, "",
       ""},
      {"a waiver does not mend a lapsed membership", Professional("a", 0, "2022-02-01"), v1::ACT_VOTE,
       "2022-09-01", false, "NOT_IN_GOOD_STANDING", ""},
      {"the best of several memberships counts",
       With(Holder("a", "registered", 2), "professional", "2022-01-01", "2023-01-01"), v1::ACT_VOTE,
       "2022-09-01", true, "", ""},
      {"a category nobody knows gives nothing", Holder("a", "unheard-of", 2), v1::ACT_VOTE, "2022-09-01",
       false, "NO_MEMBERSHIP", ""},
  };
  return cases;
}

TEST(ExplainRight, AnswersForEveryCombination) {
  for (const Case& row : Cases()) {
    const RightAnswer answer = ExplainRight(row.person, Society(), row.act, Day(row.day));
    EXPECT_EQ(answer.allowed, row.allowed) << row.sentence;
    EXPECT_EQ(answer.reason, row.reason) << row.sentence;
    EXPECT_EQ(answer.waiver, row.waiver) << row.sentence;
    EXPECT_EQ(answer.remedy.empty(), row.allowed) << row.sentence;
  }
}

// A certified member since 2020-08-24 who renewed each year, and earned credits on the days given.
PersonFacts Certified(const std::vector<EarnedCredits>& credits, const char* code = "codeVersions/2021-1") {
  PersonFacts person{.id = "a"};
  for (const char* const year : {"2020", "2021", "2022"}) {
    const absl::CivilDay start = Day(std::string(year) + "-08-24");
    person.periods.push_back({.category = "certified", .start = start, .end = Anniversary(start, 1)});
  }
  person.credits = credits;
  if (*code != '\0') person.accepted_codes.insert(code);
  return person;
}

PersonFacts Suspended() {
  PersonFacts person = Professional("a", 2);
  person.acts = {{.kind = ActKind::kSuspended, .on = Day("2022-03-01"), .motion = "bodies/board/motions/m1"}};
  return person;
}

// Cancelled in 2023, and enrolled anew three months later.
PersonFacts CameBack() {
  PersonFacts person = With({.id = "a"}, "certified", "2023-01-01", "2024-01-01");
  person =
      With(With(person, "certified", "2023-09-01", "2024-09-01"), "certified", "2024-09-01", "2025-09-01");
  person.acts = {{.kind = ActKind::kCancelled,
                  .on = Day("2023-06-01"),
                  .category = "certified",
                  .start = Day("2023-01-01")}};
  person.accepted_codes = {"codeVersions/2021-1"};
  return person;
}

const std::vector<Case>& RequirementCases() {
  static const auto& cases = *new std::vector<Case>{
      {"no credits are asked for in the first year", Certified({}), v1::ACT_VOTE, "2021-08-23", true, "", ""},
      {"from the first anniversary on those of the first year are", Certified({}), v1::ACT_VOTE, "2021-08-24",
       false, "CREDITS_MISSING", ""},
      {"twelve in the year are enough", Certified({{Day("2021-03-01"), 700}, {Day("2021-08-23"), 500}}),
       v1::ACT_VOTE, "2021-08-24", true, "", ""},
      {"one hundredth less is too little", Certified({{Day("2021-03-01"), 1199}}), v1::ACT_VOTE, "2021-08-24",
       false, "CREDITS_MISSING", ""},
      {"those of the running year do not count for the last", Certified({{Day("2021-08-24"), 1200}}),
       v1::ACT_VOTE, "2021-12-01", false, "CREDITS_MISSING", ""},
      {"but for the next", Certified({{Day("2021-08-24"), 1200}}), v1::ACT_VOTE, "2022-08-24", true, "", ""},
      {"the anniversary of a membership that was renewed is that of its start",
       Certified({{Day("2022-08-23"), 1200}}), v1::ACT_VOTE, "2022-12-01", true, "", ""},
      {"a certified member accepts the code of ethics", Certified({}, ""), v1::ACT_VOTE, "2021-01-01", false,
       "CODE_NOT_ACCEPTED", ""},
      {"in the version that is asked for", Certified({}, "codeVersions/2019-1"), v1::ACT_VOTE, "2021-01-01",
       false, "CODE_NOT_ACCEPTED", ""},
      {"credits are asked for before the code", Certified({}, ""), v1::ACT_VOTE, "2021-09-01", false,
       "CREDITS_MISSING", ""},
      {"a cancelled period is no year of the membership that came after it", CameBack(), v1::ACT_VOTE,
       "2024-02-01", true, "", ""},
      {"whose own first year counts", CameBack(), v1::ACT_VOTE, "2024-09-01", false, "CREDITS_MISSING", ""},
      {"who is suspended does not vote", Suspended(), v1::ACT_VOTE, "2022-03-01", false,
       "NOT_IN_GOOD_STANDING", ""},
      {"and did before", Suspended(), v1::ACT_VOTE, "2022-02-28", true, "", ""},
  };
  return cases;
}

TEST(ExplainRight, AsksForCreditsAndTheCode) {
  for (const Case& row : RequirementCases()) {
    const RightAnswer answer = ExplainRight(row.person, Society(), row.act, Day(row.day));
    EXPECT_EQ(answer.allowed, row.allowed) << row.sentence;
    EXPECT_EQ(answer.reason, row.reason) << row.sentence;
    EXPECT_EQ(answer.remedy.empty(), row.allowed) << row.sentence;
    EXPECT_EQ(IsRequirementReason(answer.reason), !row.allowed && answer.reason != "NOT_IN_GOOD_STANDING")
        << row.sentence;
  }
}

TEST(ExplainRight, TakesAWaiverForItsOwnRequirementOnly) {
  Provisions provisions = Society();
  const auto waive = [&](const char* id, v1::Requirement requirement) {
    provisions.waivers.push_back({.id = id,
                                  .requirement = requirement,
                                  .acts = {v1::ACT_VOTE},
                                  .valid_from = Day("2021-08-24"),
                                  .valid_until = Day("2021-12-31")});
  };
  const PersonFacts person = Certified({}, "");
  waive("w2", v1::REQUIREMENT_CODE_ACCEPTANCE);
  EXPECT_EQ(ExplainRight(person, provisions, v1::ACT_VOTE, Day("2021-09-01")).reason, "CREDITS_MISSING");
  waive("w3", v1::REQUIREMENT_CREDITS);
  const RightAnswer answer = ExplainRight(person, provisions, v1::ACT_VOTE, Day("2021-09-01"));
  EXPECT_TRUE(answer.allowed);
  EXPECT_EQ(answer.waiver, "w3") << "of two that were needed the first in the order of the reasons";
  EXPECT_EQ(ExplainRight(person, provisions, v1::ACT_VOTE, Day("2022-01-01")).reason, "CREDITS_MISSING");
}

TEST(ExplainRight, SaysWhatWouldMendIt) {
  const auto remedy = [](const PersonFacts& person, const char* day) {
    return ExplainRight(person, Society(), v1::ACT_VOTE, Day(day)).remedy;
  };
  EXPECT_EQ(remedy(Certified({{Day("2021-03-01"), 350}}), "2021-09-01"),
            "Hand in evidence of 8.5 more credit(s) earned from 2020-08-24 to 2021-08-23: 3.5 of 12 are "
            "approved.");
  EXPECT_EQ(remedy(Certified({}, ""), "2021-01-01"), "Accept the code of ethics, codeVersions/2021-1.");
  EXPECT_EQ(remedy(Suspended(), "2022-06-01"),
            "Ask the board to reinstate the membership, which it suspended by bodies/board/motions/m1.");
  PersonFacts gone = Professional("a", 2);
  gone.acts = {{.kind = ActKind::kCancelled, .on = Day("2022-03-01")}};
  EXPECT_EQ(remedy(gone, "2022-06-01"), "Take up a membership again: this one was cancelled.");
  gone.acts = {{.kind = ActKind::kDeceased, .on = Day("2022-03-01")}};
  EXPECT_EQ(remedy(gone, "2022-06-01"),
            "Tell the office if this is wrong: the register says that the member has died.");

  EXPECT_EQ(ExplainRight(Professional("a", 1), Society(), v1::ACT_VOTE, Day("2022-07-01")).remedy,
            "Hand in 1 more letter(s) of reference: 1 of 2 are accepted.");
  EXPECT_EQ(ExplainRight(Professional("a", 2), Society(), v1::ACT_VOTE, Day("2021-12-31")).remedy,
            "Wait until the membership starts on 2022-01-01.");
}

}  // namespace
}  // namespace plenary::membership::rules
