#include "services/membership/store/facts.h"

#include <map>

#include "common/status/macros.h"
#include "services/membership/store/dates.h"
#include "services/membership/store/rows.h"

namespace plenary::membership::store {
namespace {

constexpr char kSelectCategories[] =
    "SELECT id, display_name, can_vote, can_hold_office, can_vote_in_committee, can_attend, seats_included,"
    " price_cents, term_months, grace_days, required_letters FROM categories ORDER BY id";
constexpr char kSelectWaivers[] =
    "SELECT id, for_vote, for_office, for_contest, valid_from, valid_until FROM waivers ORDER BY sequence";
constexpr char kSelectCompanies[] =
    "SELECT id, display_name, representative FROM companies WHERE id > ? ORDER BY id LIMIT ?";
constexpr char kSelectCompany[] = "SELECT id, display_name, representative FROM companies WHERE id = ?";
constexpr char kSelectPeople[] =
    "SELECT company, id, full_name, accepted_letters FROM people WHERE company BETWEEN ? AND ? ORDER BY "
    "company, id";
constexpr char kSelectPeriods[] =
    "SELECT p.company, m.holder, m.category, m.start_date, m.end_date FROM people p"
    " JOIN memberships m ON m.holder = p.id WHERE p.company BETWEEN ? AND ? ORDER BY m.holder, m.start_date, "
    "m.category";
constexpr char kSelectPerson[] = "SELECT id, full_name, accepted_letters FROM people WHERE id = ?";
constexpr char kSelectPeriodsOfPerson[] =
    "SELECT category, start_date, end_date FROM memberships WHERE holder = ? ORDER BY start_date, category";

rules::CompanyFacts FactsOf(const db::Row& row) {
  return {.id = row.Text(0), .display_name = row.Text(1), .representative = row.OptionalText(2).value_or("")};
}

rules::WaiverTerms WaiverOf(const db::Row& row) {
  rules::WaiverTerms waiver{.id = row.Text(0), .requirement = v1::REQUIREMENT_REFERENCE_LETTERS};
  if (row.Bool(1)) waiver.acts.push_back(v1::ACT_VOTE);
  if (row.Bool(2)) waiver.acts.push_back(v1::ACT_HOLD_OFFICE);
  if (row.Bool(3)) waiver.acts.push_back(v1::ACT_CONTEST);
  waiver.valid_from = StoredDate(row.Text(4));
  waiver.valid_until = StoredDate(row.Text(5));
  return waiver;
}

// Adds the people of all the companies, which ascend by id.
absl::Status LoadPeople(db::Session& session, std::vector<rules::CompanyFacts>& companies) {
  if (companies.empty()) return absl::OkStatus();
  const db::Params range = {companies.front().id, companies.back().id};
  std::map<std::string, rules::CompanyFacts*> by_id;
  for (rules::CompanyFacts& company : companies) by_id.emplace(company.id, &company);
  RETURN_IF_ERROR(session.Query(kSelectPeople, range, [&](const db::Row& row) {
    const auto company = by_id.find(row.Text(0));
    if (company == by_id.end()) return;
    company->second->people.push_back(
        {.id = row.Text(1), .full_name = row.Text(2), .accepted_letters = static_cast<int>(row.Int64(3))});
  }));
  std::map<std::string, rules::PersonFacts*> people;
  for (rules::CompanyFacts& company : companies) {
    for (rules::PersonFacts& person : company.people) people.emplace(person.id, &person);
  }
  return session.Query(kSelectPeriods, range, [&](const db::Row& row) {
    const auto person = people.find(row.Text(1));
    if (person != people.end()) person->second->periods.push_back(PeriodOf(row, 2));
  });
}

}  // namespace

absl::StatusOr<rules::Categories> LoadCategories(db::Session& session) {
  rules::Categories categories;
  RETURN_IF_ERROR(session.Query(
      kSelectCategories, {}, [&](const db::Row& row) { categories.emplace(row.Text(0), CategoryOf(row)); }));
  return categories;
}

absl::StatusOr<rules::Provisions> LoadProvisions(db::Session& session) {
  rules::Provisions provisions;
  ASSIGN_OR_RETURN(provisions.categories, LoadCategories(session));
  RETURN_IF_ERROR(session.Query(kSelectWaivers, {},
                                [&](const db::Row& row) { provisions.waivers.push_back(WaiverOf(row)); }));
  return provisions;
}

absl::StatusOr<std::vector<rules::CompanyFacts>> LoadCompanies(db::Session& session, std::string_view after,
                                                               std::int64_t limit) {
  std::vector<rules::CompanyFacts> companies;
  RETURN_IF_ERROR(session.Query(kSelectCompanies, {after, limit},
                                [&](const db::Row& row) { companies.push_back(FactsOf(row)); }));
  RETURN_IF_ERROR(LoadPeople(session, companies));
  return companies;
}

absl::StatusOr<std::optional<rules::CompanyFacts>> LoadCompany(db::Session& session,
                                                               std::string_view company) {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(kSelectCompany, {company}));
  if (!row.has_value()) return std::optional<rules::CompanyFacts>();
  std::vector<rules::CompanyFacts> companies = {FactsOf(*row)};
  RETURN_IF_ERROR(LoadPeople(session, companies));
  return std::optional<rules::CompanyFacts>(std::move(companies.front()));
}

absl::StatusOr<std::optional<rules::PersonFacts>> LoadPersonFacts(db::Session& session,
                                                                  std::string_view person) {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(kSelectPerson, {person}));
  if (!row.has_value()) return std::optional<rules::PersonFacts>();
  rules::PersonFacts facts{
      .id = row->Text(0), .full_name = row->Text(1), .accepted_letters = static_cast<int>(row->Int64(2))};
  RETURN_IF_ERROR(session.Query(kSelectPeriodsOfPerson, {person}, [&](const db::Row& period) {
    facts.periods.push_back(PeriodOf(period, 0));
  }));
  return std::optional<rules::PersonFacts>(std::move(facts));
}

}  // namespace plenary::membership::store
