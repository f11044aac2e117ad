#include "services/membership/rules/session_life.h"

#include <algorithm>

#include "services/membership/limits_identity.h"

namespace plenary::membership::rules {

absl::Time SessionEnd(absl::Time created, absl::Time refreshed) {
  return std::min(created + limits::kSessionLifetime, refreshed + limits::kIdleSession);
}

RefreshUse JudgeRefresh(const ShownToken& token, absl::Time now) {
  if (!token.used.has_value()) return RefreshUse::kFirst;
  const bool just_now = absl::AbsDuration(now - *token.used) <= limits::kRefreshGrace;
  return token.same_request && just_now && !token.next_used ? RefreshUse::kRepeat : RefreshUse::kReuse;
}

}  // namespace plenary::membership::rules
