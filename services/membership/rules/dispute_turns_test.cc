#include "services/membership/rules/dispute_turns.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"
#include "services/membership/limits_registrar.h"

namespace plenary::membership::rules {
namespace {

using testing::IsError;

constexpr char kElection[] = "elections/e";

TEST(NextDispute, BeginsWithTheFirst) { EXPECT_EQ(NextDispute(std::nullopt, kElection).value(), 1); }

TEST(NextDispute, WaitsForTheAnswerOfTheLast) {
  for (int number = 1; number <= limits::kDisputesOfLine; ++number) {
    EXPECT_THAT(NextDispute(LastDispute{number, /*answered=*/false}, kElection),
                IsError(absl::StatusCode::kAlreadyExists, "DISPUTE_OPEN"))
        << number;
  }
}

TEST(NextDispute, FollowsAnAnsweredOneThreeTimesInAll) {
  EXPECT_EQ(limits::kDisputesOfLine, 3);
  EXPECT_EQ(NextDispute(LastDispute{1, true}, kElection).value(), 2);
  EXPECT_EQ(NextDispute(LastDispute{2, true}, kElection).value(), 3);
  EXPECT_THAT(NextDispute(LastDispute{3, true}, kElection),
              IsError(absl::StatusCode::kFailedPrecondition, "DISPUTES_USED_UP"));
  EXPECT_THAT(NextDispute(LastDispute{4, true}, kElection),
              IsError(absl::StatusCode::kFailedPrecondition, "DISPUTES_USED_UP"))
      << "from a time with another limit";
}

TEST(DisputeId, IsTheUnitAndFromTheSecondOnItsNumber) {
  EXPECT_EQ(DisputeId("abc", 1), "abc");
  EXPECT_EQ(DisputeId("abc", 2), "abc-2");
  EXPECT_EQ(DisputeId("abc", 3), "abc-3");
  for (int number = 1; number <= limits::kDisputesOfLine; ++number) {
    const auto read = ReadDisputeId(DisputeId("abc", number));
    ASSERT_TRUE(read.has_value()) << number;
    EXPECT_EQ(read->unit, "abc");
    EXPECT_EQ(read->number, number);
  }
}

TEST(DisputeId, HasOneSpelling) {
  for (const char* id :
       {"", "-", "-2", "abc-", "abc-0", "abc-1", "abc-4", "abc-02", "abc-2-2", "abc--2", "abc-x"}) {
    EXPECT_FALSE(ReadDisputeId(id).has_value()) << id;
  }
}

}  // namespace
}  // namespace plenary::membership::rules
