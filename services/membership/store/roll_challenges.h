// Challenges of rolls.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/session.h"
#include "plenary/membership/v1/roll_service.pb.h"

namespace plenary::membership::store {

struct StoredChallenge {
  std::uint64_t sequence = 0;
  std::string id;
  std::string election;  // id
  std::string unit;      // id
  v1::Challenge shown;   // complete but for name and unit
};

// False when the filer has an open challenge of that unit.
absl::StatusOr<bool> InsertChallenge(db::Transaction& transaction, const StoredChallenge& challenge);
// Open ones of the filer against the roll.
absl::StatusOr<std::int64_t> CountOpenChallenges(db::Session& session, std::string_view election,
                                                 std::string_view filer);
// Whether anybody's challenge of the roll is open. For sure under the roll's row.
absl::StatusOr<bool> HasOpenChallenge(db::Session& session, std::string_view election);
absl::StatusOr<std::optional<StoredChallenge>> FindChallenge(db::Session& session, std::string_view election,
                                                             std::string_view id);
// The same, held for the rest of the transaction, as it is committed. After the roll's row.
absl::StatusOr<std::optional<StoredChallenge>> LockChallenge(db::Transaction& transaction,
                                                             std::string_view election, std::string_view id);
// Stores state, decider, reason, time and revision of an open challenge. False when it is not open.
absl::StatusOr<bool> StoreDecision(db::Transaction& transaction, std::string_view id,
                                   const v1::Challenge& decided);
// Beyond `after`, oldest first, at most `limit`; STATE_UNSPECIFIED means any.
absl::StatusOr<std::vector<StoredChallenge>> ListChallenges(db::Session& session, std::string_view election,
                                                            v1::Challenge::State state, std::uint64_t after,
                                                            std::int64_t limit);

}  // namespace plenary::membership::store
