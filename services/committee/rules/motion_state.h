// The life of a motion: PROPOSED -> OPEN -> CARRIED or LOST, or WITHDRAWN before that.
#pragma once

#include "absl/status/status.h"
#include "plenary/committee/v1/motion_service.pb.h"

namespace plenary::committee::rules {

enum class MotionAct { kOpen, kVote, kAnnounce, kWithdraw };

// Whether the act may be done on a motion in that state. The one table of states.
bool Allows(MotionAct act, v1::Motion::State state);

// OK, or FAILED_PRECONDITION with the reason of the act: MOTION_NOT_PROPOSED, MOTION_NOT_OPEN or
// MOTION_CLOSED.
absl::Status CheckAct(MotionAct act, v1::Motion::State state);

}  // namespace plenary::committee::rules
