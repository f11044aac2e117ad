#include "services/membership/store/roll_copies.h"

#include "common/crypto/bytes.h"
#include "common/ids/id.h"
#include "common/status/macros.h"

namespace plenary::membership::store {
namespace {

constexpr char kOneLineAPerson[] = "one_line_a_person";

constexpr char kFind[] =
    "SELECT election, sha256, line_count, unit, fixed FROM roll_copies WHERE election = ?";
constexpr char kLock[] =
    "SELECT election, sha256, line_count, unit, fixed FROM roll_copies WHERE election = ? FOR UPDATE";
constexpr char kList[] =
    "SELECT election, sha256, line_count, unit, fixed FROM roll_copies ORDER BY sequence DESC";
constexpr char kRemove[] = "DELETE FROM roll_copies WHERE election = ?";
constexpr char kRemoveLines[] = "DELETE FROM roll_copy_lines WHERE election = ?";
constexpr char kInsert[] =
    "INSERT INTO roll_copies (election, sha256, line_count, unit, fixed) VALUES (?, ?, ?, ?, 0)";
constexpr char kInsertLines[] =
    "INSERT INTO roll_copy_lines (election, unit, unit_display_name, representative, "
    "representative_full_name, email, address_sha256) VALUES";
constexpr char kFix[] = "UPDATE roll_copies SET fixed = 1 WHERE election = ?";
constexpr char kFindLineAt[] =
    "SELECT unit, unit_display_name, representative, representative_full_name, email FROM roll_copy_lines"
    " WHERE election = ? AND address_sha256 = ?";
constexpr char kLockLinesAt[] =
    "SELECT unit, unit_display_name, representative, representative_full_name, email, address_sha256"
    " FROM roll_copy_lines FORCE INDEX (one_person_an_address) WHERE election = ? AND address_sha256 IN (?";
constexpr char kWait[] = ") FOR UPDATE";
constexpr char kLeaveHeld[] = ") FOR UPDATE SKIP LOCKED";
constexpr char kLockLineOfUnit[] =
    "SELECT unit, unit_display_name, representative, representative_full_name, email FROM roll_copy_lines"
    " WHERE election = ? AND unit = ? FOR UPDATE";
// As they are committed: what a UNIQUE key tells of is not in what the transaction has seen before.
constexpr char kShareLineOf[] =
    "SELECT unit, unit_display_name, representative, representative_full_name, email FROM roll_copy_lines"
    " WHERE election = ? AND representative = ? LOCK IN SHARE MODE";
constexpr char kShareLineAt[] =
    "SELECT unit, unit_display_name, representative, representative_full_name, email FROM roll_copy_lines"
    " WHERE election = ? AND address_sha256 = ? LOCK IN SHARE MODE";
constexpr char kReplaceCollector[] =
    "UPDATE roll_copy_lines SET representative = ?, representative_full_name = ?, email = ?, address_sha256 "
    "= ?"
    " WHERE election = ? AND unit = ?";
constexpr char kPersonAtAddress[] =
    "SELECT l.representative FROM roll_copy_lines l JOIN roll_copies c ON c.election = l.election"
    " WHERE l.email = ? ORDER BY c.sequence DESC LIMIT 1";

v1::RollCopy CopyOf(const db::Row& row) {
  v1::RollCopy copy;
  copy.set_election(ResourceName("elections", row.Text(0)));
  copy.set_sha256(row.Bytes(1));
  copy.set_count(static_cast<int>(row.Int64(2)));
  copy.set_of_people(row.Text(3) == "PERSON");
  copy.set_fixed(row.Bool(4));
  return copy;
}

absl::StatusOr<std::optional<v1::RollCopy>> OneCopy(db::Session& session, std::string_view sql,
                                                    std::string_view election) {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(sql, {election}));
  return row.has_value() ? std::optional<v1::RollCopy>(CopyOf(*row)) : std::nullopt;
}

CopiedLine LineOf(const db::Row& row) {
  return {.unit = row.Text(0),
          .unit_display_name = row.Text(1),
          .representative = row.Text(2),
          .representative_full_name = row.Text(3),
          .email = row.Text(4)};
}

absl::StatusOr<std::optional<CopiedLine>> OneLine(db::Session& session, std::string_view sql,
                                                  std::string_view election, std::string_view of) {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(sql, {election, of}));
  return row.has_value() ? std::optional<CopiedLine>(LineOf(*row)) : std::nullopt;
}

// `suffix`: one of the two above.
absl::StatusOr<std::map<std::string, CopiedLine>> Lines(db::Session& session, std::string_view election,
                                                        const std::vector<std::string>& addresses,
                                                        const char* suffix) {
  // Filled up to a power of two, so that a handful of texts, and of prepared statements, serves any number.
  std::size_t places = 1;
  while (places < addresses.size()) places *= 2;
  std::string sql = kLockLinesAt;
  for (std::size_t i = 1; i < places; ++i) sql += ", ?";
  db::Params params = {election};
  params.insert(params.end(), addresses.begin(), addresses.end());
  params.resize(1 + places, params.back());
  std::map<std::string, CopiedLine> lines;
  RETURN_IF_ERROR(session.Query(sql + suffix, params,
                                [&](const db::Row& row) { lines.emplace(row.Bytes(5), LineOf(row)); }));
  return lines;
}

std::string_view IdIn(std::string_view name) { return name.substr(name.find('/') + 1); }

}  // namespace

absl::StatusOr<std::optional<v1::RollCopy>> FindRollCopy(db::Session& session, std::string_view election) {
  return OneCopy(session, kFind, election);
}

absl::StatusOr<std::optional<v1::RollCopy>> LockRollCopy(db::Transaction& transaction,
                                                         std::string_view election) {
  return OneCopy(transaction, kLock, election);
}

absl::StatusOr<std::vector<v1::RollCopy>> ListRollCopies(db::Session& session) {
  std::vector<v1::RollCopy> copies;
  RETURN_IF_ERROR(session.Query(kList, {}, [&](const db::Row& row) { copies.push_back(CopyOf(row)); }));
  return copies;
}

absl::Status StoreRollCopy(db::Transaction& transaction, std::string_view election,
                           const rules::RollCopyPlan& plan) {
  RETURN_IF_ERROR(transaction.Execute(kRemoveLines, {election}).status());
  RETURN_IF_ERROR(transaction.Execute(kRemove, {election}).status());
  RETURN_IF_ERROR(
      transaction
          .Execute(kInsert, {election, plan.sha256, plan.lines.size(), plan.of_people ? "PERSON" : "COMPANY"})
          .status());
  std::vector<db::Params> rows;
  rows.reserve(plan.lines.size());
  for (const v1::RollCopyLine& line : plan.lines) {
    rows.push_back({election, IdIn(line.unit()), line.unit_display_name(), IdIn(line.representative()),
                    line.representative_full_name(), line.email(), crypto::Sha256(line.email())});
  }
  ASSIGN_OR_RETURN(const db::InsertOutcome stored, transaction.InsertMany(kInsertLines, rows));
  return stored.duplicate() ? absl::InternalError("a line would be in the roll copy twice")
                            : absl::OkStatus();
}

absl::Status FixRollCopy(db::Transaction& transaction, std::string_view election) {
  return transaction.Execute(kFix, {election}).status();
}

absl::StatusOr<std::optional<CopiedLine>> FindLineAt(db::Session& session, std::string_view election,
                                                     std::string_view address_sha256) {
  return OneLine(session, kFindLineAt, election, address_sha256);
}

absl::StatusOr<std::map<std::string, CopiedLine>> LockLinesAt(db::Transaction& transaction,
                                                              std::string_view election,
                                                              const std::vector<std::string>& addresses) {
  return Lines(transaction, election, addresses, kWait);
}

absl::StatusOr<std::map<std::string, CopiedLine>> TryLockLinesAt(db::Transaction& transaction,
                                                                 std::string_view election,
                                                                 const std::vector<std::string>& addresses) {
  return Lines(transaction, election, addresses, kLeaveHeld);
}

absl::StatusOr<std::optional<CopiedLine>> LockLineOfUnit(db::Transaction& transaction,
                                                         std::string_view election, std::string_view unit) {
  return OneLine(transaction, kLockLineOfUnit, election, unit);
}

absl::StatusOr<std::optional<CopiedLine>> ReplaceCollector(db::Transaction& transaction,
                                                           std::string_view election,
                                                           const CopiedLine& line) {
  const std::string address_sha256 = crypto::Sha256(line.email);
  ASSIGN_OR_RETURN(const db::InsertOutcome outcome,
                   transaction.Insert(kReplaceCollector, {line.representative, line.representative_full_name,
                                                          line.email, address_sha256, election, line.unit}));
  if (outcome.inserted()) return std::nullopt;
  ASSIGN_OR_RETURN(auto other, outcome.duplicate(kOneLineAPerson)
                                   ? OneLine(transaction, kShareLineOf, election, line.representative)
                                   : OneLine(transaction, kShareLineAt, election, address_sha256));
  if (!other.has_value()) return absl::InternalError("the line that stands in the way is gone");
  return other;
}

absl::StatusOr<std::string> PersonAtAddress(db::Session& session, std::string_view email) {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(kPersonAtAddress, {email}));
  return row.has_value() ? row->Text(0) : std::string();
}

}  // namespace plenary::membership::store
