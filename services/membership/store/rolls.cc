#include "services/membership/store/rolls.h"

#include <utility>

#include "common/db/timestamps.h"
#include "common/status/macros.h"
#include "common/time/proto_time.h"

namespace plenary::membership::store {
namespace {

// Units of a roll that are read at a time, for its hash.
constexpr std::int64_t kUnitsAtATime = 10'000;

constexpr char kOneLineAPerson[] = "one_line_a_person";

constexpr char kTakeTurn[] = "SELECT id FROM roll_turn WHERE id = 1 FOR UPDATE";
constexpr char kShareTurn[] = "SELECT id FROM roll_turn WHERE id = 1 LOCK IN SHARE MODE";
constexpr char kInsertRoll[] =
    "INSERT INTO rolls (election, entry_count, sha256, record_date, frozen_at, unit, act, revision,"
    " challenges_close) VALUES (?, 0, ?, ?, ?, ?, ?, 1, ?)";
constexpr char kInsertLines[] =
    "INSERT INTO roll_entries (election, unit, unit_display_name, company, company_display_name, "
    "representative,"
    " collector, from_revision) VALUES";
constexpr char kUpdateRoll[] =
    "UPDATE rolls SET revision = ?, entry_count = ?, sha256 = ? WHERE election = ?";
constexpr char kInsertRevision[] =
    "INSERT INTO roll_revisions (election, revision, entry_count, sha256, reason, challenge, created_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?)";
constexpr char kFindRoll[] =
    "SELECT election, entry_count, sha256, record_date, frozen_at, unit, act, revision, fixed, "
    "challenges_close"
    " FROM rolls WHERE election = ?";
constexpr char kLockRoll[] =
    "SELECT election, entry_count, sha256, record_date, frozen_at, unit, act, revision, fixed, "
    "challenges_close"
    " FROM rolls WHERE election = ? FOR UPDATE";
constexpr char kFixRoll[] = "UPDATE rolls SET fixed = 1 WHERE election = ?";
constexpr char kListLines[] =
    "SELECT unit, unit_display_name, company, company_display_name, representative FROM roll_entries"
    " WHERE election = ? AND unit > ? AND from_revision <= ? AND (until_revision = 0 OR until_revision > ?)"
    " ORDER BY unit LIMIT ?";
constexpr char kListUnits[] =
    "SELECT unit FROM roll_entries WHERE election = ? AND unit > ? AND until_revision = 0 ORDER BY unit "
    "LIMIT ?";
constexpr char kExportLines[] =
    "SELECT e.unit, e.unit_display_name, e.representative, p.full_name, p.email FROM roll_entries e"
    " LEFT JOIN people p ON p.id = e.representative"
    " WHERE e.election = ? AND e.unit > ? AND e.until_revision = 0 ORDER BY e.unit LIMIT ?";
constexpr char kFindLine[] =
    "SELECT unit, unit_display_name, company, company_display_name, representative FROM roll_entries"
    " WHERE election = ? AND unit = ? AND until_revision = 0";
// As it is committed: what a UNIQUE key tells of is not in what the transaction has seen before.
constexpr char kUnitOfCollector[] =
    "SELECT unit FROM roll_entries WHERE election = ? AND collector = ? LOCK IN SHARE MODE";
constexpr char kRemoveLine[] =
    "UPDATE roll_entries SET until_revision = ?, collector = NULL WHERE election = ? AND unit = ? AND "
    "until_revision = 0";
constexpr char kListRevisions[] =
    "SELECT revision, entry_count, sha256, reason, challenge, created_at FROM roll_revisions"
    " WHERE election = ? AND revision > ? ORDER BY revision LIMIT ?";

// Whoever has left a company collects nothing for it. Once the roll is fixed the auditor's registrar has its
// copy, and the line is in nobody's way; before that two lines of one person could not be copied.
constexpr char kFreeLeftLine[] =
    "UPDATE roll_entries e JOIN rolls r ON r.election = e.election AND r.fixed = 1"
    " JOIN people p ON p.id = e.collector SET e.collector = NULL"
    " WHERE e.election = ? AND e.collector = ? AND NOT p.company <=> e.unit";
constexpr char kSetRepresentative[] =
    "UPDATE roll_entries SET representative = ?, collector = ?"
    " WHERE election = ? AND unit = ? AND until_revision = 0";
constexpr char kInsertSubstitution[] =
    "INSERT INTO roll_substitutions (election, company, predecessor, substitute, reason, actor, created_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?)";
constexpr char kOpenLines[] =
    "SELECT e.election, e.representative FROM rolls r"
    " JOIN roll_entries e ON e.election = r.election AND e.unit = ? AND e.until_revision = 0"
    " LEFT JOIN manifests m ON m.election = r.election"
    " LEFT JOIN issuances i ON i.election = r.election AND i.unit = e.unit"
    " WHERE r.unit = 'COMPANY' AND e.representative <> ? AND i.unit IS NULL"
    " AND (m.election IS NULL OR m.issuing_closes > ?) ORDER BY e.election";
constexpr char kListSubstitutions[] =
    "SELECT sequence, company, predecessor, substitute, reason, actor, created_at FROM roll_substitutions"
    " WHERE election = ? AND sequence > ? ORDER BY sequence LIMIT ?";

std::string_view UnitWord(v1::Unit unit) { return unit == v1::UNIT_PERSON ? "PERSON" : "COMPANY"; }
std::string_view ActWord(v1::Act act) { return act == v1::ACT_CONTEST ? "CONTEST" : "VOTE"; }

v1::Roll RollOf(const db::Row& row) {
  v1::Roll roll;
  roll.set_election(ResourceName("elections", row.Text(0)));
  roll.set_count(static_cast<int>(row.Int64(1)));
  roll.set_sha256(row.Bytes(2));
  roll.set_record_date(row.Text(3));
  *roll.mutable_freeze_time() = ToTimestamp(db::FromMicros(row.Int64(4)));
  roll.set_unit(row.Text(5) == "PERSON" ? v1::UNIT_PERSON : v1::UNIT_COMPANY);
  roll.set_act(row.Text(6) == "CONTEST" ? v1::ACT_CONTEST : v1::ACT_VOTE);
  roll.set_revision(static_cast<int>(row.Int64(7)));
  roll.set_fixed(row.Bool(8));
  *roll.mutable_challenges_close_time() = ToTimestamp(db::FromMicros(row.Int64(9)));
  return roll;
}

RollLine LineOf(const db::Row& row) {
  return {.unit = row.Text(0),
          .unit_display_name = row.Text(1),
          .company = row.Text(2),
          .company_display_name = row.Text(3),
          .representative = row.Text(4)};
}

absl::StatusOr<std::optional<v1::Roll>> OneRoll(db::Session& session, std::string_view sql,
                                                std::string_view election) {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(sql, {election}));
  if (!row.has_value()) return std::optional<v1::Roll>();
  return std::optional<v1::Roll>(RollOf(*row));
}

std::string_view IdIn(std::string_view collection, std::string_view name) {
  return name.substr(collection.size() + 1);
}

}  // namespace

absl::Status TakeRollTurn(db::Transaction& transaction) { return transaction.QueryOne(kTakeTurn).status(); }

absl::Status ShareRollTurn(db::Transaction& transaction) { return transaction.QueryOne(kShareTurn).status(); }

absl::StatusOr<bool> InsertRoll(db::Transaction& transaction, std::string_view election,
                                const v1::Roll& roll) {
  ASSIGN_OR_RETURN(
      const db::InsertOutcome outcome,
      transaction.Insert(kInsertRoll,
                         {election, std::string(32, '\0'), roll.record_date(),
                          db::ToMicros(FromTimestamp(roll.freeze_time())), UnitWord(roll.unit()),
                          ActWord(roll.act()), db::ToMicros(FromTimestamp(roll.challenges_close_time()))}));
  return outcome.inserted();
}

absl::StatusOr<bool> InsertRollLines(db::Transaction& transaction, std::string_view election, int revision,
                                     const std::vector<RollLine>& lines) {
  std::vector<db::Params> rows;
  rows.reserve(lines.size());
  for (const RollLine& line : lines) {
    rows.push_back({election, line.unit, line.unit_display_name, line.company, line.company_display_name,
                    line.representative, line.representative, revision});
  }
  ASSIGN_OR_RETURN(const db::InsertOutcome stored, transaction.InsertMany(kInsertLines, rows));
  if (stored.duplicate(kOneLineAPerson)) return false;
  if (stored.duplicate()) return absl::InternalError("a unit would be on the roll twice");
  return true;
}

absl::Status StoreRevision(db::Transaction& transaction, std::string_view election,
                           const v1::RollRevision& revision, std::string_view challenge) {
  RETURN_IF_ERROR(
      transaction.Execute(kUpdateRoll, {revision.revision(), revision.count(), revision.sha256(), election})
          .status());
  return transaction
      .Execute(kInsertRevision,
               {election, revision.revision(), revision.count(), revision.sha256(), revision.reason(),
                challenge.empty() ? db::Value(db::Null()) : db::Value(challenge),
                db::ToMicros(FromTimestamp(revision.create_time()))})
      .status();
}

absl::StatusOr<std::optional<v1::Roll>> FindRoll(db::Session& session, std::string_view election) {
  return OneRoll(session, kFindRoll, election);
}

absl::StatusOr<std::optional<v1::Roll>> LockRoll(db::Transaction& transaction, std::string_view election) {
  return OneRoll(transaction, kLockRoll, election);
}

absl::Status FixRoll(db::Transaction& transaction, std::string_view election) {
  return transaction.Execute(kFixRoll, {election}).status();
}

v1::RollEntry ShowLine(const RollLine& line, v1::Unit unit) {
  v1::RollEntry entry;
  entry.set_unit(ResourceName(unit == v1::UNIT_PERSON ? "people" : "companies", line.unit));
  entry.set_unit_display_name(line.unit_display_name);
  entry.set_company(ResourceName("companies", line.company));
  entry.set_company_display_name(line.company_display_name);
  entry.set_representative(ResourceName("people", line.representative));
  return entry;
}

absl::StatusOr<std::vector<v1::RollEntry>> ListRollEntries(db::Session& session, const v1::Roll& roll,
                                                           int revision, std::string_view after,
                                                           std::int64_t limit) {
  std::vector<v1::RollEntry> entries;
  const std::string_view election = IdIn("elections", roll.election());
  RETURN_IF_ERROR(
      session.Query(kListLines, {election, after, revision, revision, limit},
                    [&](const db::Row& row) { entries.push_back(ShowLine(LineOf(row), roll.unit())); }));
  return entries;
}

absl::StatusOr<std::vector<IdBytes>> UnitsOfRoll(db::Session& session, std::string_view election) {
  std::vector<IdBytes> units;
  std::string after;
  while (true) {
    const std::size_t before = units.size();
    bool readable = true;
    RETURN_IF_ERROR(session.Query(kListUnits, {election, after, kUnitsAtATime}, [&](const db::Row& row) {
      after = row.Text(0);
      const auto id = ParseId(after);
      readable = readable && id.has_value();
      units.push_back(id.value_or(IdBytes()));
    }));
    if (!readable) return absl::InternalError("a unit of a roll has no id");
    if (units.size() - before < static_cast<std::size_t>(kUnitsAtATime)) return units;
  }
}

absl::StatusOr<std::vector<v1::RollCopyLine>> ExportRollLines(db::Session& session, const v1::Roll& roll,
                                                              std::string_view after, std::int64_t limit) {
  std::vector<v1::RollCopyLine> lines;
  const std::string_view collection = roll.unit() == v1::UNIT_PERSON ? "people" : "companies";
  RETURN_IF_ERROR(session.Query(kExportLines, {IdIn("elections", roll.election()), after, limit},
                                [&](const db::Row& row) {
                                  v1::RollCopyLine& line = lines.emplace_back();
                                  line.set_unit(ResourceName(collection, row.Text(0)));
                                  line.set_unit_display_name(row.Text(1));
                                  line.set_representative(ResourceName("people", row.Text(2)));
                                  line.set_representative_full_name(row.OptionalText(3).value_or(""));
                                  line.set_email(row.OptionalText(4).value_or(""));
                                }));
  return lines;
}

absl::StatusOr<std::optional<RollLine>> FindRollLine(db::Session& session, std::string_view election,
                                                     std::string_view unit) {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(kFindLine, {election, unit}));
  if (!row.has_value()) return std::optional<RollLine>();
  return std::optional<RollLine>(LineOf(*row));
}

absl::StatusOr<bool> RemoveRollLine(db::Transaction& transaction, std::string_view election,
                                    std::string_view unit, int revision) {
  ASSIGN_OR_RETURN(const std::int64_t changed, transaction.Execute(kRemoveLine, {revision, election, unit}));
  return changed == 1;
}

absl::StatusOr<std::vector<v1::RollRevision>> ListRollRevisions(db::Session& session,
                                                                std::string_view election, std::int64_t after,
                                                                std::int64_t limit) {
  std::vector<v1::RollRevision> revisions;
  RETURN_IF_ERROR(session.Query(kListRevisions, {election, after, limit}, [&](const db::Row& row) {
    v1::RollRevision& revision = revisions.emplace_back();
    revision.set_revision(static_cast<int>(row.Int64(0)));
    revision.set_count(static_cast<int>(row.Int64(1)));
    revision.set_sha256(row.Bytes(2));
    revision.set_reason(row.Text(3));
    if (const auto challenge = row.OptionalText(4); challenge.has_value()) {
      revision.set_challenge(ResourceName("elections", election) + "/" +
                             ResourceName("challenges", *challenge));
    }
    *revision.mutable_create_time() = ToTimestamp(db::FromMicros(row.Int64(5)));
  }));
  return revisions;
}

absl::StatusOr<std::string> UnitOfCollector(db::Transaction& transaction, std::string_view election,
                                            std::string_view person) {
  ASSIGN_OR_RETURN(const auto row, transaction.QueryOne(kUnitOfCollector, {election, person}));
  return row.has_value() ? row->Text(0) : std::string();
}

absl::StatusOr<bool> Substitute(db::Transaction& transaction, std::string_view election,
                                const v1::Substitution& substitution) {
  const std::string_view company = IdIn("companies", substitution.company());
  const std::string_view substitute = IdIn("people", substitution.substitute());
  const db::Params values = {substitute, substitute, election, company};
  ASSIGN_OR_RETURN(db::InsertOutcome set, transaction.Insert(kSetRepresentative, values));
  if (set.duplicate()) {
    ASSIGN_OR_RETURN(const std::int64_t freed, transaction.Execute(kFreeLeftLine, {election, substitute}));
    if (freed == 0) return false;
    ASSIGN_OR_RETURN(set, transaction.Insert(kSetRepresentative, values));
    if (set.duplicate()) return absl::InternalError("a line was freed and is taken");
  }
  RETURN_IF_ERROR(
      transaction
          .Execute(kInsertSubstitution, {election, company, IdIn("people", substitution.predecessor()),
                                         substitute, substitution.reason(), substitution.actor(),
                                         db::ToMicros(FromTimestamp(substitution.create_time()))})
          .status());
  return true;
}

absl::Status SubstituteOnOpenRolls(db::Transaction& transaction, std::string_view company,
                                   std::string_view representative, std::string_view actor, absl::Time now) {
  std::vector<std::pair<std::string, std::string>> lines;
  RETURN_IF_ERROR(
      transaction.Query(kOpenLines, {company, representative, db::ToMicros(now)},
                        [&](const db::Row& row) { lines.emplace_back(row.Text(0), row.Text(1)); }));
  for (const auto& [election, predecessor] : lines) {
    v1::Substitution substitution;
    substitution.set_company(ResourceName("companies", company));
    substitution.set_predecessor(ResourceName("people", predecessor));
    substitution.set_substitute(ResourceName("people", representative));
    substitution.set_reason("named on the register");
    substitution.set_actor(std::string(actor));
    *substitution.mutable_create_time() = ToTimestamp(now);
    // A roll on which they collect for another company stays as it is: nothing else on the register waits for
    // it.
    RETURN_IF_ERROR(Substitute(transaction, election, substitution).status());
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<StoredSubstitution>> ListSubstitutions(db::Session& session,
                                                                  std::string_view election,
                                                                  std::uint64_t after, std::int64_t limit) {
  std::vector<StoredSubstitution> rows;
  RETURN_IF_ERROR(session.Query(kListSubstitutions, {election, after, limit}, [&](const db::Row& row) {
    StoredSubstitution& stored = rows.emplace_back();
    stored.sequence = row.Uint64(0);
    v1::Substitution& shown = stored.substitution;
    shown.set_company(ResourceName("companies", row.Text(1)));
    shown.set_predecessor(ResourceName("people", row.Text(2)));
    shown.set_substitute(ResourceName("people", row.Text(3)));
    shown.set_reason(row.Text(4));
    shown.set_actor(row.Text(5));
    *shown.mutable_create_time() = ToTimestamp(db::FromMicros(row.Int64(6)));
  }));
  return rows;
}

}  // namespace plenary::membership::store
