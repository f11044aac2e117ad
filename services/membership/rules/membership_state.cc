#include "services/membership/rules/membership_state.h"

namespace plenary::membership::rules {

v1::Membership::State StateOn(const Period& period, int grace_days, absl::CivilDay day) {
  if (day < period.start) return v1::Membership::STATE_PENDING;
  if (!period.end.has_value() || day < *period.end) return v1::Membership::STATE_ACTIVE;
  if (day < *period.end + grace_days) return v1::Membership::STATE_GRACE;
  return v1::Membership::STATE_LAPSED;
}

bool InGoodStanding(const Period& period, const Categories& categories, absl::CivilDay day) {
  const v1::Membership::State state = StateOn(period, GraceDays(categories, period.category), day);
  return state == v1::Membership::STATE_ACTIVE || state == v1::Membership::STATE_GRACE;
}

int GraceDays(const Categories& categories, const std::string& category) {
  const auto found = categories.find(category);
  return found == categories.end() ? 0 : found->second.grace_days();
}

}  // namespace plenary::membership::rules
