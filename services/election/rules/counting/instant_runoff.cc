#include <numeric>

#include "services/election/rules/counting/methods.h"
#include "services/election/rules/counting/piles.h"
#include "services/election/rules/counting/stages.h"

namespace plenary::election::counting {
namespace {

// More than half of the votes that still count for somebody.
std::int64_t Majority(const std::vector<std::int64_t>& votes) {
  return std::accumulate(votes.begin(), votes.end(), std::int64_t{0}) / 2 + 1;
}

// False when a tie is open.
bool ExcludeLowest(Stages& stages, Piles& piles) {
  const auto lowest = stages.Lowest(/*look_back=*/true);
  if (!lowest.has_value()) return false;
  v1::CountStage& stage = stages.Open(v1::CountStage::ACT_EXCLUSION);
  stage.add_subjects(*lowest);
  stages.Exclude(*lowest);
  piles.PassOn(*lowest, 1, 1, stages.votes()[*lowest]);
  stage.set_quota(Majority(stages.votes()));
  stages.Close(piles.not_transferable());
  return true;
}

// Elects whoever has a majority; false when nobody has.
bool ElectMajority(Stages& stages) {
  const std::int64_t majority = Majority(stages.votes());
  for (const std::uint16_t option : stages.Continuing()) {
    if (stages.votes()[option] >= majority) return stages.Elect({option});
  }
  return false;
}

}  // namespace

void CountInstantRunoff(const Contest& contest, const Profile& profile, v1::CountReport& report) {
  Stages stages(contest, report);
  Piles piles(profile, stages, 1);
  stages.Open(v1::CountStage::ACT_FIRST_COUNT).set_quota(Majority(stages.votes()));
  stages.Close(0);
  do {
    ElectMajority(stages);
  } while (!stages.Finish() && ExcludeLowest(stages, piles));
  stages.Place();
}

}  // namespace plenary::election::counting
