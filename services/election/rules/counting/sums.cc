#include "services/election/rules/counting/methods.h"
#include "services/election/rules/counting/placing.h"

namespace plenary::election::counting {

void CountSums(const Contest& contest, const Profile& profile, v1::CountReport& report) {
  std::vector<std::int64_t> votes(contest.options.size(), 0);
  for (std::size_t i = 0; i < profile.size(); ++i) {
    const std::int64_t weight = profile.weight(i);
    for (const Mark& mark : profile.marks(i)) votes[mark.option] += weight * mark.value;
  }
  for (std::size_t i = 0; i < votes.size(); ++i) {
    if (contest.options[i].withdrawn) votes[i] = 0;
  }
  Order order{Active(contest), {}};
  order.ahead.reserve(order.options.size() * order.options.size());
  for (const std::uint16_t a : order.options) {
    for (const std::uint16_t b : order.options) order.ahead.push_back(votes[a] > votes[b] ? 1 : 0);
  }
  v1::CountStage& stage = *report.add_stages();
  stage.set_number(1);
  stage.set_act(v1::CountStage::ACT_FIRST_COUNT);
  stage.mutable_votes()->Assign(votes.begin(), votes.end());
  Place(contest, order, votes, report);
  for (const v1::CountPlacing& placing : report.placings()) {
    if (placing.elected()) stage.add_elected(placing.option());
  }
}

}  // namespace plenary::election::counting
