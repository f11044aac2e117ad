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
#include "services/membership/store/facts.h"
#include "services/membership/store/links.h"
#include "services/membership/store/register.h"
#include "services/membership/store/rows.h"
#include "services/membership/store/search.h"

namespace plenary::membership::store {
namespace {

// Keys a lookup asks for at once. Statements are constants, so a shorter list repeats its last key: there is
// one for a page and one for a person.
constexpr std::size_t kKeysPerLookup = 1'000;
constexpr std::size_t kFewKeys = 8;

constexpr char kTakeImportTurn[] = "SELECT id FROM import_turn WHERE id = 1 FOR UPDATE";
constexpr char kCompaniesOfPeople[] = "SELECT company FROM people WHERE email IN ";
constexpr char kLockCompaniesByKey[] =
    "SELECT id, display_name, name_key, representative, version FROM companies WHERE name_key IN ";
constexpr char kLockCompaniesById[] =
    "SELECT id, display_name, name_key, representative, version FROM companies WHERE id IN ";
constexpr char kLockPeople[] =
    "SELECT id, email, full_name, company, accepted_letters FROM people WHERE email IN ";
constexpr char kPeriodsOfHolders[] =
    "SELECT holder, category, start_date, end_date FROM memberships WHERE holder IN ";
constexpr char kLinksOfPeople[] =
    "SELECT id, person, company, role, start_date, end_date FROM links WHERE person IN ";
constexpr char kRepresentatives[] =
    "SELECT id, person, company, role, start_date, end_date FROM links WHERE role = 'REPRESENTATIVE' AND "
    "company IN ";
constexpr char kLettersOfPeople[] =
    "SELECT person, recorded_on, accepted FROM letter_counts WHERE person IN ";
constexpr char kAsCommitted[] = " LOCK IN SHARE MODE";
constexpr char kInOrder[] = " ORDER BY start_date, id LOCK IN SHARE MODE";
constexpr char kRunningCredentials[] =
    "SELECT DISTINCT i.unit, e.representative FROM issuances i JOIN manifests m ON m.election = i.election"
    " JOIN roll_entries e ON e.election = i.election AND e.unit = i.unit AND e.until_revision = 0"
    " WHERE m.voting_closes > ? AND i.unit IN ";

constexpr char kInsertCompanies[] =
    "INSERT INTO companies (id, display_name, name_key, representative, version) VALUES";
constexpr char kSetRepresentative[] =
    "UPDATE companies SET representative = ?, version = version + 1 WHERE id = ?";
constexpr char kInsertPeople[] =
    "INSERT INTO people (id, email, full_name, company, accepted_letters) VALUES";
constexpr char kChangePerson[] =
    "UPDATE people SET full_name = ?, company = ?, accepted_letters = ? WHERE id = ?";
constexpr char kInsertFormerNames[] = "INSERT INTO former_names (holder, name, held_until, source) VALUES";
constexpr char kInsertPeriods[] =
    "INSERT INTO memberships (holder, category, start_date, end_date, source, batch) VALUES";
constexpr char kInsertLinks[] =
    "INSERT INTO links (id, person, company, role, start_date, end_date, source, batch, employee_now,"
    " representative_now) VALUES";
constexpr char kEndLink[] =
    "UPDATE links SET end_date = ?, end_source = ?, employee_now = NULL, administrator_now = NULL,"
    " representative_now = NULL WHERE id = ?";
constexpr char kInsertLetters[] =
    "INSERT INTO letter_counts (person, recorded_on, accepted, source, batch) VALUES";
constexpr char kInsertChanges[] =
    "INSERT INTO import_changes (batch, sequence, kind, subject, company, link, role, category, start_date,"
    " end_date, before_text, after_text) VALUES";
constexpr char kInsertBatch[] =
    "INSERT INTO import_batches (id, source, file_sha256, row_count, imported_at, actor, year, "
    "people_created,"
    " people_updated, companies_created, memberships_created, facts_kept, change_count, changes_kept)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)";

std::string Placeholders(std::size_t count) {
  std::string list = "(?";
  for (std::size_t i = 1; i < count; ++i) list += ", ?";
  return list + ")";
}

// Runs "… IN (…)<suffix>" over all the keys, ascending; `first` are the parameters before them.
absl::Status LookUp(db::Session& session, std::string_view sql, std::string_view suffix,
                    const std::set<std::string>& keys, const std::function<void(const db::Row&)>& each,
                    const db::Params& first = {}) {
  static const std::string& many = *new std::string(Placeholders(kKeysPerLookup));
  static const std::string& few = *new std::string(Placeholders(kFewKeys));
  const bool small = keys.size() <= kFewKeys;
  const std::string statement = std::string(sql) + (small ? few : many) + std::string(suffix);
  const std::size_t size = first.size() + (small ? kFewKeys : kKeysPerLookup);
  for (auto next = keys.begin(); next != keys.end();) {
    db::Params params = first;
    for (; params.size() < size && next != keys.end(); ++next) params.emplace_back(*next);
    params.resize(size, params.back());
    RETURN_IF_ERROR(session.Query(statement, params, each));
  }
  return absl::OkStatus();
}

absl::Status InsertAll(db::Transaction& transaction, std::string_view sql,
                       const std::vector<db::Params>& rows) {
  ASSIGN_OR_RETURN(const db::InsertOutcome outcome, transaction.InsertMany(sql, rows));
  return outcome.inserted() ? absl::OkStatus() : errors::RegisterChanged();
}

db::Value TextOrNull(const std::string& text) {
  return text.empty() ? db::Value(db::Null()) : db::Value(text);
}

using Role = rules::KnownLink::Role;

const char* WordOf(Role role) {
  switch (role) {
    case Role::kEmployee:
      return "EMPLOYEE";
    case Role::kAdministrator:
      return "ADMINISTRATOR";
    case Role::kRepresentative:
      return "REPRESENTATIVE";
  }
  return "";
}

rules::KnownLink LinkOf(const db::Row& row) {
  const std::string& role = row.Text(3);
  rules::KnownLink link{.id = row.Text(0),
                        .person = row.Text(1),
                        .company = row.Text(2),
                        .role = role == "REPRESENTATIVE"  ? Role::kRepresentative
                                : role == "ADMINISTRATOR" ? Role::kAdministrator
                                                          : Role::kEmployee,
                        .stay = {StoredDate(row.Text(4)), std::nullopt}};
  if (const auto end = row.OptionalText(5); end.has_value()) link.stay.end = StoredDate(*end);
  return link;
}

// Reads what belongs to the people and companies that were found, as it is committed: an import has read its
// own rows before, and a snapshot is older than the locks.
absl::Status LoadFacts(db::Transaction& transaction, absl::Time now, rules::KnownRegister& known) {
  ASSIGN_OR_RETURN(known.categories, LoadCategories(transaction, DateOf(now)));
  std::set<std::string> people;
  std::set<std::string> companies;
  for (const auto& [email, person] : known.people) people.insert(person.id);
  for (const auto& [key, company] : known.companies) companies.insert(company.id);
  std::set<std::string> holders = people;
  holders.insert(companies.begin(), companies.end());
  RETURN_IF_ERROR(LookUp(transaction, kPeriodsOfHolders, kAsCommitted, holders, [&](const db::Row& row) {
    known.periods[row.Text(0)].push_back(PeriodOf(row, 1));
  }));
  RETURN_IF_ERROR(LookUp(transaction, kLinksOfPeople, kInOrder, people,
                         [&](const db::Row& row) { known.links[row.Text(1)].push_back(LinkOf(row)); }));
  RETURN_IF_ERROR(LookUp(transaction, kRepresentatives, kInOrder, companies, [&](const db::Row& row) {
    known.representatives[row.Text(2)].push_back(LinkOf(row));
  }));
  RETURN_IF_ERROR(LookUp(
      transaction, kLettersOfPeople, " ORDER BY recorded_on, sequence LOCK IN SHARE MODE", people,
      [&](const db::Row& row) {
        known.letters[row.Text(0)].push_back({StoredDate(row.Text(1)), static_cast<int>(row.Int64(2))});
      }));
  return LookUp(transaction, kRunningCredentials, kAsCommitted, companies,
                [&](const db::Row& row) { known.collectors[row.Text(0)].insert(row.Text(1)); },
                {db::ToMicros(now)});
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
    keys.insert(row.company_key.empty() ? rules::CompanyKey(row.company.empty() ? row.full_name : row.company)
                                        : row.company_key);
  }
  rules::KnownRegister known;
  std::set<std::string> companies;
  const auto add_company = [&](const db::Row& row) {
    rules::RegisterCompany company = CompanyOf(row);
    companies.erase(company.id);
    known.companies.emplace(company.key, std::move(company));
  };
  RETURN_IF_ERROR(LookUp(transaction, kCompaniesOfPeople, "", emails,
                         [&](const db::Row& row) { companies.insert(row.Text(0)); }));
  RETURN_IF_ERROR(
      LookUp(transaction, kLockCompaniesByKey, " ORDER BY name_key FOR UPDATE", keys, add_company));
  const std::set<std::string> others = companies;
  RETURN_IF_ERROR(LookUp(transaction, kLockCompaniesById, " ORDER BY id FOR UPDATE", others, add_company));
  RETURN_IF_ERROR(
      LookUp(transaction, kLockPeople, " ORDER BY email FOR UPDATE", emails, [&](const db::Row& row) {
        rules::RegisterPerson person = PersonOf(row);
        known.people.emplace(person.email, std::move(person));
      }));
  std::set<std::string> missing;
  for (const auto& [email, person] : known.people) missing.insert(person.company);
  for (const auto& [key, company] : known.companies) missing.erase(company.id);
  // Somebody was moved between the first look and the lock.
  RETURN_IF_ERROR(LookUp(transaction, kLockCompaniesById, " ORDER BY id FOR UPDATE", missing, add_company));
  RETURN_IF_ERROR(LoadFacts(transaction, now, known));
  return known;
}

absl::Status ImportWriter::Store(const rules::ImportPlan& plan) {
  RETURN_IF_ERROR(StoreCompanies(plan));
  RETURN_IF_ERROR(StorePeople(plan));
  RETURN_IF_ERROR(StoreLinks(plan));
  RETURN_IF_ERROR(StoreFacts(plan));
  return StoreChanges();
}

// `change`: kind, subject, company, link, role, category, start_date, end_date, before_text, after_text; the
// last ones may be left out.
void ImportWriter::Changed(db::Params change) {
  constexpr std::size_t kColumns = 10;
  change.resize(kColumns, db::Null());
  db::Params row = {batch_.id, ++changes_};
  row.insert(row.end(), std::make_move_iterator(change.begin()), std::make_move_iterator(change.end()));
  pending_.push_back(std::move(row));
}

absl::Status ImportWriter::StoreChanges() {
  const std::vector<db::Params> rows = std::move(pending_);
  pending_.clear();
  return InsertAll(transaction_, kInsertChanges, rows);
}

absl::Status ImportWriter::StoreCompanies(const rules::ImportPlan& plan) {
  std::vector<db::Params> rows;
  std::vector<NamedHolder> named;
  for (const rules::RegisterCompany& company : plan.new_companies) {
    rows.push_back(
        {company.id, company.display_name, company.key, TextOrNull(company.representative), company.version});
    named.push_back({company.id, company.display_name});
    Changed({"COMPANY_ADDED", company.id});
  }
  RETURN_IF_ERROR(InsertAll(transaction_, kInsertCompanies, rows));
  RETURN_IF_ERROR(InsertSearchWords(transaction_, named));
  for (const rules::NewRepresentative& named_now : plan.new_representatives) {
    RETURN_IF_ERROR(
        transaction_.Execute(kSetRepresentative, {TextOrNull(named_now.person), named_now.company}).status());
  }
  return absl::OkStatus();
}

absl::Status ImportWriter::StorePeople(const rules::ImportPlan& plan) {
  std::vector<db::Params> rows;
  std::vector<NamedHolder> named;
  for (const rules::RegisterPerson& person : plan.new_people) {
    rows.push_back({person.id, person.email, person.full_name, person.company, person.accepted_letters});
    named.push_back({person.id, person.full_name});
    Changed({"PERSON_ADDED", person.id});
  }
  RETURN_IF_ERROR(InsertAll(transaction_, kInsertPeople, rows));
  RETURN_IF_ERROR(InsertSearchWords(transaction_, named));
  for (const rules::RegisterPerson& person : plan.changed_people) {
    RETURN_IF_ERROR(
        transaction_
            .Execute(kChangePerson, {person.full_name, person.company, person.accepted_letters, person.id})
            .status());
  }
  std::vector<db::Params> former;
  for (const rules::Rename& rename : plan.renames) {
    former.push_back({rename.person, rename.before, DateValue(DateOf(batch_.imported_at)), batch_.source});
    RETURN_IF_ERROR(ReplaceSearchWords(transaction_, {rename.person, rename.after}));
    Changed({"PERSON_RENAMED", rename.person, db::Null(), db::Null(), db::Null(), db::Null(), db::Null(),
             db::Null(), rename.before, rename.after});
  }
  return InsertAll(transaction_, kInsertFormerNames, former);
}

absl::Status ImportWriter::StoreLinks(const rules::ImportPlan& plan) {
  for (const rules::KnownLink& link : plan.ended_links) {
    RETURN_IF_ERROR(
        transaction_.Execute(kEndLink, {DateValue(link.stay.end), batch_.source, link.id}).status());
    Changed({"LINK_ENDED", link.person, link.company, link.id, WordOf(link.role), db::Null(),
             DateValue(link.stay.start), DateValue(link.stay.end)});
  }
  std::vector<db::Params> rows;
  for (const rules::KnownLink& link : plan.new_links) {
    const bool open = !link.stay.end.has_value();
    const auto key = [&](Role role, const std::string& text) {
      return open && link.role == role ? db::Value(text) : db::Value(db::Null());
    };
    rows.push_back({link.id, link.person, link.company, WordOf(link.role), DateValue(link.stay.start),
                    DateValue(link.stay.end), batch_.source, batch_.id, key(Role::kEmployee, link.person),
                    key(Role::kRepresentative, link.company)});
    Changed({"LINK_ADDED", link.person, link.company, link.id, WordOf(link.role), db::Null(),
             DateValue(link.stay.start), DateValue(link.stay.end)});
  }
  return InsertAll(transaction_, kInsertLinks, rows);
}

absl::Status ImportWriter::StoreFacts(const rules::ImportPlan& plan) {
  std::vector<db::Params> periods;
  for (const rules::NewPeriod& added : plan.new_periods) {
    const rules::Period& period = added.period;
    periods.push_back({added.holder, period.category, DateValue(period.start), DateValue(period.end),
                       batch_.source, batch_.id});
    Changed({"PERIOD_ADDED", added.holder, db::Null(), db::Null(), db::Null(), period.category,
             DateValue(period.start), DateValue(period.end)});
  }
  RETURN_IF_ERROR(InsertAll(transaction_, kInsertPeriods, periods));
  std::vector<db::Params> letters;
  for (const rules::NewLetters& added : plan.new_letters) {
    const rules::LetterCount& count = added.count;
    letters.push_back({added.person, DateValue(count.recorded_on), count.accepted, batch_.source, batch_.id});
    Changed({"LETTERS_RECORDED", added.person, db::Null(), db::Null(), db::Null(), db::Null(),
             DateValue(count.recorded_on), db::Null(), std::to_string(added.before),
             std::to_string(count.accepted)});
  }
  return InsertAll(transaction_, kInsertLetters, letters);
}

absl::Status ImportWriter::Finish(const rules::ImportCounts& counts) {
  return transaction_
      .Execute(kInsertBatch, {batch_.id, batch_.source, batch_.file_sha256, batch_.row_count,
                              db::ToMicros(batch_.imported_at), batch_.actor, batch_.year,
                              counts.people_created, counts.people_updated, counts.companies_created,
                              counts.memberships_created, counts.facts_kept, changes_})
      .status();
}

}  // namespace plenary::membership::store
