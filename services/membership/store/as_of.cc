#include "services/membership/store/as_of.h"

#include <string_view>

#include "common/status/macros.h"
#include "services/membership/store/dates.h"
#include "services/membership/store/lookup.h"

namespace plenary::membership::store {
namespace {

constexpr char kEmployers[] = "SELECT person, company FROM links WHERE role = 'EMPLOYEE' AND person IN";
constexpr char kRepresentatives[] =
    "SELECT company, person FROM links WHERE role = 'REPRESENTATIVE' AND company IN";
constexpr char kAdministrators[] =
    "SELECT company, person FROM links WHERE role = 'ADMINISTRATOR' AND company IN";
constexpr char kHeldOnTheDay[] =
    "AND start_date <= ? AND (end_date IS NULL OR end_date > ?) ORDER BY company, person";
constexpr char kLetters[] = "SELECT person, accepted FROM letter_counts WHERE person IN";
constexpr char kLettersByTheDay[] = "AND recorded_on <= ? ORDER BY recorded_on, sequence";
constexpr char kFormerNames[] = "SELECT holder, name FROM former_names WHERE holder IN";
// Of several that were given up later, the first is the one that held: it comes last.
constexpr char kGivenUpLater[] = "AND held_until > ? ORDER BY sequence DESC";

template <typename T>
std::set<std::string> IdsOf(const std::vector<T>& holders) {
  std::set<std::string> ids;
  for (const T& holder : holders) ids.insert(holder.id);
  return ids;
}

// The last value a query tells for each key.
absl::StatusOr<std::map<std::string, std::string>> LastOfEach(db::Session& session, std::string_view before,
                                                              std::string_view after,
                                                              const std::set<std::string>& keys,
                                                              const db::Params& more) {
  std::map<std::string, std::string> values;
  RETURN_IF_ERROR(LookUp(session, before, after, keys, more,
                         [&](const db::Row& row) { values[row.Text(0)] = row.Text(1); }));
  return values;
}

std::string ValueOr(const std::map<std::string, std::string>& values, const std::string& key,
                    std::string otherwise) {
  const auto found = values.find(key);
  return found == values.end() ? std::move(otherwise) : found->second;
}

}  // namespace

absl::Status PeopleAsOf(db::Session& session, absl::CivilDay day, std::vector<RegisterPerson>& people) {
  const std::set<std::string> ids = IdsOf(people);
  const db::Value date = DateValue(day);
  ASSIGN_OR_RETURN(const auto names, LastOfEach(session, kFormerNames, kGivenUpLater, ids, {date}));
  ASSIGN_OR_RETURN(const auto companies, LastOfEach(session, kEmployers, kHeldOnTheDay, ids, {date, date}));
  std::map<std::string, int> letters;
  RETURN_IF_ERROR(LookUp(session, kLetters, kLettersByTheDay, ids, {date},
                         [&](const db::Row& row) { letters[row.Text(0)] = static_cast<int>(row.Int64(1)); }));
  for (RegisterPerson& person : people) {
    person.full_name = ValueOr(names, person.id, person.full_name);
    person.company = ValueOr(companies, person.id, "");
    person.accepted_letters = letters[person.id];
  }
  return absl::OkStatus();
}

absl::Status CompaniesAsOf(db::Session& session, absl::CivilDay day,
                           std::vector<RegisterCompany>& companies) {
  const std::set<std::string> ids = IdsOf(companies);
  const db::Value date = DateValue(day);
  ASSIGN_OR_RETURN(const auto names, LastOfEach(session, kFormerNames, kGivenUpLater, ids, {date}));
  ASSIGN_OR_RETURN(const auto representatives,
                   LastOfEach(session, kRepresentatives, kHeldOnTheDay, ids, {date, date}));
  for (RegisterCompany& company : companies) {
    company.display_name = ValueOr(names, company.id, company.display_name);
    company.representative = ValueOr(representatives, company.id, "");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::map<std::string, std::vector<std::string>>> AdministratorsOf(
    db::Session& session, const std::set<std::string>& companies, absl::CivilDay day) {
  std::map<std::string, std::vector<std::string>> administrators;
  RETURN_IF_ERROR(LookUp(session, kAdministrators, kHeldOnTheDay, companies, {DateValue(day), DateValue(day)},
                         [&](const db::Row& row) { administrators[row.Text(0)].push_back(row.Text(1)); }));
  return administrators;
}

}  // namespace plenary::membership::store
