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

TEST(ExplainRight, SaysWhatWouldMendIt) {
  EXPECT_EQ(ExplainRight(Professional("a", 1), Society(), v1::ACT_VOTE, Day("2022-07-01")).remedy,
            "Hand in 1 more letter(s) of reference: 1 of 2 are accepted.");
  EXPECT_EQ(ExplainRight(Professional("a", 2), Society(), v1::ACT_VOTE, Day("2021-12-31")).remedy,
            "Wait until the membership starts on 2022-01-01.");
}

}  // namespace
}  // namespace plenary::membership::rules
