// Ways to be verified, who vouches for whom, whom the board verified, and who accepted the code. Ids are
// bare.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "common/db/session.h"
#include "plenary/membership/v1/verification_service.pb.h"
#include "services/membership/rules/import_plan.h"
#include "services/membership/rules/verification.h"

namespace plenary::membership::store {

struct StoredWay {
  rules::VerificationWay way;
  absl::CivilDay valid_from;
};

enum class WayEnd { kHolds, kRemoved };
// A version of the way, in the place of the one of that day. kRemoved ends the way on that day.
absl::Status SaveWay(db::Transaction& transaction, const StoredWay& way, WayEnd end);

// Where a page of ways begins.
struct WayKey {
  std::string category;
  std::string id;
};
// The ways that hold on the day, by category and id, beyond `after`. `category` "" means any.
absl::StatusOr<std::vector<StoredWay>> ListWays(db::Session& session, absl::CivilDay day,
                                                std::string_view category, const WayKey& after,
                                                std::int64_t limit);
absl::StatusOr<std::optional<StoredWay>> FindWay(db::Session& session, absl::CivilDay day, const WayKey& key);

// All that hold on the day, for the rules.
absl::StatusOr<std::vector<rules::VerificationWay>> LoadWays(db::Session& session, absl::CivilDay day);

// Holds the rows of both people, in ascending order, for the rest of the transaction. Those that are there.
absl::StatusOr<std::vector<rules::RegisterPerson>> LockPeople(db::Transaction& transaction,
                                                              std::string_view one, std::string_view other);

// False when the voucher vouches for the person already.
absl::StatusOr<bool> InsertVouch(db::Transaction& transaction, std::string_view voucher,
                                 std::string_view person, absl::CivilDay day);
// The vouch that still counts, as it is committed.
absl::StatusOr<std::optional<v1::Vouch>> OpenVouch(db::Transaction& transaction, std::string_view voucher,
                                                   std::string_view person);
// False when there is none that counts.
absl::StatusOr<bool> EndVouch(db::Transaction& transaction, std::string_view voucher, std::string_view person,
                              absl::CivilDay day);

struct StoredVouch {
  std::uint64_t sequence = 0;
  v1::Vouch vouch;
};
// For the person, oldest first.
absl::StatusOr<std::vector<StoredVouch>> ListVouches(db::Session& session, std::string_view person,
                                                     std::uint64_t after, std::int64_t limit);

// False when the motion verified the person for the category before.
absl::StatusOr<bool> InsertGrant(db::Transaction& transaction, std::string_view person,
                                 std::string_view category, std::string_view motion, absl::CivilDay day);
// As it is committed.
absl::StatusOr<std::optional<v1::VerificationGrant>> FindGrant(db::Transaction& transaction,
                                                               std::string_view person,
                                                               std::string_view category,
                                                               std::string_view motion);
// False when there is none that counts.
absl::StatusOr<bool> EndGrant(db::Transaction& transaction, std::string_view person,
                              std::string_view category, std::string_view motion, absl::CivilDay day,
                              std::string_view reason);

// `version` is "codeVersions/{version}". False when the person accepted it before.
absl::StatusOr<bool> InsertCodeAcceptance(db::Transaction& transaction, std::string_view person,
                                          std::string_view version, absl::CivilDay day);
// The day of it, as it is committed.
absl::StatusOr<std::optional<absl::CivilDay>> FindCodeAcceptance(db::Transaction& transaction,
                                                                 std::string_view person,
                                                                 std::string_view version);

}  // namespace plenary::membership::store
