#include "services/committee/rules/motion_state.h"

#include <algorithm>
#include <iterator>

#include "services/committee/errors.h"

namespace plenary::committee::rules {
namespace {

using v1::Motion;

struct Allowed {
  MotionAct act;
  Motion::State state;
};

// What is not listed is refused.
constexpr Allowed kAllowed[] = {
    {MotionAct::kOpen, Motion::STATE_PROPOSED}, {MotionAct::kVote, Motion::STATE_OPEN},
    {MotionAct::kAnnounce, Motion::STATE_OPEN}, {MotionAct::kWithdraw, Motion::STATE_PROPOSED},
    {MotionAct::kWithdraw, Motion::STATE_OPEN},
};

}  // namespace

bool Allows(MotionAct act, Motion::State state) {
  return std::any_of(std::begin(kAllowed), std::end(kAllowed),
                     [&](const Allowed& row) { return row.act == act && row.state == state; });
}

absl::Status CheckAct(MotionAct act, Motion::State state) {
  if (Allows(act, state)) return absl::OkStatus();
  switch (act) {
    case MotionAct::kOpen:
      return errors::MotionNotProposed();
    case MotionAct::kVote:
    case MotionAct::kAnnounce:
      return errors::MotionNotOpen();
    case MotionAct::kWithdraw:
      return errors::MotionClosed();
  }
  return errors::MotionClosed();
}

}  // namespace plenary::committee::rules
