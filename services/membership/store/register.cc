#include "services/membership/store/register.h"

#include <algorithm>
#include <utility>

#include "common/db/timestamps.h"
#include "common/status/macros.h"
#include "common/time/proto_time.h"
#include "services/membership/store/dates.h"
#include "services/membership/store/facts.h"
#include "services/membership/store/rows.h"

namespace plenary::membership::store {
namespace {

constexpr char kListCategories[] =
    "SELECT id, display_name, can_vote, can_hold_office, can_vote_in_committee, can_attend, seats_included,"
    " price_cents, term_months, grace_days, required_letters FROM categories WHERE id > ? ORDER BY id LIMIT "
    "?";
constexpr char kSaveCategory[] =
    "REPLACE INTO categories (id, display_name, can_vote, can_hold_office, can_vote_in_committee, can_attend,"
    " seats_included, price_cents, term_months, grace_days, required_letters)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

constexpr char kFindPerson[] =
    "SELECT id, email, full_name, company, accepted_letters FROM people WHERE id = ?";
constexpr char kFindPersonByEmail[] =
    "SELECT id, email, full_name, company, accepted_letters FROM people WHERE email = ?";
constexpr char kListPeople[] =
    "SELECT id, email, full_name, company, accepted_letters FROM people WHERE id > ? ORDER BY id LIMIT ?";
constexpr char kListPeopleOfCompany[] =
    "SELECT id, email, full_name, company, accepted_letters FROM people WHERE id > ? AND company = ?"
    " ORDER BY id LIMIT ?";
constexpr char kSetAcceptedLetters[] = "UPDATE people SET accepted_letters = ? WHERE id = ?";

constexpr char kFindCompany[] =
    "SELECT id, display_name, name_key, representative, version FROM companies WHERE id = ?";
constexpr char kFindCompanyByKey[] =
    "SELECT id, display_name, name_key, representative, version FROM companies WHERE name_key = ?";
constexpr char kListCompanies[] =
    "SELECT id, display_name, name_key, representative, version FROM companies WHERE id > ? ORDER BY id "
    "LIMIT ?";
constexpr char kLockCompany[] =
    "SELECT id, display_name, name_key, representative, version FROM companies WHERE id = ? FOR UPDATE";
constexpr char kSetRepresentative[] =
    "UPDATE companies SET representative = ?, version = version + 1 WHERE id = ?";

constexpr char kPeriodsOfPeople[] =
    "SELECT m.holder, m.category, m.start_date, m.end_date, m.source FROM people p"
    " JOIN memberships m ON m.holder = p.id WHERE p.id BETWEEN ? AND ? ORDER BY m.holder, m.start_date, "
    "m.category";
constexpr char kPeriodsOfPeopleOfCompany[] =
    "SELECT m.holder, m.category, m.start_date, m.end_date, m.source FROM people p"
    " JOIN memberships m ON m.holder = p.id WHERE p.id BETWEEN ? AND ? AND p.company = ?"
    " ORDER BY m.holder, m.start_date, m.category";
constexpr char kPeriodsOfCompanies[] =
    "SELECT m.holder, m.category, m.start_date, m.end_date, m.source FROM companies c"
    " JOIN memberships m ON m.holder = c.id WHERE c.id BETWEEN ? AND ? ORDER BY m.holder, m.start_date, "
    "m.category";

constexpr char kInsertWaiver[] =
    "INSERT INTO waivers (id, requirement, for_vote, for_office, for_contest, motion, valid_from, "
    "valid_until,"
    " created_at) VALUES (?, 'REFERENCE_LETTERS', ?, ?, ?, ?, ?, ?, ?)";
constexpr char kWaiverOfMotion[] =
    "SELECT sequence, id, for_vote, for_office, for_contest, motion, valid_from, valid_until, created_at"
    " FROM waivers WHERE motion = ? FOR UPDATE";
constexpr char kListWaivers[] =
    "SELECT sequence, id, for_vote, for_office, for_contest, motion, valid_from, valid_until, created_at"
    " FROM waivers WHERE sequence > ? ORDER BY sequence LIMIT ?";

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

HeldPeriod HeldPeriodOf(const db::Row& row) {
  return {.holder = row.Text(0), .period = PeriodOf(row, 1), .source = row.Text(4)};
}

StoredWaiver WaiverOf(const db::Row& row) {
  StoredWaiver stored{.sequence = row.Uint64(0)};
  v1::Waiver& waiver = stored.waiver;
  waiver.set_name("waivers/" + row.Text(1));
  waiver.set_requirement(v1::REQUIREMENT_REFERENCE_LETTERS);
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

absl::StatusOr<std::vector<v1::Category>> ListCategories(db::Session& session, std::string_view after,
                                                         std::int64_t limit) {
  return All<v1::Category>(session, kListCategories, {after, limit}, CategoryOf);
}

absl::Status SaveCategory(db::Transaction& transaction, std::string_view id, const v1::Category& category) {
  const v1::Rights& rights = category.rights();
  return transaction
      .Execute(kSaveCategory, {id, category.display_name(), rights.can_vote(), rights.can_hold_office(),
                               rights.can_vote_in_committee(), rights.can_attend(), category.seats_included(),
                               category.price_cents(), category.term_months(), category.grace_days(),
                               category.required_letters()})
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

absl::Status SetAcceptedLetters(db::Transaction& transaction, std::string_view person, int letters) {
  return transaction.Execute(kSetAcceptedLetters, {letters, person}).status();
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

absl::Status SetRepresentative(db::Transaction& transaction, std::string_view company,
                               std::string_view person) {
  return transaction.Execute(kSetRepresentative, {person, company}).status();
}

absl::StatusOr<std::vector<HeldPeriod>> PeriodsOfPeople(db::Session& session, std::string_view first,
                                                        std::string_view last, std::string_view company) {
  if (company.empty()) return All<HeldPeriod>(session, kPeriodsOfPeople, {first, last}, HeldPeriodOf);
  return All<HeldPeriod>(session, kPeriodsOfPeopleOfCompany, {first, last, company}, HeldPeriodOf);
}

absl::StatusOr<std::vector<HeldPeriod>> PeriodsOfCompanies(db::Session& session, std::string_view first,
                                                           std::string_view last) {
  return All<HeldPeriod>(session, kPeriodsOfCompanies, {first, last}, HeldPeriodOf);
}

absl::StatusOr<bool> InsertWaiver(db::Transaction& transaction, std::string_view id, const v1::Waiver& waiver,
                                  absl::Time now) {
  const auto covers = [&](v1::Act act) {
    return std::find(waiver.acts().begin(), waiver.acts().end(), act) != waiver.acts().end();
  };
  ASSIGN_OR_RETURN(
      const db::InsertOutcome outcome,
      transaction.Insert(kInsertWaiver,
                         {id, covers(v1::ACT_VOTE), covers(v1::ACT_HOLD_OFFICE), covers(v1::ACT_CONTEST),
                          waiver.motion(), waiver.valid_from(), waiver.valid_until(), db::ToMicros(now)}));
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
