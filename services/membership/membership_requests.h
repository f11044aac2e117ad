// What requests about memberships have in common.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "common/rpc/call.h"

namespace plenary::membership {

// The day that a field names, at most limits::kMembershipDaysAhead to come; today when it is empty.
absl::StatusOr<absl::CivilDay> DayOrToday(const rpc::Call& call, std::string_view field,
                                          const std::string& text);

// The id of the category that was named, or the only one of those that could be meant. CATEGORY_NEEDED.
absl::StatusOr<std::string> ChooseCategory(const std::string& named, const std::set<std::string>& candidates);

}  // namespace plenary::membership
