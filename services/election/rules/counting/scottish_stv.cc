#include <algorithm>

#include "services/election/rules/counting/methods.h"
#include "services/election/rules/counting/piles.h"
#include "services/election/rules/counting/stages.h"

namespace plenary::election::counting {
namespace {

// A vote, in units of its fifth decimal (rule 48(3)).
constexpr std::int64_t kVote = 100'000;

class ScottishCount {
 public:
  ScottishCount(const Contest& contest, const Profile& profile, v1::CountReport& report)
      : stages_(contest, report),
        piles_(profile, stages_, kVote),
        quota_((report.valid_ballots() / (contest.seats + std::int64_t{1}) + 1) * kVote) {}

  void Run() {
    OpenStage(v1::CountStage::ACT_FIRST_COUNT);
    stages_.Close(0);
    while (ElectThoseWithQuota() && !stages_.Finish() && NextStage()) {
    }
    stages_.Place();
  }

 private:
  v1::CountStage& OpenStage(v1::CountStage::Act act) {
    v1::CountStage& stage = stages_.Open(act);
    stage.set_quota(quota_);
    return stage;
  }

  // Rule 47(1).
  bool ElectThoseWithQuota() {
    std::vector<std::uint16_t> there = stages_.Continuing();
    std::erase_if(there, [this](std::uint16_t option) { return stages_.votes()[option] < quota_; });
    if (there.empty()) return true;
    std::copy_if(there.begin(), there.end(), std::back_inserter(with_surplus_),
                 [this](std::uint16_t option) { return stages_.votes()[option] > quota_; });
    return stages_.Elect(std::move(there));
  }

  // Rules 48 to 51. False when a tie is open.
  bool NextStage() { return with_surplus_.empty() ? ExcludeLowest() : PassOnSurplus(); }

  bool PassOnSurplus() {
    const auto option = stages_.Highest(with_surplus_);
    if (!option.has_value()) return false;
    std::erase(with_surplus_, *option);
    const std::int64_t votes = stages_.votes()[*option];
    v1::CountStage& stage = OpenStage(v1::CountStage::ACT_SURPLUS);
    stage.add_subjects(*option);
    stage.set_surplus(votes - quota_);
    piles_.PassOn(*option, votes - quota_, votes, votes - quota_);
    stages_.Close(piles_.not_transferable());
    return true;
  }

  bool ExcludeLowest() {
    const auto option = stages_.Lowest(/*look_back=*/true);
    if (!option.has_value()) return false;
    OpenStage(v1::CountStage::ACT_EXCLUSION).add_subjects(*option);
    stages_.Exclude(*option);
    piles_.PassOn(*option, 1, 1, stages_.votes()[*option]);
    stages_.Close(piles_.not_transferable());
    return true;
  }

  Stages stages_;
  Piles piles_;
  const std::int64_t quota_;
  std::vector<std::uint16_t> with_surplus_;  // elected, not passed on yet
};

}  // namespace

void CountScottishStv(const Contest& contest, const Profile& profile, v1::CountReport& report) {
  ScottishCount(contest, profile, report).Run();
}

}  // namespace plenary::election::counting
