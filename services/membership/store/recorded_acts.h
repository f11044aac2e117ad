// Acts on memberships as they were recorded, with their reasons; store/periods.h writes them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/session.h"
#include "services/membership/store/periods.h"

namespace plenary::membership::store {

struct RecordedAct {
  Act act;
  absl::Time recorded_at;
};

// In the order in which they were recorded.
absl::StatusOr<std::vector<RecordedAct>> RecordedActsOf(db::Session& session, std::string_view holder);
// What a motion has done, as it is committed.
absl::StatusOr<std::optional<RecordedAct>> ActOfMotion(db::Transaction& transaction, std::string_view motion);

}  // namespace plenary::membership::store
