// The years of a membership, from anniversary to anniversary, and the credits earned in them.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/time/civil_time.h"
#include "services/membership/rules/membership_state.h"

namespace plenary::membership::rules {

// Approved credits of continuing education, in hundredths, for the day they were earned.
struct EarnedCredits {
  absl::CivilDay on;
  std::int64_t hundredths = 0;
};

// [start, end).
struct MembershipYear {
  absl::CivilDay start;
  absl::CivilDay end;

  friend bool operator==(const MembershipYear&, const MembershipYear&) = default;
};

// The same day `years` later. The 29th of February is the 28th in other years, and comes back.
absl::CivilDay Anniversary(absl::CivilDay start, int years);

// When the membership that `period` belongs to began: periods of its category that leave no day between them
// are one membership. `periods` are the holder's, in any order.
absl::CivilDay MembershipStart(const std::vector<Period>& periods, const Period& period);

// The last year of a membership begun on `start` that was over on the day; nullopt in the first year.
std::optional<MembershipYear> LastCompletedYear(absl::CivilDay start, absl::CivilDay day);
// The year that runs on the day, which is not before `start`.
MembershipYear RunningYear(absl::CivilDay start, absl::CivilDay day);

std::int64_t EarnedIn(const std::vector<EarnedCredits>& credits, const MembershipYear& year);

}  // namespace plenary::membership::rules
