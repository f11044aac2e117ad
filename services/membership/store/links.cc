#include "services/membership/store/links.h"

#include <algorithm>
#include <utility>

#include "common/db/timestamps.h"
#include "common/status/macros.h"
#include "services/membership/errors.h"
#include "services/membership/names.h"
#include "services/membership/rules/company_key.h"
#include "services/membership/store/dates.h"
#include "services/membership/store/search.h"
#include "services/membership/store/seats.h"

namespace plenary::membership::store {
namespace {

constexpr char kCompanyOfPerson[] = "SELECT company FROM people WHERE id = ?";
constexpr char kLockPerson[] = "SELECT company FROM people WHERE id = ? FOR UPDATE";
constexpr char kLockCompany[] = "SELECT id FROM companies WHERE id = ? FOR UPDATE";
constexpr char kOpenLinksOfPerson[] =
    "SELECT start_date FROM links WHERE person = ? AND end_date IS NULL FOR UPDATE";
constexpr char kEndLinksOfPerson[] =
    "UPDATE links SET end_date = GREATEST(start_date, ?), end_source = ?, employee_now = NULL,"
    " administrator_now = NULL, representative_now = NULL WHERE person = ? AND end_date IS NULL";
constexpr char kLeaveCompany[] =
    "UPDATE companies SET representative = IF(representative = ?, NULL, representative), version = version + "
    "1"
    " WHERE id = ?";
constexpr char kSetCompany[] = "UPDATE people SET company = ? WHERE id = ?";

constexpr char kInsertLink[] =
    "INSERT INTO links (id, person, company, role, start_date, source, employee_now, administrator_now,"
    " representative_now) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr char kEndLink[] =
    "UPDATE links SET end_date = GREATEST(start_date, ?), end_source = ?, employee_now = NULL,"
    " administrator_now = NULL, representative_now = NULL"
    " WHERE person = ? AND company = ? AND role = ? AND end_date IS NULL";
constexpr char kLockRepresentative[] =
    "SELECT person, start_date FROM links WHERE representative_now = ? FOR UPDATE";
constexpr char kSetRepresentative[] =
    "UPDATE companies SET representative = ?, version = version + 1 WHERE id = ?";
constexpr char kTouchCompany[] = "UPDATE companies SET version = version + 1 WHERE id = ?";

constexpr char kLinksOfPerson[] =
    "SELECT id, person, company, role, start_date, end_date, source, end_source FROM links WHERE person = ?"
    " ORDER BY start_date, id";
constexpr char kLinksOfCompany[] =
    "SELECT id, person, company, role, start_date, end_date, source, end_source FROM links"
    " WHERE company = ? AND id > ? ORDER BY id LIMIT ?";
constexpr char kFindAdministrator[] = "SELECT id FROM links WHERE administrator_now = ?";
constexpr char kCountAdministrators[] =
    "SELECT COUNT(*) FROM links WHERE company = ? AND role = 'ADMINISTRATOR' AND end_date IS NULL";
constexpr char kRunningCredential[] =
    "SELECT i.election FROM issuances i JOIN manifests m ON m.election = i.election"
    " JOIN roll_entries e ON e.election = i.election AND e.unit = i.unit AND e.until_revision = 0"
    " WHERE i.unit = ? AND e.representative = ? AND m.voting_closes > ? LIMIT 1 LOCK IN SHARE MODE";

constexpr char kInsertPerson[] =
    "INSERT INTO people (id, email, full_name, company, accepted_letters) VALUES (?, ?, ?, ?, 0)";
constexpr char kInsertCompany[] =
    "INSERT INTO companies (id, display_name, name_key, version) VALUES (?, ?, ?, 1)";
constexpr char kFindCompanyByKey[] = "SELECT id FROM companies WHERE name_key = ? FOR UPDATE";

const char* WordOf(LinkRole role) {
  switch (role) {
    case LinkRole::kEmployee:
      return "EMPLOYEE";
    case LinkRole::kAdministrator:
      return "ADMINISTRATOR";
    case LinkRole::kRepresentative:
      return "REPRESENTATIVE";
  }
  return "";
}

LinkRole RoleOf(std::string_view word) {
  if (word == "ADMINISTRATOR") return LinkRole::kAdministrator;
  return word == "REPRESENTATIVE" ? LinkRole::kRepresentative : LinkRole::kEmployee;
}

Link LinkOf(const db::Row& row) {
  Link link{.id = row.Text(0),
            .person = row.Text(1),
            .company = row.Text(2),
            .role = RoleOf(row.Text(3)),
            .start = StoredDate(row.Text(4)),
            .source = row.Text(6),
            .end_source = row.Text(7)};
  if (const auto end = row.OptionalText(5); end.has_value()) link.end = StoredDate(*end);
  return link;
}

std::string AdministratorKey(std::string_view person, std::string_view company) {
  return std::string(person) + std::string(company);
}

absl::StatusOr<bool> InsertLink(db::Transaction& transaction, IdSource& ids, std::string_view person,
                                std::string_view company, LinkRole role, absl::CivilDay on,
                                std::string_view source) {
  const auto key = [&](LinkRole of, std::string text) {
    return role == of ? db::Value(std::move(text)) : db::Value(db::Null());
  };
  ASSIGN_OR_RETURN(
      const db::InsertOutcome outcome,
      transaction.Insert(kInsertLink, {ids.NextText(), person, company, WordOf(role), DateValue(on), source,
                                       key(LinkRole::kEmployee, std::string(person)),
                                       key(LinkRole::kAdministrator, AdministratorKey(person, company)),
                                       key(LinkRole::kRepresentative, std::string(company))}));
  return outcome.inserted();
}

absl::Status LockCompanies(db::Transaction& transaction, std::string a, std::string b) {
  if (b < a) std::swap(a, b);
  for (const std::string& company : {a, b}) {
    ASSIGN_OR_RETURN(const auto row, transaction.QueryOne(kLockCompany, {company}));
    if (!row.has_value()) return errors::CompanyNotFound(ResourceName(kCompanies, company));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> LockForMove(db::Transaction& transaction, std::string_view person,
                                        std::string_view company, std::string last_seen) {
  const absl::Status not_found = errors::PersonNotFound(ResourceName(kPeople, person));
  if (last_seen.empty()) {
    ASSIGN_OR_RETURN(const auto before, transaction.QueryOne(kCompanyOfPerson, {person}));
    if (!before.has_value()) return not_found;
    last_seen = before->Text(0);
  }
  RETURN_IF_ERROR(LockCompanies(transaction, last_seen, std::string(company)));
  ASSIGN_OR_RETURN(const auto locked, transaction.QueryOne(kLockPerson, {person}));
  if (!locked.has_value()) return not_found;
  std::string from = locked->Text(0);
  // Someone else moved the person in between: that company counts, too.
  if (from != last_seen) RETURN_IF_ERROR(transaction.QueryOne(kLockCompany, {from}).status());
  return from;
}

absl::StatusOr<bool> MovePerson(db::Transaction& transaction, IdSource& ids, std::string_view person,
                                std::string_view company, absl::CivilDay on, std::string_view source) {
  ASSIGN_OR_RETURN(const std::string from, LockForMove(transaction, person, company));
  if (from == company) return false;
  absl::CivilDay start = on;
  RETURN_IF_ERROR(transaction.Query(kOpenLinksOfPerson, {person}, [&](const db::Row& row) {
    start = std::max(start, StoredDate(row.Text(0)));
  }));
  RETURN_IF_ERROR(transaction.Execute(kEndLinksOfPerson, {DateValue(start), source, person}).status());
  RETURN_IF_ERROR(transaction.Execute(kLeaveCompany, {person, from}).status());
  RETURN_IF_ERROR(VacateSeat(transaction, ids, person, start, source));
  ASSIGN_OR_RETURN(const bool opened,
                   InsertLink(transaction, ids, person, company, LinkRole::kEmployee, start, source));
  if (!opened) return absl::InternalError("a person has two companies at a time");
  RETURN_IF_ERROR(transaction.Execute(kSetCompany, {company, person}).status());
  return true;
}

absl::StatusOr<bool> OpenLink(db::Transaction& transaction, IdSource& ids, std::string_view person,
                              std::string_view company, LinkRole role, absl::CivilDay on,
                              std::string_view source) {
  ASSIGN_OR_RETURN(const bool opened, InsertLink(transaction, ids, person, company, role, on, source));
  if (!opened || role == LinkRole::kEmployee) return opened;
  if (role == LinkRole::kRepresentative) {
    RETURN_IF_ERROR(transaction.Execute(kSetRepresentative, {person, company}).status());
  } else {
    RETURN_IF_ERROR(transaction.Execute(kTouchCompany, {company}).status());
  }
  return true;
}

absl::StatusOr<bool> EndLink(db::Transaction& transaction, std::string_view person, std::string_view company,
                             LinkRole role, absl::CivilDay on, std::string_view source) {
  ASSIGN_OR_RETURN(const std::int64_t ended,
                   transaction.Execute(kEndLink, {DateValue(on), source, person, company, WordOf(role)}));
  if (ended == 0 || role == LinkRole::kEmployee) return ended > 0;
  if (role == LinkRole::kRepresentative) {
    RETURN_IF_ERROR(transaction.Execute(kSetRepresentative, {db::Null(), company}).status());
  } else {
    RETURN_IF_ERROR(transaction.Execute(kTouchCompany, {company}).status());
  }
  return true;
}

absl::Status ReplaceRepresentative(db::Transaction& transaction, IdSource& ids, std::string_view company,
                                   std::string_view person, absl::CivilDay on, std::string_view source) {
  ASSIGN_OR_RETURN(const auto before, transaction.QueryOne(kLockRepresentative, {company}));
  if (before.has_value()) {
    on = std::max(on, StoredDate(before->Text(1)));
    RETURN_IF_ERROR(
        EndLink(transaction, before->Text(0), company, LinkRole::kRepresentative, on, source).status());
  }
  ASSIGN_OR_RETURN(const bool opened,
                   OpenLink(transaction, ids, person, company, LinkRole::kRepresentative, on, source));
  return opened ? absl::OkStatus() : absl::InternalError("a company has two representatives");
}

absl::StatusOr<std::vector<Link>> LinksOfPerson(db::Session& session, std::string_view person) {
  std::vector<Link> links;
  RETURN_IF_ERROR(
      session.Query(kLinksOfPerson, {person}, [&](const db::Row& row) { links.push_back(LinkOf(row)); }));
  return links;
}

absl::StatusOr<std::vector<Link>> LinksOfCompany(db::Session& session, std::string_view company,
                                                 std::string_view after, std::int64_t limit) {
  std::vector<Link> links;
  RETURN_IF_ERROR(session.Query(kLinksOfCompany, {company, after, limit},
                                [&](const db::Row& row) { links.push_back(LinkOf(row)); }));
  return links;
}

absl::StatusOr<bool> IsAdministrator(db::Session& session, std::string_view person,
                                     std::string_view company) {
  ASSIGN_OR_RETURN(const auto link,
                   session.QueryOne(kFindAdministrator, {AdministratorKey(person, company)}));
  return link.has_value();
}

absl::StatusOr<std::int64_t> CountAdministrators(db::Session& session, std::string_view company) {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(kCountAdministrators, {company}));
  return row.has_value() ? row->Int64(0) : 0;
}

absl::StatusOr<bool> HoldsRunningCredential(db::Transaction& transaction, std::string_view person,
                                            std::string_view company, absl::Time now) {
  ASSIGN_OR_RETURN(const auto election,
                   transaction.QueryOne(kRunningCredential, {company, person, db::ToMicros(now)}));
  return election.has_value();
}

absl::StatusOr<std::optional<std::string>> InsertPerson(db::Transaction& transaction, IdSource& ids,
                                                        const NewPerson& person) {
  std::string company = person.company;
  if (company.empty()) {
    ASSIGN_OR_RETURN(const auto own, InsertCompany(transaction, ids, person.full_name));
    if (!own.has_value()) return errors::CompanyNameTaken(person.full_name);
    company = *own;
  }
  std::string id = ids.NextText();
  ASSIGN_OR_RETURN(const db::InsertOutcome outcome,
                   transaction.Insert(kInsertPerson, {id, person.email, person.full_name, company}));
  if (!outcome.inserted()) return std::optional<std::string>();
  ASSIGN_OR_RETURN(const bool linked, InsertLink(transaction, ids, id, company, LinkRole::kEmployee,
                                                 person.since, person.source));
  if (!linked) return absl::InternalError("a new person has a company already");
  RETURN_IF_ERROR(InsertSearchWords(transaction, {{id, person.full_name}}));
  return std::optional<std::string>(std::move(id));
}

absl::StatusOr<std::string> FindOrInsertCompany(db::Transaction& transaction, IdSource& ids,
                                                std::string_view display_name) {
  ASSIGN_OR_RETURN(const auto made, InsertCompany(transaction, ids, display_name));
  if (made.has_value()) return *made;
  ASSIGN_OR_RETURN(const auto row,
                   transaction.QueryOne(kFindCompanyByKey, {rules::CompanyKey(display_name)}));
  if (!row.has_value()) return absl::InternalError("a company that was there is gone");
  return row->Text(0);
}

absl::StatusOr<std::optional<std::string>> InsertCompany(db::Transaction& transaction, IdSource& ids,
                                                         std::string_view display_name) {
  std::string id = ids.NextText();
  ASSIGN_OR_RETURN(const db::InsertOutcome outcome,
                   transaction.Insert(kInsertCompany, {id, display_name, rules::CompanyKey(display_name)}));
  if (!outcome.inserted()) return std::optional<std::string>();
  RETURN_IF_ERROR(InsertSearchWords(transaction, {{id, std::string(display_name)}}));
  return std::optional<std::string>(std::move(id));
}

}  // namespace plenary::membership::store
