// Prices that holders keep.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "common/db/session.h"
#include "services/membership/rules/price_lock.h"

namespace plenary::membership::store {

struct PriceLock {
  std::string category;
  rules::LockedPrice price;
  std::optional<absl::CivilDay> ended_on;
};

// Oldest first, those that ended too.
absl::StatusOr<std::vector<PriceLock>> PriceLocksOf(db::Session& session, std::string_view holder);

// The lock holds, whether it is new, held already, or had been ended; another one of the category ends on
// `lock.since`. The holder's row is held.
absl::Status HoldPrice(db::Transaction& transaction, std::string_view holder, std::string_view category,
                       const rules::LockedPrice& lock);
// A lock of a membership that was over when it was entered: it ended on the day, and the one that holds
// stays.
absl::Status RecordEndedPrice(db::Transaction& transaction, std::string_view holder,
                              std::string_view category, const rules::LockedPrice& lock,
                              absl::CivilDay ended_on);
// False when none held.
absl::StatusOr<bool> EndPriceLock(db::Transaction& transaction, std::string_view holder,
                                  std::string_view category, absl::CivilDay on);
absl::Status EndPriceLocks(db::Transaction& transaction, std::string_view holder, absl::CivilDay on);

}  // namespace plenary::membership::store
