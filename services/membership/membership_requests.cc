#include "services/membership/membership_requests.h"

#include "common/status/macros.h"
#include "common/time/date.h"
#include "fmt/format.h"
#include "services/membership/errors.h"
#include "services/membership/errors_dues.h"
#include "services/membership/limits_dues.h"
#include "services/membership/names.h"

namespace plenary::membership {

absl::StatusOr<absl::CivilDay> DayOrToday(const rpc::Call& call, std::string_view field,
                                          const std::string& text) {
  if (text.empty()) return DateOf(call.now());
  const auto day = ParseDate(text);
  if (!day.has_value()) return errors::DateInvalid(field, text);
  if (*day > DateOf(call.now()) + limits::kMembershipDaysAhead) {
    return errors::FieldInvalid(
        field, fmt::format("Give a day at most {} days ahead.", limits::kMembershipDaysAhead));
  }
  return *day;
}

absl::StatusOr<std::string> ChooseCategory(const std::string& named,
                                           const std::set<std::string>& candidates) {
  if (!named.empty()) {
    const auto id = ResourceId(kCategories, named);
    if (!id.has_value()) {
      return errors::FieldInvalid("category", "Name the category \"categories/{category}\".");
    }
    return *id;
  }
  if (candidates.size() != 1) return errors::CategoryNeeded();
  return *candidates.begin();
}

}  // namespace plenary::membership
