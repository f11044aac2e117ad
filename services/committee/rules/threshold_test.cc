#include "services/committee/rules/threshold.h"

#include <gtest/gtest.h>

namespace plenary::committee::rules {
namespace {

using v1::Motion;

TEST(Carries, CountsYesAgainstNo) {
  struct Row {
    const char* sentence;
    Motion::Threshold threshold;
    Tally tally;
    bool carried;
  };
  const Row kRows[] = {
      {"a majority is one more yes", Motion::THRESHOLD_MAJORITY, {3, 2, 0}, true},
      {"a tie is lost", Motion::THRESHOLD_MAJORITY, {2, 2, 1}, false},
      {"fewer yes is lost", Motion::THRESHOLD_MAJORITY, {1, 2, 4}, false},
      {"abstentions do not count against a single yes", Motion::THRESHOLD_MAJORITY, {1, 0, 4}, true},
      {"abstentions alone carry nothing", Motion::THRESHOLD_MAJORITY, {0, 0, 5}, false},
      {"unspecified is read as a majority", Motion::THRESHOLD_UNSPECIFIED, {3, 2, 0}, true},
      {"exactly twice as many is two-thirds", Motion::THRESHOLD_TWO_THIRDS, {4, 2, 0}, true},
      {"one short of twice as many is lost", Motion::THRESHOLD_TWO_THIRDS, {5, 3, 0}, false},
      {"a majority is not two-thirds", Motion::THRESHOLD_TWO_THIRDS, {3, 2, 0}, false},
      {"one yes alone is two-thirds", Motion::THRESHOLD_TWO_THIRDS, {1, 0, 4}, true},
      {"nothing against nothing needs at least one yes", Motion::THRESHOLD_TWO_THIRDS, {0, 0, 5}, false},
  };
  for (const Row& row : kRows) EXPECT_EQ(Carries(row.threshold, row.tally), row.carried) << row.sentence;
}

TEST(Explain, SaysTheFiguresAndTheRule) {
  EXPECT_EQ(Explain(Motion::THRESHOLD_MAJORITY, {3, 1, 1}),
            "3 yes, 1 no, 1 abstained; a majority needs yes > no");
  EXPECT_EQ(Explain(Motion::THRESHOLD_MAJORITY, {2, 2, 1}),
            "2 yes, 2 no, 1 abstained; a majority needs yes > no; a tie is lost");
  EXPECT_EQ(Explain(Motion::THRESHOLD_TWO_THIRDS, {4, 2, 0}),
            "4 yes, 2 no, 0 abstained; two-thirds need yes >= 2 x no and at least one yes");
}

}  // namespace
}  // namespace plenary::committee::rules
