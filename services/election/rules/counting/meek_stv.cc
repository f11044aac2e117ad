#include <algorithm>
#include <numeric>

#include "services/election/rules/counting/methods.h"
#include "services/election/rules/counting/stages.h"

namespace plenary::election::counting {
namespace {

// A vote, in units of its ninth decimal; and the surplus that is small enough.
constexpr std::int64_t kVote = 1'000'000'000;
constexpr std::int64_t kOmega = 1'000;

__extension__ using Wide = unsigned __int128;

// a * b / c, rounded up.
std::int64_t Portion(std::int64_t a, std::int64_t b, std::int64_t c) {
  const Wide divisor = static_cast<Wide>(c);
  return static_cast<std::int64_t>((static_cast<Wide>(a) * static_cast<Wide>(b) + divisor - 1) / divisor);
}

class MeekCount {
 public:
  MeekCount(const Contest& contest, const Profile& profile, v1::CountReport& report)
      : profile_(profile),
        stages_(contest, report),
        seats_(contest.seats),
        valid_(report.valid_ballots() * kVote),
        keep_(contest.options.size(), kVote) {
    for (std::uint16_t option = 0; option < keep_.size(); ++option) {
      if (contest.options[option].withdrawn) keep_[option] = 0;
    }
  }

  void Run() {
    while (true) {
      Round();
      if (!ElectThoseWithQuota() || stages_.Finish()) break;
      if (elected_now_) continue;
      if (!ExcludeLowest() || stages_.Finish()) break;
    }
    stages_.Place();
  }

 private:
  // Steps B.2: distributes all ballots again and again, until somebody reaches the quota or the surplus is
  // settled.
  void Round() {
    const bool first = quota_ == 0;
    v1::CountStage& stage =
        stages_.Open(first ? v1::CountStage::ACT_FIRST_COUNT : v1::CountStage::ACT_DISTRIBUTION);
    const Profile paths = Paths();
    std::int64_t last_surplus = 0;
    for (int distributions = 1;; ++distributions) {
      Distribute(paths);
      const std::int64_t surplus = Surplus();
      const bool settled = surplus < kOmega || (distributions > 1 && surplus >= last_surplus);
      if (SomebodyReachesQuota() || settled) {
        stage.set_distributions(distributions);
        stage.set_surplus(surplus);
        break;
      }
      last_surplus = surplus;
      Tighten();
    }
    stage.set_quota(quota_);
    stage.mutable_keep_factors()->Assign(keep_.begin(), keep_.end());
    stages_.Close(not_transferable_);
  }

  // Ballots cut to what this round counts of them: elected options up to the first that continues. Many
  // become equal, and every distribution of the round reads the few.
  Profile Paths() const {
    Profile paths(profile_.options());
    std::vector<Mark> path;
    for (std::size_t i = 0; i < profile_.size(); ++i) {
      path.clear();
      for (const Mark& mark : profile_.marks(i)) {
        if (keep_[mark.option] == 0) continue;
        path.push_back({mark.option, static_cast<std::uint16_t>(path.size() + 1)});
        if (stages_.Continues(mark.option)) break;
      }
      (void)paths.Add(path, profile_.weight(i));  // as many as there were
    }
    return paths;
  }

  // Step B.2.a: each option keeps its part of what reaches it, rounded up; then the quota of step B.2.b.
  void Distribute(const Profile& paths) {
    std::vector<std::int64_t>& votes = stages_.votes();
    std::fill(votes.begin(), votes.end(), 0);
    for (std::size_t i = 0; i < paths.size(); ++i) {
      const std::int64_t weight = paths.weight(i);
      std::int64_t left = kVote;
      for (const Mark& mark : paths.marks(i)) {
        const std::int64_t kept = Portion(left, keep_[mark.option], kVote);
        votes[mark.option] += kept * weight;
        left -= kept;
        if (left == 0) break;
      }
    }
    const std::int64_t total = std::accumulate(votes.begin(), votes.end(), std::int64_t{0});
    quota_ = total / (seats_ + std::int64_t{1}) + 1;
    not_transferable_ = valid_ - total;
  }

  // Step B.2.d: what the elected hold beyond the quota, all in all, but not less than nothing.
  std::int64_t Surplus() {
    std::int64_t surplus = 0;
    for (std::uint16_t option = 0; option < keep_.size(); ++option) {
      if (stages_.status(option) != Stages::Status::kElected) continue;
      surplus += stages_.votes()[option] - quota_;
    }
    return std::max<std::int64_t>(0, surplus);
  }

  bool SomebodyReachesQuota() {
    const std::vector<std::uint16_t> continuing = stages_.Continuing();
    return std::any_of(continuing.begin(), continuing.end(),
                       [this](std::uint16_t option) { return stages_.votes()[option] >= quota_; });
  }

  // Step B.2.f.
  void Tighten() {
    for (std::uint16_t option = 0; option < keep_.size(); ++option) {
      const std::int64_t votes = stages_.votes()[option];
      if (stages_.status(option) != Stages::Status::kElected || votes == 0) continue;
      keep_[option] = Portion(Portion(keep_[option], quota_, kVote), kVote, votes);
    }
  }

  // Step B.2.c. False when a tie about the last seat is open.
  bool ElectThoseWithQuota() {
    std::vector<std::uint16_t> there = stages_.Continuing();
    std::erase_if(there, [this](std::uint16_t option) { return stages_.votes()[option] < quota_; });
    elected_now_ = !there.empty();
    return there.empty() || stages_.Elect(std::move(there));
  }

  // Step B.3: whoever is within the surplus of the lowest is tied with it. The rule has no look at earlier
  // stages.
  bool ExcludeLowest() {
    const auto lowest = stages_.Lowest(/*look_back=*/false, Surplus());
    if (!lowest.has_value()) return false;
    stages_.current().add_excluded(*lowest);
    stages_.Exclude(*lowest);
    keep_[*lowest] = 0;
    stages_.votes()[*lowest] = 0;
    return true;
  }

  const Profile& profile_;
  Stages stages_;
  const std::uint32_t seats_;
  const std::int64_t valid_;
  std::vector<std::int64_t> keep_;  // by number of option; 0: out
  std::int64_t quota_ = 0;
  std::int64_t not_transferable_ = 0;
  bool elected_now_ = false;
};

}  // namespace

void CountMeekStv(const Contest& contest, const Profile& profile, v1::CountReport& report) {
  MeekCount(contest, profile, report).Run();
}

}  // namespace plenary::election::counting
