// Periods of membership and what happened to them. Both are only ever inserted.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/db/session.h"
#include "services/membership/rules/membership_state.h"

namespace plenary::membership::store {

// False when the holder has a period of that category from that day already. `batch` "" when no import
// brought it.
absl::StatusOr<bool> InsertPeriod(db::Transaction& transaction, std::string_view holder,
                                  const rules::Period& period, std::string_view source,
                                  std::string_view batch = "");
// Oldest first.
absl::StatusOr<std::vector<rules::Period>> PeriodsOf(db::Session& session, std::string_view holder);

// A period with the source of the fact.
struct SourcedPeriod {
  rules::Period period;
  std::string source;
};
// By holder, oldest first.
absl::StatusOr<std::map<std::string, std::vector<SourcedPeriod>>> PeriodsOfHolders(
    db::Session& session, const std::set<std::string>& holders);

struct Act {
  std::string id;
  std::string holder;
  rules::ActKind kind = rules::ActKind::kCancelled;
  std::optional<std::pair<std::string, absl::CivilDay>>
      of;  // category and start; nullopt: all of the holder's
  absl::CivilDay effective_on;
  std::string motion;  // "" when none is needed
  std::string reason;
  std::string source;
};
// False when the motion has acted already.
absl::StatusOr<bool> InsertAct(db::Transaction& transaction, const Act& act, absl::Time now);
// In the order in which they were decided.
absl::StatusOr<std::vector<rules::StandingAct>> ActsOf(db::Session& session, std::string_view holder);
// By holder.
absl::StatusOr<std::map<std::string, std::vector<rules::StandingAct>>> ActsOfHolders(
    db::Session& session, const std::set<std::string>& holders);

}  // namespace plenary::membership::store
