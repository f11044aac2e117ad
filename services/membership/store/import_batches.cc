#include "services/membership/store/import_batches.h"

#include "common/db/timestamps.h"
#include "common/status/macros.h"
#include "common/time/proto_time.h"
#include "services/membership/import_members.h"
#include "services/membership/names.h"

namespace plenary::membership::store {
namespace {

constexpr char kListImports[] =
    "SELECT sequence, id, source, year, file_sha256, imported_at, actor, row_count, people_created, "
    "people_updated,"
    " companies_created, memberships_created, facts_kept, change_count, changes_kept, reverted_at, "
    "reverted_by"
    " FROM import_batches WHERE sequence < ? ORDER BY sequence DESC LIMIT ?";
constexpr char kFindImport[] =
    "SELECT sequence, id, source, year, file_sha256, imported_at, actor, row_count, people_created, "
    "people_updated,"
    " companies_created, memberships_created, facts_kept, change_count, changes_kept, reverted_at, "
    "reverted_by"
    " FROM import_batches WHERE id = ?";
constexpr char kLockImport[] =
    "SELECT sequence, id, source, year, file_sha256, imported_at, actor, row_count, people_created, "
    "people_updated,"
    " companies_created, memberships_created, facts_kept, change_count, changes_kept, reverted_at, "
    "reverted_by"
    " FROM import_batches WHERE id = ? FOR UPDATE";
constexpr char kFacts[] =
    "SELECT h.sequence, h.kind, h.subject, h.company, h.role, h.category, h.start_date, h.end_date, "
    "h.before_text,"
    " h.after_text, p.full_name, p.email, c.display_name, k.display_name,"
    " h.kind IN ('PERSON_ADDED', 'PERSON_RENAMED', 'LINK_ADDED', 'LINK_ENDED', 'LETTERS_RECORDED')"
    " FROM import_changes h LEFT JOIN people p ON p.id = h.subject LEFT JOIN companies c ON c.id = h.subject"
    " LEFT JOIN companies k ON k.id = h.company WHERE h.batch = ? AND h.sequence > ? ORDER BY h.sequence "
    "LIMIT ?";

StoredImport ImportOf(const db::Row& row) {
  StoredImport stored{.sequence = row.Uint64(0), .changes_kept = row.Bool(14)};
  v1::Import& import = stored.import;
  import.set_name(ResourceName(kImports, row.Text(1)));
  import.set_source(row.Text(2));
  import.set_year(static_cast<int>(row.Int64(3)));
  import.set_file_sha256(row.Bytes(4));
  *import.mutable_import_time() = ToTimestamp(db::FromMicros(row.Int64(5)));
  import.set_actor(row.Text(6));
  import.set_rows(row.Int64(7));
  import.set_people_created(row.Int64(8));
  import.set_people_updated(row.Int64(9));
  import.set_companies_created(row.Int64(10));
  import.set_memberships_created(row.Int64(11));
  import.set_facts_kept(row.Int64(12));
  import.set_fact_count(row.Int64(13));
  if (const auto reverted = row.OptionalInt64(15); reverted.has_value()) {
    *import.mutable_revert_time() = ToTimestamp(db::FromMicros(*reverted));
  }
  import.set_reverted_by(row.Text(16));
  return stored;
}

StoredFact FactOf(const db::Row& row) {
  StoredFact stored{.sequence = row.Int64(0)};
  rules::ImportedFact& fact = stored.fact;
  v1::ImportFact::Kind kind = v1::ImportFact::KIND_UNSPECIFIED;
  v1::ImportFact::Kind_Parse("KIND_" + row.Text(1), &kind);
  fact.fact.set_kind(kind);
  const bool is_person = row.Bool(14) || !row.IsNull(10);
  fact.fact.set_subject(ResourceName(is_person ? kPeople : kCompanies, row.Text(2)));
  fact.fact.set_company(NameOrEmpty(kCompanies, row.OptionalText(3).value_or("")));
  fact.role = row.OptionalText(4).value_or("");
  fact.fact.set_category(NameOrEmpty(kCategories, row.OptionalText(5).value_or("")));
  fact.fact.set_start_date(row.OptionalText(6).value_or(""));
  fact.fact.set_end_date(row.OptionalText(7).value_or(""));
  fact.before = row.OptionalText(8).value_or("");
  fact.after = row.OptionalText(9).value_or("");
  if (!row.IsNull(10)) fact.subject = row.Text(10) + " (" + row.Text(11) + ")";
  if (!row.IsNull(12)) fact.subject = row.Text(12);
  fact.company = row.OptionalText(13).value_or("");
  return stored;
}

absl::StatusOr<std::optional<StoredImport>> One(db::Session& session, std::string_view sql,
                                                std::string_view id) {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(sql, {id}));
  return row.has_value() ? std::optional(ImportOf(*row)) : std::nullopt;
}

}  // namespace

absl::StatusOr<std::vector<StoredImport>> ListImports(db::Session& session, std::uint64_t before,
                                                      std::int64_t limit) {
  std::vector<StoredImport> imports;
  RETURN_IF_ERROR(session.Query(kListImports, {before, limit},
                                [&](const db::Row& row) { imports.push_back(ImportOf(row)); }));
  return imports;
}

absl::StatusOr<std::optional<StoredImport>> FindImport(db::Session& session, std::string_view id) {
  return One(session, kFindImport, id);
}

absl::StatusOr<std::optional<StoredImport>> LockImport(db::Transaction& transaction, std::string_view id) {
  return One(transaction, kLockImport, id);
}

absl::StatusOr<std::vector<StoredFact>> FactsOfImport(db::Session& session, std::string_view import,
                                                      std::int64_t after, std::int64_t limit) {
  std::vector<StoredFact> facts;
  RETURN_IF_ERROR(session.Query(kFacts, {import, after, limit},
                                [&](const db::Row& row) { facts.push_back(FactOf(row)); }));
  return facts;
}

}  // namespace plenary::membership::store
