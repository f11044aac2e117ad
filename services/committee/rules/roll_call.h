// The roll call: which votes count when a motion is announced.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "plenary/committee/v1/body_service.pb.h"
#include "plenary/committee/v1/motion_service.pb.h"
#include "services/committee/rules/threshold.h"

namespace plenary::committee::rules {

struct RollCall {
  std::vector<v1::MotionVote> counted;
  std::vector<v1::MotionVote> fallen;  // of people who no longer hold that seat
};

// Counts the votes of those who hold their seats now; a vote of someone whose holding ended while the motion
// was open falls, so that never more vote than seats are filled.
RollCall CallTheRoll(const std::vector<v1::MotionVote>& votes, const std::vector<v1::Holding>& holders);

Tally Count(const std::vector<v1::MotionVote>& votes);

// The result of a body with that many filled seats; FAILED_PRECONDITION NO_QUORUM when too few voted.
absl::StatusOr<v1::MotionResult> Decide(v1::Motion::Threshold threshold, const Tally& tally,
                                        int filled_seats);

}  // namespace plenary::committee::rules
