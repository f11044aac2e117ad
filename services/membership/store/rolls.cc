#include "services/membership/store/rolls.h"

#include "common/db/timestamps.h"
#include "common/ids/id.h"
#include "common/status/macros.h"
#include "common/time/proto_time.h"

namespace plenary::membership::store {
namespace {

constexpr char kInsertRoll[] =
    "INSERT INTO rolls (election, entry_count, sha256, record_date, frozen_at) VALUES (?, ?, ?, ?, ?)";
constexpr char kInsertEntries[] =
    "INSERT INTO roll_entries (election, company, company_display_name, representative) VALUES";
constexpr char kFindRoll[] =
    "SELECT entry_count, sha256, record_date, frozen_at FROM rolls WHERE election = ?";
constexpr char kListEntries[] =
    "SELECT company, company_display_name, representative FROM roll_entries WHERE election = ? AND company > "
    "?"
    " ORDER BY company LIMIT ?";
constexpr char kIsOnRoll[] = "SELECT 1 FROM roll_entries WHERE election = ? AND company = ?";

}  // namespace

absl::StatusOr<bool> InsertRoll(db::Transaction& transaction, std::string_view election, const v1::Roll& roll,
                                const std::vector<v1::RollEntry>& entries) {
  ASSIGN_OR_RETURN(const db::InsertOutcome outcome,
                   transaction.Insert(kInsertRoll, {election, roll.count(), roll.sha256(), roll.record_date(),
                                                    db::ToMicros(FromTimestamp(roll.freeze_time()))}));
  if (outcome.duplicate()) return false;
  std::vector<db::Params> rows;
  for (const v1::RollEntry& entry : entries) {
    rows.push_back({election, ResourceId("companies", entry.company()).value_or(""),
                    entry.company_display_name(), ResourceId("people", entry.representative()).value_or("")});
  }
  ASSIGN_OR_RETURN(const db::InsertOutcome stored, transaction.InsertMany(kInsertEntries, rows));
  if (stored.duplicate()) return absl::InternalError("a company would be on the roll twice");
  return true;
}

absl::StatusOr<std::optional<v1::Roll>> FindRoll(db::Session& session, std::string_view election) {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(kFindRoll, {election}));
  if (!row.has_value()) return std::optional<v1::Roll>();
  v1::Roll roll;
  roll.set_election(ResourceName("elections", election));
  roll.set_count(static_cast<int>(row->Int64(0)));
  roll.set_sha256(row->Bytes(1));
  roll.set_record_date(row->Text(2));
  *roll.mutable_freeze_time() = ToTimestamp(db::FromMicros(row->Int64(3)));
  return std::optional<v1::Roll>(std::move(roll));
}

absl::StatusOr<std::vector<v1::RollEntry>> ListRollEntries(db::Session& session, std::string_view election,
                                                           std::string_view after, std::int64_t limit) {
  std::vector<v1::RollEntry> entries;
  RETURN_IF_ERROR(session.Query(kListEntries, {election, after, limit}, [&](const db::Row& row) {
    v1::RollEntry& entry = entries.emplace_back();
    entry.set_company(ResourceName("companies", row.Text(0)));
    entry.set_company_display_name(row.Text(1));
    entry.set_representative(ResourceName("people", row.Text(2)));
  }));
  return entries;
}

absl::StatusOr<bool> IsOnRoll(db::Session& session, std::string_view election, std::string_view company) {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(kIsOnRoll, {election, company}));
  return row.has_value();
}

}  // namespace plenary::membership::store
