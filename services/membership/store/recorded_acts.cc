#include "services/membership/store/recorded_acts.h"

#include "common/db/timestamps.h"
#include "common/status/macros.h"
#include "services/membership/store/dates.h"

namespace plenary::membership::store {
namespace {

constexpr char kActsOfHolder[] =
    "SELECT id, holder, kind, category, start_date, effective_on, motion, reason, source, created_at"
    " FROM membership_acts WHERE holder = ? ORDER BY sequence";
constexpr char kActOfMotion[] =
    "SELECT id, holder, kind, category, start_date, effective_on, motion, reason, source, created_at"
    " FROM membership_acts WHERE motion = ? FOR UPDATE";
rules::ActKind KindOfAct(std::string_view column) {
  if (column == "SUSPENDED") return rules::ActKind::kSuspended;
  if (column == "REINSTATED") return rules::ActKind::kReinstated;
  if (column == "DECEASED") return rules::ActKind::kDeceased;
  return rules::ActKind::kCancelled;
}

RecordedAct ActOf(const db::Row& row) {
  RecordedAct recorded{.recorded_at = db::FromMicros(row.Int64(9))};
  Act& act = recorded.act;
  act.id = row.Text(0);
  act.holder = row.Text(1);
  act.kind = KindOfAct(row.Text(2));
  if (!row.IsNull(3) && !row.IsNull(4)) act.of = {row.Text(3), StoredDate(row.Text(4))};
  act.effective_on = StoredDate(row.Text(5));
  act.motion = row.OptionalText(6).value_or("");
  act.reason = row.Text(7);
  act.source = row.Text(8);
  return recorded;
}

}  // namespace

absl::StatusOr<std::vector<RecordedAct>> RecordedActsOf(db::Session& session, std::string_view holder) {
  std::vector<RecordedAct> acts;
  RETURN_IF_ERROR(
      session.Query(kActsOfHolder, {holder}, [&](const db::Row& row) { acts.push_back(ActOf(row)); }));
  return acts;
}

absl::StatusOr<std::optional<RecordedAct>> ActOfMotion(db::Transaction& transaction,
                                                       std::string_view motion) {
  ASSIGN_OR_RETURN(const auto row, transaction.QueryOne(kActOfMotion, {motion}));
  if (!row.has_value()) return std::optional<RecordedAct>();
  return std::optional<RecordedAct>(ActOf(*row));
}

}  // namespace plenary::membership::store
