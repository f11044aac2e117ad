#include "services/committee/rules/roll_call.h"

#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"

namespace plenary::committee::rules {
namespace {

using testing::IsError;
using v1::Motion;
using v1::MotionVote;

v1::Holding Holder(const std::string& seat, const std::string& person) {
  v1::Holding holding;
  holding.set_seat(seat);
  holding.set_person(person);
  return holding;
}

MotionVote Vote(const std::string& seat, const std::string& person, MotionVote::Choice choice) {
  MotionVote vote;
  vote.set_seat(seat);
  vote.set_person(person);
  vote.set_choice(choice);
  return vote;
}

TEST(CallTheRoll, CountsOnlyThoseWhoHoldTheirSeats) {
  const RollCall roll =
      CallTheRoll({Vote("s1", "ann", MotionVote::CHOICE_YES), Vote("s2", "bob", MotionVote::CHOICE_NO),
                   Vote("s3", "cid", MotionVote::CHOICE_ABSTAIN)},
                  {Holder("s1", "ann"), Holder("s2", "dan"), Holder("s4", "cid")});
  ASSERT_EQ(roll.counted.size(), 1u);
  EXPECT_EQ(roll.counted[0].person(), "ann");
  ASSERT_EQ(roll.fallen.size(), 2u);
  EXPECT_EQ(roll.fallen[0].person(), "bob");
  EXPECT_EQ(roll.fallen[1].person(), "cid");
}

TEST(Count, AddsUpEachChoice) {
  const Tally tally =
      Count({Vote("s1", "ann", MotionVote::CHOICE_YES), Vote("s2", "bob", MotionVote::CHOICE_YES),
             Vote("s3", "cid", MotionVote::CHOICE_NO), Vote("s4", "dan", MotionVote::CHOICE_ABSTAIN)});
  EXPECT_EQ(tally, (Tally{2, 1, 1}));
}

TEST(Decide, NeedsAQuorumOfTheFilledSeats) {
  struct Row {
    const char* sentence;
    Tally tally;
    int filled_seats;
    bool quorate;
    bool carried;
  };
  const Row kRows[] = {
      {"two of five are too few, whatever they say", {2, 0, 0}, 5, false, false},
      {"three of five are enough", {2, 1, 0}, 5, true, true},
      {"an abstention makes up the quorum", {1, 0, 2}, 5, true, true},
      {"three of six are half, not a majority", {3, 0, 0}, 6, false, false},
      {"a tie of a full house is lost", {2, 2, 1}, 5, true, false},
  };
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.sentence);
    const auto result = Decide(Motion::THRESHOLD_MAJORITY, row.tally, row.filled_seats);
    if (!row.quorate) {
      EXPECT_THAT(result, IsError(absl::StatusCode::kFailedPrecondition, "NO_QUORUM"));
      continue;
    }
    ASSERT_OK(result);
    EXPECT_EQ(result->carried(), row.carried);
    EXPECT_EQ(result->filled_seats(), row.filled_seats);
  }
}

}  // namespace
}  // namespace plenary::committee::rules
