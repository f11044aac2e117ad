// How one period of membership stands on a day. Periods are half-open: [start, end), so `end` is the first
// day that is no longer covered and a renewal starts on the very day the period before it ends.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "absl/time/civil_time.h"
#include "plenary/membership/v1/resources.pb.h"

namespace plenary::membership::rules {

// A period of a person's or a company's membership. `category` is the bare id ("professional").
struct Period {
  std::string category;
  absl::CivilDay start;
  std::optional<absl::CivilDay> end;  // nullopt: no end
};

using Categories = std::map<std::string, v1::Category, std::less<>>;

// Before the start PENDING, until the end ACTIVE, for `grace_days` from the end on GRACE, then LAPSED.
// CANCELLED and SUSPENDED follow from acts, never from dates.
v1::Membership::State StateOn(const Period& period, int grace_days, absl::CivilDay day);

// ACTIVE or GRACE by the grace days of the period's own category.
bool InGoodStanding(const Period& period, const Categories& categories, absl::CivilDay day);

// The grace days of a category; 0 when it is not there.
int GraceDays(const Categories& categories, const std::string& category);

}  // namespace plenary::membership::rules
