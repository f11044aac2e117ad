#include "services/membership/rules/badge.h"

#include <utility>

#include "services/membership/rules/eligibility.h"

namespace plenary::membership::rules {
namespace {

int WeightOf(const Categories& categories, const Period& period) {
  const auto category = categories.find(period.category);
  if (category == categories.end()) return 0;
  const v1::Rights& rights = category->second.rights();
  return (rights.can_vote() ? 8 : 0) + (rights.can_hold_office() ? 4 : 0) +
         (rights.can_vote_in_committee() ? 2 : 0) + (rights.can_attend() ? 1 : 0);
}

}  // namespace

const Period* PeriodToShow(const std::vector<Period>& periods, const std::vector<StandingAct>& acts,
                           const Categories& categories, absl::CivilDay day) {
  const Period* best = nullptr;
  for (const Period& period : periods) {
    if (period.category == kStaffCategory || !categories.contains(period.category) ||
        !InGoodStanding(period, acts, categories, day)) {
      continue;
    }
    const auto rank = [&](const Period& of) { return std::pair(WeightOf(categories, of), of.start); };
    if (best == nullptr || rank(period) > rank(*best)) best = &period;
  }
  return best;
}

}  // namespace plenary::membership::rules
