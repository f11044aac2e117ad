#include "services/membership/register_reader.h"

#include <fmt/format.h>

#include <set>
#include <utility>

#include "common/crypto/bytes.h"
#include "common/status/macros.h"
#include "common/time/date.h"
#include "services/membership/errors.h"
#include "services/membership/names.h"
#include "services/membership/store/as_of.h"
#include "services/membership/store/facts.h"
#include "services/membership/store/periods.h"
#include "services/membership/store/survivors.h"

namespace plenary::membership {
namespace {

// The first bytes of a hash tell two states of a person apart.
constexpr std::size_t kEtagBytes = 8;

void ShowPeriod(const store::SourcedPeriod& held, const std::vector<rules::StandingAct>& acts,
                const rules::Categories& categories, absl::CivilDay day, v1::Membership& membership) {
  membership.set_category(ResourceName(kCategories, held.period.category));
  membership.set_start_date(FormatDate(held.period.start));
  if (held.period.end.has_value()) membership.set_end_date(FormatDate(*held.period.end));
  membership.set_state(
      rules::StateOn(held.period, acts, rules::GraceDays(categories, held.period.category), day));
  membership.set_source(held.source);
  if (membership.state() == v1::Membership::STATE_SUSPENDED) {
    membership.set_motion(rules::SuspensionOn(held.period, acts, day)->motion);
  }
}

// Adds the periods of each of the holders, whose ids stand beside them.
template <typename Message>
absl::Status ShowPeriods(db::Session& session, const std::vector<std::string>& ids, absl::CivilDay day,
                         std::vector<Message>& holders) {
  const std::set<std::string> keys(ids.begin(), ids.end());
  ASSIGN_OR_RETURN(const rules::Categories categories, store::LoadCategories(session, day));
  ASSIGN_OR_RETURN(auto periods, store::PeriodsOfHolders(session, keys));
  ASSIGN_OR_RETURN(auto acts, store::ActsOfHolders(session, keys));
  for (std::size_t i = 0; i < ids.size(); ++i) {
    for (const store::SourcedPeriod& held : periods[ids[i]]) {
      ShowPeriod(held, acts[ids[i]], categories, day, *holders[i].add_memberships());
    }
  }
  return absl::OkStatus();
}

template <typename Row>
std::vector<std::string> IdsOf(const std::vector<Row>& rows) {
  std::vector<std::string> ids;
  for (const Row& row : rows) ids.push_back(row.id);
  return ids;
}

}  // namespace

absl::StatusOr<std::vector<v1::Person>> ShowPeople(db::Session& session,
                                                   const std::vector<store::RegisterPerson>& people,
                                                   absl::CivilDay day) {
  std::vector<v1::Person> shown;
  for (const store::RegisterPerson& row : people) {
    v1::Person& person = shown.emplace_back();
    person.set_name(ResourceName(kPeople, row.id));
    person.set_full_name(row.full_name);
    person.set_email(row.email);
    person.set_company(NameOrEmpty(kCompanies, row.company));
    person.set_accepted_letters(row.accepted_letters);
    person.set_etag(EtagOf(row));
  }
  RETURN_IF_ERROR(ShowPeriods(session, IdsOf(people), day, shown));
  return shown;
}

absl::StatusOr<std::vector<v1::Company>> ShowCompanies(db::Session& session,
                                                       const std::vector<store::RegisterCompany>& companies,
                                                       absl::CivilDay day) {
  const std::vector<std::string> ids = IdsOf(companies);
  ASSIGN_OR_RETURN(auto administrators, store::AdministratorsOf(session, {ids.begin(), ids.end()}, day));
  std::vector<v1::Company> shown;
  for (const store::RegisterCompany& row : companies) {
    v1::Company& company = shown.emplace_back();
    company.set_name(ResourceName(kCompanies, row.id));
    company.set_display_name(row.display_name);
    company.set_representative(NameOrEmpty(kPeople, row.representative));
    company.set_etag(std::to_string(row.version));
    for (const std::string& id : administrators[row.id]) {
      company.add_administrators(ResourceName(kPeople, id));
    }
  }
  RETURN_IF_ERROR(ShowPeriods(session, ids, day, shown));
  return shown;
}

absl::StatusOr<std::vector<v1::Person>> ShowPeopleAsOf(db::Session& session,
                                                       const std::vector<store::RegisterPerson>& people,
                                                       absl::CivilDay day) {
  std::vector<store::RegisterPerson> then = people;
  RETURN_IF_ERROR(store::PeopleAsOf(session, day, then));
  ASSIGN_OR_RETURN(auto shown, ShowPeople(session, then, day));
  // What is sent back with a change is about today.
  for (std::size_t i = 0; i < people.size(); ++i) shown[i].set_etag(EtagOf(people[i]));
  return shown;
}

absl::StatusOr<std::vector<v1::Company>> ShowCompaniesAsOf(
    db::Session& session, const std::vector<store::RegisterCompany>& companies, absl::CivilDay day) {
  std::vector<store::RegisterCompany> then = companies;
  RETURN_IF_ERROR(store::CompaniesAsOf(session, day, then));
  return ShowCompanies(session, then, day);
}

absl::StatusOr<absl::CivilDay> DayAskedAbout(const rpc::Call& call, std::string_view as_of) {
  const auto day = as_of.empty() ? DateOf(call.now()) : ParseDate(as_of);
  if (!day.has_value()) return errors::DateInvalid("as_of", as_of);
  return *day;
}

absl::StatusOr<v1::Person> ReadPerson(db::Session& session, std::string_view name, absl::CivilDay day) {
  const auto id = ResourceId(kPeople, name);
  if (!id.has_value()) return errors::PersonNotFound(name);
  ASSIGN_OR_RETURN(auto row, store::FindPerson(session, *id));
  if (!row.has_value()) {
    ASSIGN_OR_RETURN(const std::string survivor, store::SurvivorOf(session, *id));
    ASSIGN_OR_RETURN(row, store::FindPerson(session, survivor));
  }
  if (!row.has_value()) return errors::PersonNotFound(name);
  ASSIGN_OR_RETURN(auto shown, ShowPeopleAsOf(session, {*row}, day));
  return std::move(shown.front());
}

absl::StatusOr<v1::Company> ReadCompany(db::Session& session, std::string_view name, absl::CivilDay day) {
  const auto id = ResourceId(kCompanies, name);
  if (!id.has_value()) return errors::CompanyNotFound(name);
  ASSIGN_OR_RETURN(auto row, store::FindCompany(session, *id));
  if (!row.has_value()) {
    ASSIGN_OR_RETURN(const std::string survivor, store::SurvivorOf(session, *id));
    ASSIGN_OR_RETURN(row, store::FindCompany(session, survivor));
  }
  if (!row.has_value()) return errors::CompanyNotFound(name);
  ASSIGN_OR_RETURN(auto shown, ShowCompaniesAsOf(session, {*row}, day));
  return std::move(shown.front());
}

std::string EtagOf(const store::RegisterPerson& person) {
  // No part holds a line break, so two people never read alike.
  const std::string hash =
      crypto::Sha256(fmt::format("{}\n{}\n{}", person.full_name, person.email, person.company));
  return crypto::HexEncode(hash.substr(0, kEtagBytes));
}

}  // namespace plenary::membership
