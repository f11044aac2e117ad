#include "services/committee/rules/roll_call.h"

#include <algorithm>

#include "services/committee/errors.h"
#include "services/committee/rules/quorum.h"

namespace plenary::committee::rules {

RollCall CallTheRoll(const std::vector<v1::MotionVote>& votes, const std::vector<v1::Holding>& holders) {
  RollCall roll;
  for (const v1::MotionVote& vote : votes) {
    const bool holds = std::any_of(holders.begin(), holders.end(), [&](const v1::Holding& holding) {
      return holding.seat() == vote.seat() && holding.person() == vote.person();
    });
    (holds ? roll.counted : roll.fallen).push_back(vote);
  }
  return roll;
}

Tally Count(const std::vector<v1::MotionVote>& votes) {
  Tally tally;
  for (const v1::MotionVote& vote : votes) {
    if (vote.choice() == v1::MotionVote::CHOICE_YES) ++tally.yes;
    if (vote.choice() == v1::MotionVote::CHOICE_NO) ++tally.no;
    if (vote.choice() == v1::MotionVote::CHOICE_ABSTAIN) ++tally.abstain;
  }
  return tally;
}

absl::StatusOr<v1::MotionResult> Decide(v1::Motion::Threshold threshold, const Tally& tally,
                                        int filled_seats) {
  const int quorum = Quorum(filled_seats);
  if (tally.voted() < quorum) return errors::NoQuorum(tally.voted(), quorum);
  v1::MotionResult result;
  result.set_yes(tally.yes);
  result.set_no(tally.no);
  result.set_abstain(tally.abstain);
  result.set_filled_seats(filled_seats);
  result.set_quorum(quorum);
  result.set_carried(Carries(threshold, tally));
  result.set_explanation(Explain(threshold, tally));
  return result;
}

}  // namespace plenary::committee::rules
