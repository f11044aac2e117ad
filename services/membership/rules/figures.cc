#include "services/membership/rules/figures.h"

#include <algorithm>
#include <array>

#include "services/membership/rules/eligibility.h"

namespace plenary::membership::rules {
namespace {

using State = v1::Membership::State;

// The best first.
constexpr std::array<State, 7> kBestFirst = {
    v1::Membership::STATE_ACTIVE,   v1::Membership::STATE_GRACE,     v1::Membership::STATE_SUSPENDED,
    v1::Membership::STATE_PENDING,  v1::Membership::STATE_CANCELLED, v1::Membership::STATE_LAPSED,
    v1::Membership::STATE_DECEASED,
};

bool Within(absl::CivilDay day, const FigureDays& days) { return days.from <= day && day <= days.until; }

State BestState(const std::vector<Period>& periods, const std::vector<StandingAct>& acts, int grace_days,
                absl::CivilDay day) {
  auto best = kBestFirst.end();
  for (const Period& period : periods) {
    const State state = StateOn(period, acts, grace_days, day);
    best = std::min(best, std::find(kBestFirst.begin(), kBestFirst.end(), state));
  }
  return best == kBestFirst.end() ? v1::Membership::STATE_UNSPECIFIED : *best;
}

}  // namespace

void Figures::Add(const HolderFacts& holder) {
  std::map<std::string, std::vector<Period>> memberships;
  for (const Period& period : holder.periods) memberships[period.category].push_back(period);
  CountStanding(holder, memberships);
  for (const auto& [category, periods] : memberships) CountMovements(holder, category, periods);
}

void Figures::CountStanding(const HolderFacts& holder,
                            const std::map<std::string, std::vector<Period>>& memberships) {
  bool votes = false;
  bool member = false;
  for (const auto& [category, periods] : memberships) {
    const State state = BestState(periods, holder.acts, GraceDays(categories_, category), days_.as_of);
    Standing& standing = standings_[{category, state}];
    ++(holder.kind == HolderKind::kPerson ? standing.people : standing.companies);
    const bool good = state == v1::Membership::STATE_ACTIVE || state == v1::Membership::STATE_GRACE;
    if (!good || category == kStaffCategory) continue;
    member = true;
    const auto found = categories_.find(category);
    votes = votes || (found != categories_.end() && found->second.rights().can_vote());
  }
  if (holder.kind != HolderKind::kPerson || !member) return;
  ++(votes ? professional_ : registered_);
}

void Figures::CountMovements(const HolderFacts& holder, const std::string& category,
                             const std::vector<Period>& periods) {
  const int grace_days = GraceDays(categories_, category);
  const auto good_on = [&](const Period& period, absl::CivilDay day) {
    return InGoodStanding(period, holder.acts, categories_, day);
  };
  Movements moved;
  for (const Period& period : periods) {
    const auto earlier = [&](const Period& other) { return other.start < period.start; };
    if (Within(period.start, days_)) {
      const bool first = std::none_of(periods.begin(), periods.end(), earlier);
      const bool covered = std::any_of(periods.begin(), periods.end(), [&](const Period& other) {
        return earlier(other) && good_on(other, period.start - 1);
      });
      ++(first ? moved.joins : covered ? moved.renewals : moved.returns);
    }
    if (!period.end.has_value()) continue;
    const absl::CivilDay lapse = *period.end + grace_days;
    if (Within(lapse, days_) &&
        StateOn(period, holder.acts, grace_days, lapse) == v1::Membership::STATE_LAPSED &&
        std::none_of(periods.begin(), periods.end(),
                     [&](const Period& other) { return good_on(other, lapse); })) {
      ++moved.lapses;
    }
  }
  const bool cancelled = std::any_of(holder.acts.begin(), holder.acts.end(), [&](const StandingAct& act) {
    return act.kind == ActKind::kCancelled && Within(act.on, days_) &&
           (act.category.empty() || act.category == category) &&
           std::any_of(periods.begin(), periods.end(), [&](const Period& period) {
             return good_on(period, act.on - 1) &&
                    StateOn(period, holder.acts, grace_days, act.on) == v1::Membership::STATE_CANCELLED;
           });
  });
  if (cancelled) ++moved.cancellations;
  if (moved == Movements()) return;
  Movements& sum = movements_[category];
  sum.joins += moved.joins;
  sum.returns += moved.returns;
  sum.renewals += moved.renewals;
  sum.lapses += moved.lapses;
  sum.cancellations += moved.cancellations;
}

}  // namespace plenary::membership::rules
