#include "services/membership/rules/verification.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace plenary::membership::rules {
namespace {

VerificationWay Way(const std::string& id, int letters, const std::string& track, int vouchers, bool motion) {
  return {.category = "professional",
          .id = id,
          .display_name = id,
          .letters = letters,
          .track = track,
          .vouchers = vouchers,
          .board_motion = motion};
}

TEST(Verification, SaysWhatEachWayMisses) {
  struct Row {
    const char* sentence;
    VerificationWay way;
    int letters;
    VerificationEvidence evidence;
    std::size_t missing;
  };
  const std::vector<Row> rows = {
      {"letters that are there", Way("a", 2, "", 0, false), 2, {}, 0},
      {"a letter too few", Way("a", 2, "", 0, false), 1, {}, 1},
      {"the certification is held", Way("a", 0, "technician", 0, false), 0, {.tracks = {"technician"}}, 0},
      {"another certification is held",
       Way("a", 0, "technician", 0, false),
       0,
       {.tracks = {"management"}},
       1},
      {"enough people vouch", Way("a", 0, "", 3, false), 0, {.vouchers = 3}, 0},
      {"two of three vouch", Way("a", 0, "", 3, false), 0, {.vouchers = 2}, 1},
      {"the board verified them", Way("a", 0, "", 0, true), 0, {.granted_categories = {"professional"}}, 0},
      {"the board verified them for another category",
       Way("a", 0, "", 0, true),
       0,
       {.granted_categories = {"associate"}},
       1},
      {"one of two things is there", Way("a", 1, "", 2, false), 1, {.vouchers = 1}, 1},
      {"nothing of four is there", Way("a", 1, "technician", 2, true), 0, {}, 4},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(MissingOf(row.way, row.letters, row.evidence).size(), row.missing) << row.sentence;
  }
}

TEST(Verification, TellsHowManyAreMissing) {
  EXPECT_THAT(MissingOf(Way("a", 2, "", 0, false), 1, {}),
              ::testing::ElementsAre("Hand in 1 more letter(s) of reference: 1 of 2 are accepted."));
  EXPECT_THAT(MissingOf(Way("a", 0, "", 3, false), 0, {.vouchers = 1}),
              ::testing::ElementsAre("Ask 2 more member(s) of other companies to vouch for you: 1 of 3 do."));
}

TEST(Verification, IsGivenByTheFirstWayOfTheCategoryThatIsSatisfied) {
  std::vector<VerificationWay> ways = {Way("vouched", 0, "", 3, false),
                                       Way("certified", 0, "technician", 0, false),
                                       Way("certified-2", 0, "technician", 0, false)};
  EXPECT_EQ(VerifiedBy(ways, "professional", 9, {}), nullptr);
  EXPECT_EQ(VerifiedBy(ways, "professional", 0, {.tracks = {"technician"}}), &ways[1]);
  EXPECT_EQ(VerifiedBy(ways, "professional", 0, {.vouchers = 3, .tracks = {"technician"}}), &ways[0]);
  EXPECT_EQ(VerifiedBy(ways, "associate", 0, {.vouchers = 3}), nullptr) << "a way of another category";
  EXPECT_EQ(VerifiedBy({}, "professional", 9, {.vouchers = 9}), nullptr);
}

TEST(Verification, AWayThatAsksForNothingIsNone) {
  EXPECT_FALSE(Way("a", 0, "", 0, false).AsksForSomething());
  EXPECT_TRUE(Way("a", 0, "", 0, true).AsksForSomething());
  EXPECT_TRUE(Way("a", 0, "t", 0, false).AsksForSomething());
}

}  // namespace
}  // namespace plenary::membership::rules
