#include "services/membership/store/periods.h"

#include "common/db/timestamps.h"
#include "common/status/macros.h"
#include "services/membership/store/dates.h"
#include "services/membership/store/lookup.h"
#include "services/membership/store/rows.h"

namespace plenary::membership::store {
namespace {

constexpr char kInsertPeriod[] =
    "INSERT INTO memberships (holder, category, start_date, end_date, source, batch) VALUES (?, ?, ?, ?, ?, "
    "?)";
constexpr char kPeriodsOf[] =
    "SELECT category, start_date, end_date FROM memberships WHERE holder = ? ORDER BY start_date, category";
constexpr char kPeriodsOfHolders[] =
    "SELECT holder, category, start_date, end_date, source FROM memberships WHERE holder IN";
constexpr char kPeriodOrder[] = "ORDER BY holder, start_date, category";
constexpr char kInsertAct[] =
    "INSERT INTO membership_acts (id, holder, kind, category, start_date, effective_on, motion, reason, "
    "source,"
    " created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr char kActsOf[] =
    "SELECT kind, effective_on, category, start_date, motion FROM membership_acts WHERE holder = ?"
    " ORDER BY sequence";

constexpr char kActsOfHolders[] =
    "SELECT holder, kind, effective_on, category, start_date, motion FROM membership_acts WHERE holder IN";
constexpr char kActOrder[] = "ORDER BY sequence";

const char* WordOf(rules::ActKind kind) {
  switch (kind) {
    case rules::ActKind::kCancelled:
      return "CANCELLED";
    case rules::ActKind::kSuspended:
      return "SUSPENDED";
    case rules::ActKind::kReinstated:
      return "REINSTATED";
    case rules::ActKind::kDeceased:
      return "DECEASED";
  }
  return "";
}

db::Value TextOrNull(std::string_view text) { return text.empty() ? db::Value(db::Null()) : db::Value(text); }

}  // namespace

absl::StatusOr<bool> InsertPeriod(db::Transaction& transaction, std::string_view holder,
                                  const rules::Period& period, std::string_view source,
                                  std::string_view batch) {
  ASSIGN_OR_RETURN(const db::InsertOutcome outcome,
                   transaction.Insert(kInsertPeriod, {holder, period.category, DateValue(period.start),
                                                      DateValue(period.end), source, TextOrNull(batch)}));
  return outcome.inserted();
}

absl::StatusOr<std::vector<rules::Period>> PeriodsOf(db::Session& session, std::string_view holder) {
  std::vector<rules::Period> periods;
  RETURN_IF_ERROR(
      session.Query(kPeriodsOf, {holder}, [&](const db::Row& row) { periods.push_back(PeriodOf(row, 0)); }));
  return periods;
}

absl::StatusOr<std::map<std::string, std::vector<SourcedPeriod>>> PeriodsOfHolders(
    db::Session& session, const std::set<std::string>& holders) {
  std::map<std::string, std::vector<SourcedPeriod>> periods;
  RETURN_IF_ERROR(LookUp(session, kPeriodsOfHolders, kPeriodOrder, holders, {}, [&](const db::Row& row) {
    periods[row.Text(0)].push_back({PeriodOf(row, 1), row.Text(4)});
  }));
  return periods;
}

absl::StatusOr<bool> InsertAct(db::Transaction& transaction, const Act& act, absl::Time now) {
  const auto category = act.of.has_value() ? db::Value(act.of->first) : db::Value(db::Null());
  const auto start = act.of.has_value() ? DateValue(act.of->second) : db::Value(db::Null());
  ASSIGN_OR_RETURN(const db::InsertOutcome outcome,
                   transaction.Insert(kInsertAct, {act.id, act.holder, WordOf(act.kind), category, start,
                                                   DateValue(act.effective_on), TextOrNull(act.motion),
                                                   act.reason, act.source, db::ToMicros(now)}));
  return outcome.inserted();
}

absl::StatusOr<std::vector<rules::StandingAct>> ActsOf(db::Session& session, std::string_view holder) {
  std::vector<rules::StandingAct> acts;
  RETURN_IF_ERROR(
      session.Query(kActsOf, {holder}, [&](const db::Row& row) { acts.push_back(ActOf(row, 0)); }));
  return acts;
}

absl::StatusOr<std::map<std::string, std::vector<rules::StandingAct>>> ActsOfHolders(
    db::Session& session, const std::set<std::string>& holders) {
  std::map<std::string, std::vector<rules::StandingAct>> acts;
  RETURN_IF_ERROR(LookUp(session, kActsOfHolders, kActOrder, holders, {},
                         [&](const db::Row& row) { acts[row.Text(0)].push_back(ActOf(row, 1)); }));
  return acts;
}

}  // namespace plenary::membership::store
