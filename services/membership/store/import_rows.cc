#include "services/membership/store/import_rows.h"

#include <algorithm>
#include <optional>

#include "common/db/timestamps.h"
#include "common/status/macros.h"
#include "services/membership/limits_imports.h"
#include "services/membership/store/dates.h"

namespace plenary::membership::store {
namespace {

// Rows that one statement changes or drops: well within its ten seconds.
constexpr std::int64_t kRowsAtATime = 10'000;

constexpr char kInsertUpload[] = "INSERT INTO import_uploads (id, begun_at) VALUES (?, ?)";
constexpr char kLeftBehind[] = "SELECT id FROM import_uploads WHERE begun_at < ? LIMIT 100";
constexpr char kDeleteUpload[] = "DELETE FROM import_uploads WHERE id = ?";
constexpr char kDeleteRows[] = "DELETE FROM import_rows WHERE upload = ? LIMIT ?";
constexpr char kInsertRows[] =
    "INSERT INTO import_rows (upload, line, email, full_name, company, company_key, category, start_date, "
    "end_date,"
    " letters, representative, company_category, company_start_date, company_end_date) VALUES";

constexpr char kResolveKeys[] =
    "UPDATE import_rows r JOIN people p ON p.email = r.email JOIN companies c ON c.id = p.company"
    " SET r.company_key = c.name_key WHERE r.upload = ? AND r.company = '' AND r.line > ? AND r.line <= ?";
constexpr char kRefuseOtherCompanies[] =
    "UPDATE import_rows r JOIN (SELECT email, MIN(line) AS line FROM import_rows WHERE upload = ? GROUP BY "
    "email"
    " HAVING MIN(company_key) <> MAX(company_key)) f ON f.email = r.email"
    " JOIN import_rows o ON o.upload = r.upload AND o.line = f.line"
    " SET r.refused = 1 WHERE r.upload = ? AND r.company_key <> o.company_key";
constexpr char kRefuseTooMany[] =
    "UPDATE import_rows r JOIN (SELECT email, MIN(line) AS line FROM import_rows WHERE upload = ? GROUP BY "
    "email"
    " HAVING COUNT(*) > ?) f ON f.email = r.email SET r.refused = 1 WHERE r.upload = ? AND r.line <> f.line";
constexpr char kRefusedRows[] =
    "SELECT line FROM import_rows WHERE upload = ? AND refused = 1 ORDER BY line LIMIT ?";
constexpr char kCountRefused[] = "SELECT COUNT(*) FROM import_rows WHERE upload = ? AND refused = 1";

constexpr char kNextRows[] =
    "SELECT line, email, full_name, company, company_key, category, start_date, end_date, letters, "
    "representative,"
    " company_category, company_start_date, company_end_date FROM import_rows"
    " WHERE upload = ? AND refused = 0 AND (company_key > ? OR (company_key = ? AND email > ?))"
    " ORDER BY company_key, email, line LIMIT ?";

std::optional<absl::CivilDay> DateAt(const db::Row& row, std::size_t column) {
  const auto text = row.OptionalText(column);
  return text.has_value() ? std::optional(StoredDate(*text)) : std::nullopt;
}

rules::ImportRow RowOf(const db::Row& row) {
  rules::ImportRow read{.line = row.Int64(0),
                        .email = row.Text(1),
                        .full_name = row.Text(2),
                        .company = row.Text(3),
                        .category = row.Text(5),
                        .days = {DateAt(row, 6), DateAt(row, 7)},
                        .representative = row.Bool(9),
                        .company_category = row.Text(10),
                        .company_key = row.Text(4)};
  if (const auto letters = row.OptionalInt64(8); letters.has_value())
    read.letters = static_cast<int>(*letters);
  const rules::StatedDays company_days{DateAt(row, 11), DateAt(row, 12)};
  if (company_days != rules::StatedDays()) read.company_days = company_days;
  return read;
}

}  // namespace

absl::Status BeginUpload(db::Session& session, std::string_view upload, absl::Time now,
                         absl::Time left_behind) {
  std::vector<std::string> gone;
  RETURN_IF_ERROR(session.Query(kLeftBehind, {db::ToMicros(left_behind)},
                                [&](const db::Row& row) { gone.push_back(row.Text(0)); }));
  for (const std::string& id : gone) RETURN_IF_ERROR(DropUpload(session, id));
  return session.Execute(kInsertUpload, {upload, db::ToMicros(now)}).status();
}

absl::Status StageRows(db::Session& session, std::string_view upload,
                       const std::vector<rules::ImportRow>& rows) {
  std::vector<db::Params> values;
  values.reserve(rows.size());
  for (const rules::ImportRow& row : rows) {
    const rules::StatedDays company_days = row.company_days.value_or(rules::StatedDays());
    values.push_back({upload, row.line, row.email, row.full_name, row.company, row.company_key, row.category,
                      DateValue(row.days.start), DateValue(row.days.end), db::Value(row.letters),
                      row.representative, row.company_category, DateValue(company_days.start),
                      DateValue(company_days.end)});
  }
  ASSIGN_OR_RETURN(const db::InsertOutcome outcome, session.InsertMany(kInsertRows, values));
  return outcome.inserted() ? absl::OkStatus() : absl::InternalError("a line of an upload is there twice");
}

absl::Status DropUpload(db::Session& session, std::string_view upload) {
  std::int64_t dropped = kRowsAtATime;
  while (dropped == kRowsAtATime) {
    ASSIGN_OR_RETURN(dropped, session.Execute(kDeleteRows, {upload, kRowsAtATime}));
  }
  return session.Execute(kDeleteUpload, {upload}).status();
}

absl::Status PrepareRows(db::Transaction& transaction, std::string_view upload, std::int64_t last_line) {
  for (std::int64_t line = 0; line < last_line; line += kRowsAtATime) {
    RETURN_IF_ERROR(transaction.Execute(kResolveKeys, {upload, line, line + kRowsAtATime}).status());
  }
  RETURN_IF_ERROR(transaction.Execute(kRefuseOtherCompanies, {upload, upload}).status());
  return transaction.Execute(kRefuseTooMany, {upload, limits::kMostRowsOfAPerson, upload}).status();
}

absl::StatusOr<RefusedRows> ListRefusedRows(db::Session& session, std::string_view upload,
                                            std::int64_t limit) {
  RefusedRows refused;
  RETURN_IF_ERROR(session.Query(kRefusedRows, {upload, limit},
                                [&](const db::Row& row) { refused.lines.push_back(row.Int64(0)); }));
  refused.count = static_cast<std::int64_t>(refused.lines.size());
  if (refused.count < limit) return refused;
  ASSIGN_OR_RETURN(const auto count, session.QueryOne(kCountRefused, {upload}));
  refused.count = count->Int64(0);
  return refused;
}

absl::StatusOr<std::vector<rules::ImportRow>> NextRows(db::Session& session, std::string_view upload,
                                                       const rules::ImportRow* after, std::int64_t limit) {
  const std::string key = after == nullptr ? "" : after->company_key;
  const std::string email = after == nullptr ? "" : after->email;
  std::vector<rules::ImportRow> rows;
  RETURN_IF_ERROR(session.Query(kNextRows, {upload, key, key, email, limit},
                                [&](const db::Row& row) { rows.push_back(RowOf(row)); }));
  if (static_cast<std::int64_t>(rows.size()) < limit) return rows;
  // The last person may have rows beyond the page: they are all in the next one.
  const auto same = [&](const rules::ImportRow& row) {
    return row.email == rows.back().email && row.company_key == rows.back().company_key;
  };
  rows.erase(std::find_if(rows.begin(), rows.end(), same), rows.end());
  return rows;
}

}  // namespace plenary::membership::store
