#include "services/membership/store/facts.h"

#include <map>
#include <utility>

#include "common/status/macros.h"
#include "services/membership/store/dates.h"
#include "services/membership/store/rows.h"
#include "services/membership/store/survivors.h"
#include "services/membership/store/verification.h"

namespace plenary::membership::store {
namespace {

constexpr char kSelectCategories[] =
    "SELECT category, display_name, can_vote, can_hold_office, can_vote_in_committee, can_attend,"
    " seats_included, price_cents, term_months, grace_days, required_letters, required_credit_hundredths,"
    " required_code_version, valid_from FROM category_versions v WHERE v.valid_from = COALESCE("
    "(SELECT MAX(w.valid_from) FROM category_versions w WHERE w.category = v.category AND w.valid_from <= ?),"
    " (SELECT MIN(w.valid_from) FROM category_versions w WHERE w.category = v.category)) ORDER BY category";
constexpr char kSelectWaivers[] =
    "SELECT id, for_vote, for_office, for_contest, valid_from, valid_until, requirement FROM waivers"
    " ORDER BY sequence";
constexpr char kSelectCompanies[] = "SELECT id, display_name FROM companies WHERE id > ? ORDER BY id LIMIT ?";
constexpr char kSelectCompany[] = "SELECT id, display_name FROM companies WHERE id = ?";
constexpr char kSelectPerson[] = "SELECT id, full_name FROM people WHERE id = ?";
constexpr char kSelectEmployees[] =
    "SELECT l.company, p.id, p.full_name FROM links l JOIN people p ON p.id = l.person"
    " WHERE l.company BETWEEN ? AND ? AND l.role = 'EMPLOYEE' AND l.start_date <= ?"
    " AND (l.end_date IS NULL OR l.end_date > ?) ORDER BY l.company, p.id";
constexpr char kSelectRoles[] =
    "SELECT company, person, role FROM links WHERE company BETWEEN ? AND ?"
    " AND role IN ('ADMINISTRATOR', 'REPRESENTATIVE') AND start_date <= ?"
    " AND (end_date IS NULL OR end_date > ?) ORDER BY company, person";
constexpr char kSelectCompanyActs[] =
    "SELECT a.holder, a.kind, a.effective_on, a.category, a.start_date, a.motion FROM companies c"
    " JOIN membership_acts a ON a.holder = c.id WHERE c.id BETWEEN ? AND ? ORDER BY a.sequence";

// What is known of people, each row beginning with the person: of those who worked for a range of companies
// on a day (parameters first, last, day, day), or of one (parameter person). Dated ones take the day first.
struct FactStatements {
  const char* letters;  // dated
  const char* periods;
  const char* acts;
  const char* credits;  // dated
  const char* codes;    // dated
  // What verifies people beside their letters: kind, and what it is about. Three parts, of which each takes
  // the day twice (the last one three times), and then the parameters.
  const char* evidence;
};

constexpr FactStatements kOfCompanies = {
    .letters =
        "SELECT c.person, c.accepted FROM links l JOIN letter_counts c ON c.person = l.person"
        " AND c.recorded_on <= ? WHERE l.company BETWEEN ? AND ? AND l.role = 'EMPLOYEE' AND l.start_date <= "
        "?"
        " AND (l.end_date IS NULL OR l.end_date > ?) ORDER BY c.person, c.recorded_on, c.sequence",
    .periods =
        "SELECT m.holder, m.category, m.start_date, m.end_date FROM links l"
        " JOIN memberships m ON m.holder = l.person WHERE l.company BETWEEN ? AND ? AND l.role = 'EMPLOYEE'"
        " AND l.start_date <= ? AND (l.end_date IS NULL OR l.end_date > ?)"
        " ORDER BY m.holder, m.start_date, m.category",
    .acts =
        "SELECT a.holder, a.kind, a.effective_on, a.category, a.start_date, a.motion FROM links l"
        " JOIN membership_acts a ON a.holder = l.person WHERE l.company BETWEEN ? AND ? AND l.role = "
        "'EMPLOYEE'"
        " AND l.start_date <= ? AND (l.end_date IS NULL OR l.end_date > ?) ORDER BY a.sequence",
    .credits =
        "SELECT c.person, c.earned_on, c.hundredths FROM links l JOIN credits c ON c.person = l.person"
        " AND c.state = 'APPROVED' AND c.earned_on <= ? WHERE l.company BETWEEN ? AND ?"
        " AND l.role = 'EMPLOYEE' AND l.start_date <= ? AND (l.end_date IS NULL OR l.end_date > ?)",
    .codes =
        "SELECT c.person, c.code_version FROM links l JOIN code_acceptances c ON c.person = l.person"
        " AND c.accepted_on <= ? WHERE l.company BETWEEN ? AND ? AND l.role = 'EMPLOYEE' AND l.start_date <= "
        "?"
        " AND (l.end_date IS NULL OR l.end_date > ?)",
    .evidence =
        "SELECT v.person, 'VOUCH', '' FROM links l JOIN vouches v ON v.person = l.person AND v.start_date <= "
        "?"
        " AND (v.end_date IS NULL OR v.end_date > ?)"
        " WHERE l.company BETWEEN ? AND ? AND l.role = 'EMPLOYEE' AND l.start_date <= ?"
        " AND (l.end_date IS NULL OR l.end_date > ?)"
        " UNION ALL SELECT g.person, 'GRANT', g.category FROM links l JOIN verification_grants g"
        " ON g.person = l.person AND g.start_date <= ? AND (g.end_date IS NULL OR g.end_date > ?)"
        " WHERE l.company BETWEEN ? AND ? AND l.role = 'EMPLOYEE' AND l.start_date <= ?"
        " AND (l.end_date IS NULL OR l.end_date > ?)"
        " UNION ALL SELECT c.person, 'TRACK', c.track FROM links l JOIN certifications c ON c.person = "
        "l.person"
        " AND c.granted_on <= ? AND (c.valid_until IS NULL OR c.valid_until > ?)"
        " AND (c.revoked_on IS NULL OR c.revoked_on > ?)"
        " WHERE l.company BETWEEN ? AND ? AND l.role = 'EMPLOYEE' AND l.start_date <= ?"
        " AND (l.end_date IS NULL OR l.end_date > ?)",
};

constexpr FactStatements kOfPerson = {
    .letters =
        "SELECT person, accepted FROM letter_counts WHERE recorded_on <= ? AND person = ?"
        " ORDER BY recorded_on, sequence",
    .periods =
        "SELECT holder, category, start_date, end_date FROM memberships WHERE holder = ?"
        " ORDER BY start_date, category",
    .acts =
        "SELECT holder, kind, effective_on, category, start_date, motion FROM membership_acts WHERE holder = "
        "?"
        " ORDER BY sequence",
    .credits =
        "SELECT person, earned_on, hundredths FROM credits WHERE state = 'APPROVED' AND earned_on <= ?"
        " AND person = ?",
    .codes = "SELECT person, code_version FROM code_acceptances WHERE accepted_on <= ? AND person = ?",
    .evidence =
        "SELECT person, 'VOUCH', '' FROM vouches WHERE start_date <= ? AND (end_date IS NULL OR end_date > ?)"
        " AND person = ?"
        " UNION ALL SELECT person, 'GRANT', category FROM verification_grants WHERE start_date <= ?"
        " AND (end_date IS NULL OR end_date > ?) AND person = ?"
        " UNION ALL SELECT person, 'TRACK', track FROM certifications WHERE granted_on <= ?"
        " AND (valid_until IS NULL OR valid_until > ?) AND (revoked_on IS NULL OR revoked_on > ?) AND person "
        "= ?",
};

using People = std::map<std::string, rules::PersonFacts*, std::less<>>;

rules::WaiverTerms WaiverOf(const db::Row& row) {
  rules::WaiverTerms waiver{.id = row.Text(0), .requirement = RequirementOf(row.Text(6))};
  if (row.Bool(1)) waiver.acts.push_back(v1::ACT_VOTE);
  if (row.Bool(2)) waiver.acts.push_back(v1::ACT_HOLD_OFFICE);
  if (row.Bool(3)) waiver.acts.push_back(v1::ACT_CONTEST);
  waiver.valid_from = StoredDate(row.Text(4));
  waiver.valid_until = StoredDate(row.Text(5));
  return waiver;
}

// Hands each row to its person.
template <typename Take>
absl::Status EachOf(db::Session& session, const char* statement, const db::Params& params, People& people,
                    const Take& take) {
  return session.Query(statement, params, [&](const db::Row& row) {
    const auto person = people.find(row.Text(0));
    if (person != people.end()) take(row, *person->second);
  });
}

void AddEvidence(const db::Row& row, rules::PersonFacts& person) {
  const std::string& kind = row.Text(1);
  if (kind == "VOUCH") ++person.evidence.vouchers;
  if (kind == "GRANT") person.evidence.granted_categories.push_back(row.Text(2));
  if (kind == "TRACK") person.evidence.tracks.push_back(row.Text(2));
}

db::Params ParamsOfEvidence(const db::Params& scope, absl::CivilDay day) {
  db::Params params;
  for (const int days : {2, 2, 3}) {
    params.insert(params.end(), days, DateValue(day));
    params.insert(params.end(), scope.begin(), scope.end());
  }
  return params;
}

absl::Status LoadFacts(db::Session& session, const FactStatements& statements, const db::Params& scope,
                       absl::CivilDay day, People& people) {
  db::Params dated = {DateValue(day)};
  dated.insert(dated.end(), scope.begin(), scope.end());
  using rules::PersonFacts;
  RETURN_IF_ERROR(
      EachOf(session, statements.letters, dated, people, [](const db::Row& row, PersonFacts& person) {
        person.accepted_letters = static_cast<int>(row.Int64(1));  // the last one holds
      }));
  RETURN_IF_ERROR(
      EachOf(session, statements.periods, scope, people,
             [](const db::Row& row, PersonFacts& person) { person.periods.push_back(PeriodOf(row, 1)); }));
  RETURN_IF_ERROR(
      EachOf(session, statements.acts, scope, people,
             [](const db::Row& row, PersonFacts& person) { person.acts.push_back(ActOf(row, 1)); }));
  RETURN_IF_ERROR(
      EachOf(session, statements.credits, dated, people, [](const db::Row& row, PersonFacts& person) {
        person.credits.push_back({StoredDate(row.Text(1)), row.Int64(2)});
      }));
  RETURN_IF_ERROR(
      EachOf(session, statements.codes, dated, people,
             [](const db::Row& row, PersonFacts& person) { person.accepted_codes.insert(row.Text(1)); }));
  return EachOf(session, statements.evidence, ParamsOfEvidence(scope, day), people, AddEvidence);
}

// Adds the people of all the companies, which ascend by id, and what was decided about the companies.
absl::Status LoadPeople(db::Session& session, absl::CivilDay day,
                        std::vector<rules::CompanyFacts>& companies) {
  if (companies.empty()) return absl::OkStatus();
  const db::Params scope = {companies.front().id, companies.back().id, DateValue(day), DateValue(day)};
  std::map<std::string, rules::CompanyFacts*> by_id;
  for (rules::CompanyFacts& company : companies) by_id.emplace(company.id, &company);
  RETURN_IF_ERROR(session.Query(kSelectEmployees, scope, [&](const db::Row& row) {
    const auto company = by_id.find(row.Text(0));
    if (company != by_id.end()) {
      company->second->people.push_back({.id = row.Text(1), .full_name = row.Text(2)});
    }
  }));
  RETURN_IF_ERROR(session.Query(kSelectRoles, scope, [&](const db::Row& row) {
    const auto company = by_id.find(row.Text(0));
    if (company == by_id.end()) return;
    if (row.Text(2) == "ADMINISTRATOR") {
      company->second->administrators.push_back(row.Text(1));
    } else {
      company->second->representative = row.Text(1);
    }
  }));
  RETURN_IF_ERROR(
      session.Query(kSelectCompanyActs, {companies.front().id, companies.back().id}, [&](const db::Row& row) {
        const auto company = by_id.find(row.Text(0));
        if (company != by_id.end()) company->second->acts.push_back(ActOf(row, 1));
      }));
  People people;
  for (rules::CompanyFacts& company : companies) {
    for (rules::PersonFacts& person : company.people) people.emplace(person.id, &person);
  }
  return LoadFacts(session, kOfCompanies, scope, day, people);
}

}  // namespace

absl::StatusOr<rules::Categories> LoadCategories(db::Session& session, absl::CivilDay day) {
  rules::Categories categories;
  RETURN_IF_ERROR(session.Query(kSelectCategories, {DateValue(day)}, [&](const db::Row& row) {
    categories.emplace(row.Text(0), CategoryOf(row));
  }));
  return categories;
}

absl::StatusOr<rules::Provisions> LoadProvisions(db::Session& session, absl::CivilDay day) {
  rules::Provisions provisions;
  ASSIGN_OR_RETURN(provisions.categories, LoadCategories(session, day));
  RETURN_IF_ERROR(session.Query(kSelectWaivers, {},
                                [&](const db::Row& row) { provisions.waivers.push_back(WaiverOf(row)); }));
  ASSIGN_OR_RETURN(provisions.ways, LoadWays(session, day));
  return provisions;
}

absl::StatusOr<std::vector<rules::CompanyFacts>> LoadCompanies(db::Session& session, absl::CivilDay day,
                                                               std::string_view after, std::int64_t limit) {
  std::vector<rules::CompanyFacts> companies;
  RETURN_IF_ERROR(session.Query(kSelectCompanies, {after, limit}, [&](const db::Row& row) {
    companies.push_back({.id = row.Text(0), .display_name = row.Text(1)});
  }));
  RETURN_IF_ERROR(LoadPeople(session, day, companies));
  return companies;
}

absl::StatusOr<std::optional<rules::CompanyFacts>> LoadCompany(db::Session& session, std::string_view company,
                                                               absl::CivilDay day) {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(kSelectCompany, {company}));
  if (!row.has_value()) return std::optional<rules::CompanyFacts>();
  std::vector<rules::CompanyFacts> companies = {{.id = row->Text(0), .display_name = row->Text(1)}};
  RETURN_IF_ERROR(LoadPeople(session, day, companies));
  return std::optional<rules::CompanyFacts>(std::move(companies.front()));
}

absl::StatusOr<std::optional<rules::PersonFacts>> LoadPersonFacts(db::Session& session,
                                                                  std::string_view person,
                                                                  absl::CivilDay day) {
  ASSIGN_OR_RETURN(auto row, session.QueryOne(kSelectPerson, {person}));
  std::string current(person);
  if (!row.has_value()) {
    ASSIGN_OR_RETURN(current, SurvivorOf(session, person));
    ASSIGN_OR_RETURN(row, session.QueryOne(kSelectPerson, {current}));
  }
  if (!row.has_value()) return std::optional<rules::PersonFacts>();
  rules::PersonFacts facts{.id = row->Text(0), .full_name = row->Text(1)};
  People people = {{facts.id, &facts}};
  RETURN_IF_ERROR(LoadFacts(session, kOfPerson, {current}, day, people));
  return std::optional<rules::PersonFacts>(std::move(facts));
}

}  // namespace plenary::membership::store
