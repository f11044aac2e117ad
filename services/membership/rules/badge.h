// What a badge shows: the membership that says most of its holder.
#pragma once

#include <vector>

#include "absl/time/civil_time.h"
#include "services/membership/rules/membership_state.h"

namespace plenary::membership::rules {

// Of the periods that are in good standing on the day, the one whose category gives most (a vote before an
// office, an office before a vote in committees, that before attending), of equals the one that began last;
// nullptr when there is none. Employment by the society ("staff") is no membership to show. Points into
// `periods`.
const Period* PeriodToShow(const std::vector<Period>& periods, const std::vector<StandingAct>& acts,
                           const Categories& categories, absl::CivilDay day);

}  // namespace plenary::membership::rules
