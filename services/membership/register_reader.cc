#include "services/membership/register_reader.h"

#include <map>
#include <utility>

#include "common/status/macros.h"
#include "common/time/date.h"
#include "services/membership/errors.h"
#include "services/membership/names.h"
#include "services/membership/store/facts.h"

namespace plenary::membership {
namespace {

void ShowPeriod(const store::HeldPeriod& held, const rules::Categories& categories, absl::CivilDay today,
                v1::Membership& membership) {
  membership.set_category(ResourceName(kCategories, held.period.category));
  membership.set_start_date(FormatDate(held.period.start));
  if (held.period.end.has_value()) membership.set_end_date(FormatDate(*held.period.end));
  membership.set_state(
      rules::StateOn(held.period, rules::GraceDays(categories, held.period.category), today));
  membership.set_source(held.source);
}

// Adds the periods to their holders' messages.
template <typename Message>
void ShowPeriods(const std::vector<store::HeldPeriod>& periods, const rules::Categories& categories,
                 absl::CivilDay today, std::string_view collection, std::vector<Message>& holders) {
  std::map<std::string, Message*> by_name;
  for (Message& holder : holders) by_name.emplace(holder.name(), &holder);
  for (const store::HeldPeriod& held : periods) {
    const auto holder = by_name.find(ResourceName(collection, held.holder));
    if (holder != by_name.end()) ShowPeriod(held, categories, today, *holder->second->add_memberships());
  }
}

}  // namespace

absl::StatusOr<std::vector<v1::Person>> ShowPeople(db::Session& session,
                                                   const std::vector<store::RegisterPerson>& people,
                                                   std::string_view company, absl::CivilDay today) {
  std::vector<v1::Person> shown;
  if (people.empty()) return shown;
  for (const store::RegisterPerson& row : people) {
    v1::Person& person = shown.emplace_back();
    person.set_name(ResourceName(kPeople, row.id));
    person.set_full_name(row.full_name);
    person.set_email(row.email);
    person.set_company(ResourceName(kCompanies, row.company));
    person.set_accepted_letters(row.accepted_letters);
  }
  ASSIGN_OR_RETURN(const rules::Categories categories, store::LoadCategories(session));
  ASSIGN_OR_RETURN(const auto periods,
                   store::PeriodsOfPeople(session, people.front().id, people.back().id, company));
  ShowPeriods(periods, categories, today, kPeople, shown);
  return shown;
}

absl::StatusOr<std::vector<v1::Company>> ShowCompanies(db::Session& session,
                                                       const std::vector<store::RegisterCompany>& companies,
                                                       absl::CivilDay today) {
  std::vector<v1::Company> shown;
  if (companies.empty()) return shown;
  for (const store::RegisterCompany& row : companies) {
    v1::Company& company = shown.emplace_back();
    company.set_name(ResourceName(kCompanies, row.id));
    company.set_display_name(row.display_name);
    company.set_representative(NameOrEmpty(kPeople, row.representative));
    company.set_etag(std::to_string(row.version));
  }
  ASSIGN_OR_RETURN(const rules::Categories categories, store::LoadCategories(session));
  ASSIGN_OR_RETURN(const auto periods,
                   store::PeriodsOfCompanies(session, companies.front().id, companies.back().id));
  ShowPeriods(periods, categories, today, kCompanies, shown);
  return shown;
}

absl::StatusOr<v1::Person> ReadPerson(db::Session& session, std::string_view name, absl::CivilDay today) {
  const auto id = ResourceId(kPeople, name);
  if (!id.has_value()) return errors::PersonNotFound(name);
  ASSIGN_OR_RETURN(const auto row, store::FindPerson(session, *id));
  if (!row.has_value()) return errors::PersonNotFound(name);
  ASSIGN_OR_RETURN(auto shown, ShowPeople(session, {*row}, "", today));
  return std::move(shown.front());
}

absl::StatusOr<v1::Company> ReadCompany(db::Session& session, std::string_view name, absl::CivilDay today) {
  const auto id = ResourceId(kCompanies, name);
  if (!id.has_value()) return errors::CompanyNotFound(name);
  ASSIGN_OR_RETURN(const auto row, store::FindCompany(session, *id));
  if (!row.has_value()) return errors::CompanyNotFound(name);
  ASSIGN_OR_RETURN(auto shown, ShowCompanies(session, {*row}, today));
  return std::move(shown.front());
}

}  // namespace plenary::membership
