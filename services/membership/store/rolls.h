// Frozen rolls.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/db/session.h"
#include "plenary/membership/v1/roll_service.pb.h"

namespace plenary::membership::store {

// Stores a roll and its entries. False when the election has one: then nothing is stored.
absl::StatusOr<bool> InsertRoll(db::Transaction& transaction, std::string_view election, const v1::Roll& roll,
                                const std::vector<v1::RollEntry>& entries);

// nullopt when the election has none.
absl::StatusOr<std::optional<v1::Roll>> FindRoll(db::Session& session, std::string_view election);

// Companies with ids beyond `after`, ascending, at most `limit`.
absl::StatusOr<std::vector<v1::RollEntry>> ListRollEntries(db::Session& session, std::string_view election,
                                                           std::string_view after, std::int64_t limit);

absl::StatusOr<bool> IsOnRoll(db::Session& session, std::string_view election, std::string_view company);

}  // namespace plenary::membership::store
