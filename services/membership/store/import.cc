#include "services/membership/store/import.h"

#include <algorithm>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "common/db/timestamps.h"
#include "common/status/macros.h"
#include "services/membership/errors.h"
#include "services/membership/rules/company_key.h"
#include "services/membership/store/dates.h"
#include "services/membership/store/links.h"
#include "services/membership/store/register.h"
#include "services/membership/store/rows.h"
#include "services/membership/store/search.h"

namespace plenary::membership::store {
namespace {

// Keys a lookup asks for at once. Statements are constants, so a shorter list repeats its last key.
constexpr std::size_t kKeysPerLookup = 250;

constexpr char kTakeImportTurn[] = "SELECT id FROM import_turn WHERE id = 1 FOR UPDATE";
constexpr char kLockCompaniesByKey[] =
    "SELECT id, display_name, name_key, representative, version FROM companies WHERE name_key IN ";
constexpr char kLockCompaniesById[] =
    "SELECT id, display_name, name_key, representative, version FROM companies WHERE id IN ";
constexpr char kLockPeople[] =
    "SELECT id, email, full_name, company, accepted_letters FROM people WHERE email IN ";
constexpr char kPeriodsOfHolders[] =
    "SELECT holder, category, start_date, end_date FROM memberships WHERE holder IN ";
constexpr char kRunningIssuances[] =
    "SELECT DISTINCT i.company FROM issuances i JOIN manifests m ON m.election = i.election WHERE "
    "m.voting_closes > ?";

constexpr char kInsertCompanies[] =
    "INSERT INTO companies (id, display_name, name_key, representative, version) VALUES";
constexpr char kInsertPeople[] =
    "INSERT INTO people (id, email, full_name, company, accepted_letters) VALUES";
constexpr char kInsertPeriods[] =
    "INSERT INTO memberships (holder, category, start_date, end_date, source, batch) VALUES";
constexpr char kInsertLinks[] =
    "INSERT INTO links (id, person, company, role, start_date, source, employee_now) VALUES";
constexpr char kInsertLetters[] = "INSERT INTO letter_counts (person, recorded_on, accepted, source) VALUES";
constexpr char kInsertBatch[] =
    "INSERT INTO import_batches (id, source, file_sha256, row_count, imported_at, actor) VALUES (?, ?, ?, ?, "
    "?, ?)";

std::string Placeholders() {
  std::string list = "(?";
  for (std::size_t i = 1; i < kKeysPerLookup; ++i) list += ", ?";
  return list + ")";
}

// Runs "… IN (…)<suffix>" over all the keys, ascending.
absl::Status LookUp(db::Session& session, std::string_view sql, std::string_view suffix,
                    const std::set<std::string>& keys, const std::function<void(const db::Row&)>& each) {
  static const std::string& placeholders = *new std::string(Placeholders());
  const std::string statement = std::string(sql) + placeholders + std::string(suffix);
  for (auto next = keys.begin(); next != keys.end();) {
    db::Params params;
    for (; params.size() < kKeysPerLookup && next != keys.end(); ++next) params.emplace_back(*next);
    params.resize(kKeysPerLookup, params.back());
    RETURN_IF_ERROR(session.Query(statement, params, each));
  }
  return absl::OkStatus();
}

absl::Status InsertAll(db::Transaction& transaction, std::string_view sql,
                       const std::vector<db::Params>& rows) {
  ASSIGN_OR_RETURN(const db::InsertOutcome outcome, transaction.InsertMany(sql, rows));
  return outcome.inserted() ? absl::OkStatus() : errors::RegisterChanged();
}

std::vector<db::Params> CompanyRows(const std::vector<rules::RegisterCompany>& companies) {
  std::vector<db::Params> rows;
  for (const rules::RegisterCompany& company : companies) {
    rows.push_back(
        {company.id, company.display_name, company.key,
         company.representative.empty() ? db::Value(db::Null()) : db::Value(company.representative),
         company.version});
  }
  return rows;
}

std::vector<db::Params> PersonRows(const std::vector<rules::RegisterPerson>& people) {
  std::vector<db::Params> rows;
  for (const rules::RegisterPerson& person : people) {
    rows.push_back({person.id, person.email, person.full_name, person.company, person.accepted_letters});
  }
  return rows;
}

// The first day that the plan tells of each holder.
std::map<std::string, absl::CivilDay> FirstDays(const rules::ImportPlan& plan) {
  std::map<std::string, absl::CivilDay> first;
  for (const rules::NewPeriod& period : plan.new_periods) {
    const auto [known, added] = first.emplace(period.holder, period.period.start);
    if (!added) known->second = std::min(known->second, period.period.start);
  }
  return first;
}

absl::Status StoreNewPeople(db::Transaction& transaction, IdSource& ids, const rules::ImportPlan& plan,
                            const Change& change) {
  const auto first_days = FirstDays(plan);
  std::vector<db::Params> links;
  std::vector<db::Params> letters;
  std::vector<NamedHolder> names;
  for (const rules::RegisterPerson& person : plan.new_people) {
    const auto found = first_days.find(person.id);
    const absl::CivilDay since = found == first_days.end() ? change.on : found->second;
    links.push_back(
        {ids.NextText(), person.id, person.company, "EMPLOYEE", DateValue(since), change.source, person.id});
    if (person.accepted_letters > 0) {
      letters.push_back({person.id, DateValue(since), person.accepted_letters, change.source});
    }
    names.push_back({person.id, person.full_name});
  }
  for (const rules::RegisterCompany& company : plan.new_companies) {
    names.push_back({company.id, company.display_name});
  }
  RETURN_IF_ERROR(InsertAll(transaction, kInsertLinks, links));
  RETURN_IF_ERROR(InsertAll(transaction, kInsertLetters, letters));
  return InsertSearchWords(transaction, names);
}

// Moves, counts and names that a file changes; the rows still say what was before.
absl::Status StoreChangedPeople(db::Transaction& transaction, IdSource& ids, const rules::ImportPlan& plan,
                                const Change& change) {
  for (const rules::RegisterPerson& person : plan.changed_people) {
    ASSIGN_OR_RETURN(const auto before, LockPerson(transaction, person.id));
    if (!before.has_value()) return errors::RegisterChanged();
    RETURN_IF_ERROR(
        MovePerson(transaction, ids, person.id, person.company, change.on, change.source).status());
    if (before->accepted_letters != person.accepted_letters) {
      RETURN_IF_ERROR(
          SetAcceptedLetters(transaction, person.id, person.accepted_letters, change.on, change.source));
    }
    RETURN_IF_ERROR(UpdatePerson(transaction, *before, person, change).status());
  }
  return absl::OkStatus();
}

absl::Status StoreRepresentatives(db::Transaction& transaction, IdSource& ids, const rules::ImportPlan& plan,
                                  const Change& change) {
  const auto first_days = FirstDays(plan);
  for (const rules::RegisterCompany& company : plan.new_companies) {
    if (company.representative.empty()) continue;
    const auto found = first_days.find(company.representative);
    RETURN_IF_ERROR(OpenLink(transaction, ids, company.representative, company.id, LinkRole::kRepresentative,
                             found == first_days.end() ? change.on : found->second, change.source)
                        .status());
  }
  for (const rules::RegisterCompany& company : plan.changed_companies) {
    RETURN_IF_ERROR(ReplaceRepresentative(transaction, ids, company.id, company.representative, change.on,
                                          change.source));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status TakeImportTurn(db::Transaction& transaction) {
  return transaction.QueryOne(kTakeImportTurn).status();
}

absl::StatusOr<rules::KnownRegister> LoadForImport(db::Transaction& transaction,
                                                   const std::vector<rules::ImportRow>& rows,
                                                   absl::Time now) {
  std::set<std::string> emails;
  std::set<std::string> keys;
  for (const rules::ImportRow& row : rows) {
    emails.insert(row.email);
    keys.insert(rules::CompanyKey(row.company.empty() ? row.full_name : row.company));
  }
  rules::KnownRegister known;
  std::set<std::string> holders;
  std::set<std::string> companies;
  RETURN_IF_ERROR(
      LookUp(transaction, kLockPeople, " ORDER BY email FOR UPDATE", emails, [&](const db::Row& row) {
        rules::RegisterPerson person = PersonOf(row);
        holders.insert(person.id);
        companies.insert(person.company);
        known.people.emplace(person.email, std::move(person));
      }));
  const auto add_company = [&](const db::Row& row) {
    rules::RegisterCompany company = CompanyOf(row);
    holders.insert(company.id);
    known.companies.emplace(company.key, std::move(company));
  };
  RETURN_IF_ERROR(
      LookUp(transaction, kLockCompaniesByKey, " ORDER BY name_key FOR UPDATE", keys, add_company));
  RETURN_IF_ERROR(LookUp(transaction, kLockCompaniesById, " ORDER BY id FOR UPDATE", companies, add_company));
  RETURN_IF_ERROR(LookUp(transaction, kPeriodsOfHolders, "", holders, [&](const db::Row& row) {
    known.periods[row.Text(0)].push_back(PeriodOf(row, 1));
  }));
  RETURN_IF_ERROR(transaction.Query(kRunningIssuances, {db::ToMicros(now)}, [&](const db::Row& row) {
    known.credential_issued.insert(row.Text(0));
  }));
  return known;
}

absl::Status StoreImport(db::Transaction& transaction, IdSource& ids, const rules::ImportPlan& plan,
                         const ImportBatch& batch) {
  RETURN_IF_ERROR(InsertAll(transaction, kInsertCompanies, CompanyRows(plan.new_companies)));
  RETURN_IF_ERROR(InsertAll(transaction, kInsertPeople, PersonRows(plan.new_people)));
  const Change change{.on = DateOf(batch.imported_at), .source = batch.source};
  RETURN_IF_ERROR(StoreNewPeople(transaction, ids, plan, change));
  RETURN_IF_ERROR(StoreChangedPeople(transaction, ids, plan, change));
  RETURN_IF_ERROR(StoreRepresentatives(transaction, ids, plan, change));
  std::vector<db::Params> periods;
  for (const rules::NewPeriod& period : plan.new_periods) {
    periods.push_back({period.holder, period.period.category, DateValue(period.period.start),
                       DateValue(period.period.end), batch.source, batch.id});
  }
  RETURN_IF_ERROR(InsertAll(transaction, kInsertPeriods, periods));
  return transaction
      .Execute(kInsertBatch, {batch.id, batch.source, batch.file_sha256, batch.row_count,
                              db::ToMicros(batch.imported_at), batch.actor})
      .status();
}

}  // namespace plenary::membership::store
