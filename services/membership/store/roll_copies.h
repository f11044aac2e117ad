// Rolls as the auditor's registrar took them over.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/db/session.h"
#include "plenary/membership/v1/auditor_service.pb.h"
#include "services/membership/rules/roll_copy.h"

namespace plenary::membership::store {

// nullopt when there is none.
absl::StatusOr<std::optional<v1::RollCopy>> FindRollCopy(db::Session& session, std::string_view election);
// The same as it is committed, held for the rest of the transaction.
absl::StatusOr<std::optional<v1::RollCopy>> LockRollCopy(db::Transaction& transaction,
                                                         std::string_view election);
// Newest first.
absl::StatusOr<std::vector<v1::RollCopy>> ListRollCopies(db::Session& session);
// In the place of an earlier copy, which LockRollCopy() holds.
absl::Status StoreRollCopy(db::Transaction& transaction, std::string_view election,
                           const rules::RollCopyPlan& plan);
absl::Status FixRollCopy(db::Transaction& transaction, std::string_view election);

// A line; ids.
struct CopiedLine {
  std::string unit;
  std::string unit_display_name;
  std::string representative;
  std::string representative_full_name;
  std::string email;
};
// The line for which whoever has the address collects; addresses are SHA-256, 32 bytes.
absl::StatusOr<std::optional<CopiedLine>> FindLineAt(db::Session& session, std::string_view election,
                                                     std::string_view address_sha256);
// Those of some addresses, at least one, by address; as they are committed, held for the rest of the
// transaction.
absl::StatusOr<std::map<std::string, CopiedLine>> LockLinesAt(db::Transaction& transaction,
                                                              std::string_view election,
                                                              const std::vector<std::string>& addresses);
// The same without waiting: what somebody else holds is left out.
absl::StatusOr<std::map<std::string, CopiedLine>> TryLockLinesAt(db::Transaction& transaction,
                                                                 std::string_view election,
                                                                 const std::vector<std::string>& addresses);
// That of a unit, held too.
absl::StatusOr<std::optional<CopiedLine>> LockLineOfUnit(db::Transaction& transaction,
                                                         std::string_view election, std::string_view unit);
// Who collects for the unit, and where their code goes: then nullopt. Nothing is stored when another line has
// the person or the address: that line.
absl::StatusOr<std::optional<CopiedLine>> ReplaceCollector(db::Transaction& transaction,
                                                           std::string_view election, const CopiedLine& line);
// Who has the address: the person in the newest copy that has it; "" when none has. Lines of other elections
// may name somebody else beside it.
absl::StatusOr<std::string> PersonAtAddress(db::Session& session, std::string_view email);

}  // namespace plenary::membership::store
