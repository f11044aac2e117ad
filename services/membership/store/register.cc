#include "services/membership/store/register.h"

#include <algorithm>
#include <utility>

#include "common/db/timestamps.h"
#include "common/status/macros.h"
#include "common/time/proto_time.h"
#include "services/membership/rules/company_key.h"
#include "services/membership/store/dates.h"
#include "services/membership/store/rows.h"
#include "services/membership/store/search.h"

namespace plenary::membership::store {
namespace {

constexpr char kListCategories[] =
    "SELECT category, display_name, can_vote, can_hold_office, can_vote_in_committee, can_attend,"
    " seats_included, price_cents, term_months, grace_days, required_letters, required_credit_hundredths,"
    " required_code_version, valid_from FROM category_versions v WHERE v.category > ? AND v.valid_from = "
    "COALESCE("
    "(SELECT MAX(w.valid_from) FROM category_versions w WHERE w.category = v.category AND w.valid_from <= ?),"
    " (SELECT MIN(w.valid_from) FROM category_versions w WHERE w.category = v.category))"
    " ORDER BY category LIMIT ?";
constexpr char kListCategoryVersions[] =
    "SELECT category, display_name, can_vote, can_hold_office, can_vote_in_committee, can_attend,"
    " seats_included, price_cents, term_months, grace_days, required_letters, required_credit_hundredths,"
    " required_code_version, valid_from FROM category_versions WHERE category = ? AND valid_from > ?"
    " ORDER BY valid_from LIMIT ?";
constexpr char kLockCategory[] = "INSERT INTO categories (id) VALUES (?) ON DUPLICATE KEY UPDATE id = id";
constexpr char kFindCategory[] = "SELECT id FROM categories WHERE id = ?";
constexpr char kFirstVersion[] =
    "SELECT valid_from FROM category_versions WHERE category = ? ORDER BY valid_from LIMIT 1"
    " LOCK IN SHARE MODE";
constexpr char kSaveCategory[] =
    "REPLACE INTO category_versions (category, valid_from, display_name, can_vote, can_hold_office,"
    " can_vote_in_committee, can_attend, seats_included, price_cents, term_months, grace_days,"
    " required_letters, required_credit_hundredths, required_code_version)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

constexpr char kFindPerson[] =
    "SELECT id, email, full_name, company, accepted_letters FROM people WHERE id = ?";
constexpr char kFindPersonByEmail[] =
    "SELECT id, email, full_name, company, accepted_letters FROM people WHERE email = ?";
constexpr char kListPeople[] =
    "SELECT id, email, full_name, company, accepted_letters FROM people WHERE id > ? ORDER BY id LIMIT ?";
constexpr char kListPeopleOfCompany[] =
    "SELECT id, email, full_name, company, accepted_letters FROM people WHERE id > ? AND company = ?"
    " ORDER BY id LIMIT ?";
constexpr char kLockPerson[] =
    "SELECT id, email, full_name, company, accepted_letters FROM people WHERE id = ? FOR UPDATE";
constexpr char kTryLockPerson[] = "SELECT id FROM people WHERE id = ? FOR UPDATE SKIP LOCKED";
constexpr char kSetAcceptedLetters[] = "UPDATE people SET accepted_letters = ? WHERE id = ?";
constexpr char kInsertLetterCount[] =
    "INSERT INTO letter_counts (person, recorded_on, accepted, source) VALUES (?, ?, ?, ?)";
constexpr char kUpdatePerson[] = "UPDATE people SET full_name = ?, email = ? WHERE id = ?";
constexpr char kInsertFormerName[] =
    "INSERT INTO former_names (holder, name, held_until, source) VALUES (?, ?, ?, ?)";

constexpr char kFindCompany[] =
    "SELECT id, display_name, name_key, representative, version FROM companies WHERE id = ?";
constexpr char kFindCompanyByKey[] =
    "SELECT id, display_name, name_key, representative, version FROM companies WHERE name_key = ?";
constexpr char kListCompanies[] =
    "SELECT id, display_name, name_key, representative, version FROM companies WHERE id > ? ORDER BY id "
    "LIMIT ?";
constexpr char kLockCompany[] =
    "SELECT id, display_name, name_key, representative, version FROM companies WHERE id = ? FOR UPDATE";
constexpr char kTryLockCompany[] = "SELECT id FROM companies WHERE id = ? FOR UPDATE SKIP LOCKED";
constexpr char kRenameCompany[] =
    "UPDATE companies SET display_name = ?, name_key = ?, version = version + 1 WHERE id = ?";

constexpr char kInsertWaiver[] =
    "INSERT INTO waivers (id, requirement, for_vote, for_office, for_contest, motion, valid_from,"
    " valid_until, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr char kWaiverOfMotion[] =
    "SELECT sequence, id, for_vote, for_office, for_contest, motion, valid_from, valid_until, created_at,"
    " requirement FROM waivers WHERE motion = ? FOR UPDATE";
constexpr char kListWaivers[] =
    "SELECT sequence, id, for_vote, for_office, for_contest, motion, valid_from, valid_until, created_at,"
    " requirement FROM waivers WHERE sequence > ? ORDER BY sequence LIMIT ?";

template <typename T, typename Read>
absl::StatusOr<std::optional<T>> One(db::Session& session, std::string_view sql, const db::Params& params,
                                     const Read& read) {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(sql, params));
  if (!row.has_value()) return std::optional<T>();
  return std::optional<T>(read(*row));
}

template <typename T, typename Read>
absl::StatusOr<std::vector<T>> All(db::Session& session, std::string_view sql, const db::Params& params,
                                   const Read& read) {
  std::vector<T> rows;
  RETURN_IF_ERROR(session.Query(sql, params, [&](const db::Row& row) { rows.push_back(read(row)); }));
  return rows;
}

absl::Status InsertFormerName(db::Transaction& transaction, std::string_view holder, std::string_view name,
                              const Change& change) {
  return transaction.Execute(kInsertFormerName, {holder, name, DateValue(change.on), change.source}).status();
}

StoredWaiver WaiverOf(const db::Row& row) {
  StoredWaiver stored{.sequence = row.Uint64(0)};
  v1::Waiver& waiver = stored.waiver;
  waiver.set_name("waivers/" + row.Text(1));
  waiver.set_requirement(RequirementOf(row.Text(9)));
  if (row.Bool(2)) waiver.add_acts(v1::ACT_VOTE);
  if (row.Bool(3)) waiver.add_acts(v1::ACT_HOLD_OFFICE);
  if (row.Bool(4)) waiver.add_acts(v1::ACT_CONTEST);
  waiver.set_motion(row.Text(5));
  waiver.set_valid_from(row.Text(6));
  waiver.set_valid_until(row.Text(7));
  *waiver.mutable_create_time() = ToTimestamp(db::FromMicros(row.Int64(8)));
  return stored;
}

}  // namespace

absl::StatusOr<std::vector<v1::Category>> ListCategories(db::Session& session, absl::CivilDay day,
                                                         std::string_view after, std::int64_t limit) {
  return All<v1::Category>(session, kListCategories, {after, DateValue(day), limit}, CategoryOf);
}

absl::StatusOr<std::vector<v1::Category>> ListCategoryVersions(db::Session& session, std::string_view id,
                                                               absl::CivilDay after, std::int64_t limit) {
  return All<v1::Category>(session, kListCategoryVersions, {id, DateValue(after), limit}, CategoryOf);
}

absl::StatusOr<bool> CategoryExists(db::Session& session, std::string_view id) {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(kFindCategory, {id}));
  return row.has_value();
}

absl::StatusOr<bool> LockCategory(db::Transaction& transaction, std::string_view id) {
  RETURN_IF_ERROR(transaction.Execute(kLockCategory, {id}).status());
  ASSIGN_OR_RETURN(const auto first, transaction.QueryOne(kFirstVersion, {id}));
  return first.has_value();
}

absl::Status SaveCategory(db::Transaction& transaction, std::string_view id, const v1::Category& category) {
  const v1::Rights& rights = category.rights();
  return transaction
      .Execute(kSaveCategory, {id, category.valid_from(), category.display_name(), rights.can_vote(),
                               rights.can_hold_office(), rights.can_vote_in_committee(), rights.can_attend(),
                               category.seats_included(), category.price_cents(), category.term_months(),
                               category.grace_days(), category.required_letters(),
                               category.required_credit_hundredths(), category.required_code_version()})
      .status();
}

absl::StatusOr<std::optional<RegisterPerson>> FindPerson(db::Session& session, std::string_view id) {
  return One<RegisterPerson>(session, kFindPerson, {id}, PersonOf);
}

absl::StatusOr<std::optional<RegisterPerson>> FindPersonByEmail(db::Session& session,
                                                                std::string_view email) {
  return One<RegisterPerson>(session, kFindPersonByEmail, {email}, PersonOf);
}

absl::StatusOr<std::vector<RegisterPerson>> ListPeople(db::Session& session, std::string_view after,
                                                       std::string_view company, std::int64_t limit) {
  if (company.empty()) return All<RegisterPerson>(session, kListPeople, {after, limit}, PersonOf);
  return All<RegisterPerson>(session, kListPeopleOfCompany, {after, company, limit}, PersonOf);
}

absl::StatusOr<std::optional<RegisterPerson>> LockPerson(db::Transaction& transaction, std::string_view id) {
  return One<RegisterPerson>(transaction, kLockPerson, {id}, PersonOf);
}

absl::StatusOr<bool> TryLockPerson(db::Transaction& transaction, std::string_view id) {
  ASSIGN_OR_RETURN(const auto row, transaction.QueryOne(kTryLockPerson, {id}));
  return row.has_value();
}

absl::Status SetAcceptedLetters(db::Transaction& transaction, std::string_view person, int letters,
                                absl::CivilDay on, std::string_view source) {
  RETURN_IF_ERROR(transaction.Execute(kSetAcceptedLetters, {letters, person}).status());
  return transaction.Execute(kInsertLetterCount, {person, DateValue(on), letters, source}).status();
}

absl::StatusOr<bool> UpdatePerson(db::Transaction& transaction, const RegisterPerson& before,
                                  const RegisterPerson& after, const Change& change) {
  ASSIGN_OR_RETURN(const db::InsertOutcome outcome,
                   transaction.Insert(kUpdatePerson, {after.full_name, after.email, before.id}));
  if (outcome.duplicate()) return false;
  if (after.full_name == before.full_name) return true;
  RETURN_IF_ERROR(InsertFormerName(transaction, before.id, before.full_name, change));
  RETURN_IF_ERROR(ReplaceSearchWords(transaction, {before.id, after.full_name}));
  return true;
}

absl::StatusOr<std::optional<RegisterCompany>> FindCompany(db::Session& session, std::string_view id) {
  return One<RegisterCompany>(session, kFindCompany, {id}, CompanyOf);
}

absl::StatusOr<std::optional<RegisterCompany>> FindCompanyByKey(db::Session& session, std::string_view key) {
  return One<RegisterCompany>(session, kFindCompanyByKey, {key}, CompanyOf);
}

absl::StatusOr<std::vector<RegisterCompany>> ListCompanies(db::Session& session, std::string_view after,
                                                           std::int64_t limit) {
  return All<RegisterCompany>(session, kListCompanies, {after, limit}, CompanyOf);
}

absl::StatusOr<std::optional<RegisterCompany>> LockCompany(db::Transaction& transaction,
                                                           std::string_view id) {
  return One<RegisterCompany>(transaction, kLockCompany, {id}, CompanyOf);
}

absl::StatusOr<bool> TryLockCompany(db::Transaction& transaction, std::string_view id) {
  ASSIGN_OR_RETURN(const auto row, transaction.QueryOne(kTryLockCompany, {id}));
  return row.has_value();
}

absl::StatusOr<bool> RenameCompany(db::Transaction& transaction, const RegisterCompany& before,
                                   std::string_view display_name, const Change& change) {
  ASSIGN_OR_RETURN(
      const db::InsertOutcome outcome,
      transaction.Insert(kRenameCompany, {display_name, rules::CompanyKey(display_name), before.id}));
  if (outcome.duplicate()) return false;
  RETURN_IF_ERROR(InsertFormerName(transaction, before.id, before.display_name, change));
  RETURN_IF_ERROR(ReplaceSearchWords(transaction, {before.id, std::string(display_name)}));
  return true;
}

absl::StatusOr<bool> InsertWaiver(db::Transaction& transaction, std::string_view id, const v1::Waiver& waiver,
                                  absl::Time now) {
  const auto covers = [&](v1::Act act) {
    return std::find(waiver.acts().begin(), waiver.acts().end(), act) != waiver.acts().end();
  };
  ASSIGN_OR_RETURN(const db::InsertOutcome outcome,
                   transaction.Insert(kInsertWaiver,
                                      {id, RequirementWord(waiver.requirement()), covers(v1::ACT_VOTE),
                                       covers(v1::ACT_HOLD_OFFICE), covers(v1::ACT_CONTEST), waiver.motion(),
                                       waiver.valid_from(), waiver.valid_until(), db::ToMicros(now)}));
  return outcome.inserted();
}

absl::StatusOr<std::optional<v1::Waiver>> WaiverOfMotion(db::Transaction& transaction,
                                                         std::string_view motion) {
  return One<v1::Waiver>(transaction, kWaiverOfMotion, {motion},
                         [](const db::Row& row) { return WaiverOf(row).waiver; });
}

absl::StatusOr<std::vector<StoredWaiver>> ListWaivers(db::Session& session, std::uint64_t after,
                                                      std::int64_t limit) {
  return All<StoredWaiver>(session, kListWaivers, {after, limit}, WaiverOf);
}

}  // namespace plenary::membership::store
