#include "services/membership/store/export.h"

#include <algorithm>
#include <string>

#include "common/status/macros.h"
#include "services/membership/store/dates.h"
#include "services/membership/store/rows.h"

namespace plenary::membership::store {
namespace {

// The tables are read in the order in which they are named (STRAIGHT_JOIN): a page of people first, then what
// is theirs. Left to itself, the server begins with all links or all memberships.
constexpr char kPeople[] =
    "SELECT STRAIGHT_JOIN p.id, p.email, p.full_name, c.id, c.display_name FROM people p"
    " JOIN links l ON l.person = p.id AND l.role = 'EMPLOYEE' AND l.start_date <= ?"
    " AND (l.end_date IS NULL OR l.end_date > ?) JOIN companies c ON c.id = l.company"
    " WHERE p.id > ? ORDER BY p.id LIMIT ?";
constexpr char kLetters[] =
    "SELECT person, accepted FROM letter_counts WHERE person BETWEEN ? AND ? AND recorded_on <= ?"
    " ORDER BY person, recorded_on, sequence";
constexpr char kRepresentatives[] =
    "SELECT person, company FROM links WHERE person BETWEEN ? AND ? AND role = 'REPRESENTATIVE'"
    " AND start_date <= ? AND (end_date IS NULL OR end_date > ?)";
constexpr char kPeriods[] =
    "SELECT STRAIGHT_JOIN m.holder, m.category, m.start_date, m.end_date FROM people p"
    " JOIN memberships m ON m.holder = p.id WHERE p.id BETWEEN ? AND ?"
    " AND (? = 1 OR (m.start_date <= ? AND (m.end_date IS NULL OR m.end_date > ?)))"
    " ORDER BY m.holder, m.start_date, m.category";
// Periods of the companies of these people, each with the first of its people who has a membership to tell.
constexpr char kCompanyPeriods[] =
    "SELECT STRAIGHT_JOIN (SELECT MIN(o.person) FROM links o"
    " WHERE o.company = m.holder AND o.role = 'EMPLOYEE'"
    " AND o.start_date <= ? AND (o.end_date IS NULL OR o.end_date > ?)"
    " AND EXISTS (SELECT 1 FROM memberships n WHERE n.holder = o.person AND (? = 1 OR (n.start_date <= ?"
    " AND (n.end_date IS NULL OR n.end_date > ?))))),"
    " m.category, m.start_date, m.end_date FROM"
    " (SELECT DISTINCT company FROM links WHERE person BETWEEN ? AND ? AND role = 'EMPLOYEE'"
    " AND start_date <= ? AND (end_date IS NULL OR end_date > ?)) e"
    " JOIN memberships m ON m.holder = e.company"
    " WHERE ? = 1 OR (m.start_date <= ? AND (m.end_date IS NULL OR m.end_date > ?))"
    " ORDER BY m.holder, m.start_date, m.category";

// The person of an id in a page that ascends; nullptr when they are not in it.
rules::ExportedPerson* Find(std::vector<rules::ExportedPerson>& people, const std::string& id) {
  const auto found = std::lower_bound(
      people.begin(), people.end(), id,
      [](const rules::ExportedPerson& person, const std::string& wanted) { return person.id < wanted; });
  return found == people.end() || found->id != id ? nullptr : &*found;
}

}  // namespace

absl::StatusOr<std::vector<rules::ExportedPerson>> ExportPage(db::Session& session, const ExportScope& scope,
                                                              std::string_view after, std::int64_t limit) {
  const db::Value day = DateValue(scope.day);
  const db::Value all = scope.all_periods;
  std::vector<rules::ExportedPerson> people;
  RETURN_IF_ERROR(session.Query(kPeople, {day, day, after, limit}, [&](const db::Row& row) {
    people.push_back({.id = row.Text(0),
                      .email = row.Text(1),
                      .full_name = row.Text(2),
                      .company = row.Text(3),
                      .company_display_name = row.Text(4)});
  }));
  if (people.empty()) return people;
  const db::Value first = people.front().id;
  const db::Value last = people.back().id;
  RETURN_IF_ERROR(session.Query(kLetters, {first, last, day}, [&](const db::Row& row) {
    auto* person = Find(people, row.Text(0));
    if (person != nullptr) person->letters = static_cast<int>(row.Int64(1));
  }));
  RETURN_IF_ERROR(session.Query(kRepresentatives, {first, last, day, day}, [&](const db::Row& row) {
    auto* person = Find(people, row.Text(0));
    if (person != nullptr && person->company == row.Text(1)) person->representative = true;
  }));
  RETURN_IF_ERROR(session.Query(kPeriods, {first, last, all, day, day}, [&](const db::Row& row) {
    auto* person = Find(people, row.Text(0));
    if (person != nullptr) person->periods.push_back(PeriodOf(row, 1));
  }));
  RETURN_IF_ERROR(session.Query(kCompanyPeriods,
                                {day, day, all, day, day, first, last, day, day, all, day, day},
                                [&](const db::Row& row) {
                                  auto* person = Find(people, row.OptionalText(0).value_or(""));
                                  if (person != nullptr) person->company_periods.push_back(PeriodOf(row, 1));
                                }));
  return people;
}

}  // namespace plenary::membership::store
