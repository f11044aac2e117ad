// Frozen rolls: their lines and revisions, and who collects in whose place.
//
// A roll's row is held (LockRoll) by whoever changes its lines or fixes it, after the rows of companies. Who
// collects for a company changes under the company's row alone: it is no part of the hash.
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
#include "common/ids/id.h"
#include "plenary/membership/v1/roll_service.pb.h"

namespace plenary::membership::store {

// A line as it is stored; ids.
struct RollLine {
  std::string unit;
  std::string unit_display_name;
  std::string company;
  std::string company_display_name;
  std::string representative;
};

// A freeze takes the turn before it reads the register; whoever names a representative, or removes people or
// companies, shares it before anything is read. So the latter either are seen by the freeze, or see its roll.
// Held for the rest of the transaction; waits, and may conflict, while the others hold it.
absl::Status TakeRollTurn(db::Transaction& transaction);
absl::Status ShareRollTurn(db::Transaction& transaction);

// Takes the election's one place for a roll, without a line, count or hash. False when it has one.
absl::StatusOr<bool> InsertRoll(db::Transaction& transaction, std::string_view election,
                                const v1::Roll& roll);
// Lines that stand from `revision` on. False, and then the transaction is not to be committed, when somebody
// would collect for two lines.
absl::StatusOr<bool> InsertRollLines(db::Transaction& transaction, std::string_view election, int revision,
                                     const std::vector<RollLine>& lines);
// Stores count and hash of `revision`, which is now the latest, and why there is one. `challenge` is an id or
// "".
absl::Status StoreRevision(db::Transaction& transaction, std::string_view election,
                           const v1::RollRevision& revision, std::string_view challenge);

// nullopt when the election has none.
absl::StatusOr<std::optional<v1::Roll>> FindRoll(db::Session& session, std::string_view election);
// The same, held for the rest of the transaction, as it is committed.
absl::StatusOr<std::optional<v1::Roll>> LockRoll(db::Transaction& transaction, std::string_view election);
// No revision follows.
absl::Status FixRoll(db::Transaction& transaction, std::string_view election);

// Lines of a revision, whose units have ids beyond `after`, ascending, at most `limit`. `roll` says what a
// unit is.
absl::StatusOr<std::vector<v1::RollEntry>> ListRollEntries(db::Session& session, const v1::Roll& roll,
                                                           int revision, std::string_view after,
                                                           std::int64_t limit);
// Of the latest revision, ascending.
absl::StatusOr<std::vector<IdBytes>> UnitsOfRoll(db::Session& session, std::string_view election);
// Lines of the latest revision as the auditor's registrar takes them over, with names and addresses of today;
// units beyond `after`, ascending, at most `limit`. The address of somebody who is gone is "".
absl::StatusOr<std::vector<v1::RollCopyLine>> ExportRollLines(db::Session& session, const v1::Roll& roll,
                                                              std::string_view after, std::int64_t limit);
// The unit's line in the latest revision.
absl::StatusOr<std::optional<RollLine>> FindRollLine(db::Session& session, std::string_view election,
                                                     std::string_view unit);
// The unit for which the person collects in the latest revision, "" when there is none; as it is committed,
// held for the rest of the transaction.
absl::StatusOr<std::string> UnitOfCollector(db::Transaction& transaction, std::string_view election,
                                            std::string_view person);
// The line stands until `revision` only. False when the unit has none.
absl::StatusOr<bool> RemoveRollLine(db::Transaction& transaction, std::string_view election,
                                    std::string_view unit, int revision);
v1::RollEntry ShowLine(const RollLine& line, v1::Unit unit);

// Revisions beyond `after`, ascending, at most `limit`.
absl::StatusOr<std::vector<v1::RollRevision>> ListRollRevisions(db::Session& session,
                                                                std::string_view election, std::int64_t after,
                                                                std::int64_t limit);

struct StoredSubstitution {
  std::uint64_t sequence = 0;
  v1::Substitution substitution;  // complete
};
// From now on `substitute` collects for the company; keeps who would have. False, and nothing is stored, when
// they collect for another line of the roll: of their own company, or of any while the roll is not fixed.
// Called under the company's row.
absl::StatusOr<bool> Substitute(db::Transaction& transaction, std::string_view election,
                                const v1::Substitution& substitution);
// The same on every roll of companies for which the company can still collect and has not: a representative
// named on the register votes in the elections under way too. A roll on which they collect for another
// company stays as it is.
absl::Status SubstituteOnOpenRolls(db::Transaction& transaction, std::string_view company,
                                   std::string_view representative, std::string_view actor, absl::Time now);
absl::StatusOr<std::vector<StoredSubstitution>> ListSubstitutions(db::Session& session,
                                                                  std::string_view election,
                                                                  std::uint64_t after, std::int64_t limit);

}  // namespace plenary::membership::store
