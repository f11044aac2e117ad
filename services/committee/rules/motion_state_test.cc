#include "services/committee/rules/motion_state.h"

#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"

namespace plenary::committee::rules {
namespace {

using testing::IsError;
using v1::Motion;

TEST(MotionState, AllowsEachActOnlyWhereItBelongs) {
  struct Row {
    const char* sentence;
    MotionAct act;
    // PROPOSED, OPEN, CARRIED, LOST, WITHDRAWN
    bool allowed[5];
    const char* reason;
  };
  constexpr Row kRows[] = {
      {"the chair opens what was proposed",
       MotionAct::kOpen,
       {true, false, false, false, false},
       "MOTION_NOT_PROPOSED"},
      {"votes are taken while it is open",
       MotionAct::kVote,
       {false, true, false, false, false},
       "MOTION_NOT_OPEN"},
      {"an open motion is announced once",
       MotionAct::kAnnounce,
       {false, true, false, false, false},
       "MOTION_NOT_OPEN"},
      {"it is withdrawn before it is announced",
       MotionAct::kWithdraw,
       {true, true, false, false, false},
       "MOTION_CLOSED"},
  };
  constexpr Motion::State kStates[] = {Motion::STATE_PROPOSED, Motion::STATE_OPEN, Motion::STATE_CARRIED,
                                       Motion::STATE_LOST, Motion::STATE_WITHDRAWN};
  for (const Row& row : kRows) {
    for (int i = 0; i < 5; ++i) {
      SCOPED_TRACE(std::string(row.sentence) + ", in " + Motion::State_Name(kStates[i]));
      if (row.allowed[i]) {
        EXPECT_OK(CheckAct(row.act, kStates[i]));
      } else {
        EXPECT_THAT(CheckAct(row.act, kStates[i]),
                    IsError(absl::StatusCode::kFailedPrecondition, row.reason));
      }
    }
  }
}

}  // namespace
}  // namespace plenary::committee::rules
