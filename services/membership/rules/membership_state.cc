#include "services/membership/rules/membership_state.h"

#include <algorithm>
#include <iterator>

namespace plenary::membership::rules {
namespace {

using State = v1::Membership;

bool Concerns(const StandingAct& act, const Period& period) {
  if (act.category.empty()) return true;
  return act.category == period.category && (!act.start.has_value() || *act.start == period.start);
}

// A cancellation of everything ends what there was: who comes back later holds a membership again.
bool Cancels(const StandingAct& act, const Period& period) {
  return act.kind == ActKind::kCancelled && Concerns(act, period) &&
         (act.start.has_value() || period.start <= act.on);
}

bool CancelledOn(const Period& period, const std::vector<StandingAct>& acts, absl::CivilDay day) {
  return std::any_of(acts.begin(), acts.end(),
                     [&](const StandingAct& act) { return act.on <= day && Cancels(act, period); });
}

v1::Membership::State StateByDates(const Period& period, int grace_days, absl::CivilDay day) {
  if (day < period.start) return State::STATE_PENDING;
  if (!period.end.has_value() || day < *period.end) return State::STATE_ACTIVE;
  if (day < *period.end + grace_days) return State::STATE_GRACE;
  return State::STATE_LAPSED;
}

}  // namespace

v1::Membership::State StateOn(const Period& period, const std::vector<StandingAct>& acts, int grace_days,
                              absl::CivilDay day) {
  const auto died = [&](const StandingAct& act) { return act.kind == ActKind::kDeceased && act.on <= day; };
  if (std::any_of(acts.begin(), acts.end(), died)) return State::STATE_DECEASED;
  if (CancelledOn(period, acts, day)) return State::STATE_CANCELLED;
  if (SuspensionOn(period, acts, day) != nullptr) return State::STATE_SUSPENDED;
  return StateByDates(period, grace_days, day);
}

const StandingAct* SuspensionOn(const Period& period, const std::vector<StandingAct>& acts,
                                absl::CivilDay day) {
  const StandingAct* last = nullptr;
  for (const StandingAct& act : acts) {
    const bool decides = act.kind == ActKind::kSuspended || act.kind == ActKind::kReinstated;
    if (!decides || act.on > day || !Concerns(act, period)) continue;
    if (last == nullptr || act.on >= last->on) last = &act;
  }
  return last != nullptr && last->kind == ActKind::kSuspended ? last : nullptr;
}

const StandingAct* HolderSuspensionOn(const std::vector<StandingAct>& acts, absl::CivilDay day) {
  return SuspensionOn({.start = day}, acts, day);  // what suspends everything suspends this
}

std::vector<Period> NotCancelled(const std::vector<Period>& periods, const std::vector<StandingAct>& acts,
                                 absl::CivilDay day) {
  std::vector<Period> standing;
  std::copy_if(periods.begin(), periods.end(), std::back_inserter(standing),
               [&](const Period& period) { return !CancelledOn(period, acts, day); });
  return standing;
}

bool InGoodStanding(const Period& period, const std::vector<StandingAct>& acts, const Categories& categories,
                    absl::CivilDay day) {
  const v1::Membership::State state = StateOn(period, acts, GraceDays(categories, period.category), day);
  return state == State::STATE_ACTIVE || state == State::STATE_GRACE;
}

int GraceDays(const Categories& categories, const std::string& category) {
  const auto found = categories.find(category);
  return found == categories.end() ? 0 : found->second.grace_days();
}

}  // namespace plenary::membership::rules
