#include "services/membership/store/holders.h"

#include "common/ids/id.h"
#include "common/status/macros.h"
#include "services/membership/store/dates.h"
#include "services/membership/store/register.h"

namespace plenary::membership::store {
namespace {

constexpr char kLockPerson[] = "SELECT id FROM people WHERE id = ? FOR UPDATE";
constexpr char kNameOfPerson[] = "SELECT full_name FROM people WHERE id = ?";
constexpr char kNameOfCompany[] = "SELECT display_name FROM companies WHERE id = ?";
constexpr char kPerson[] = "SELECT id, email, full_name FROM people WHERE id = ?";
constexpr char kAdministrators[] =
    "SELECT p.id, p.email, p.full_name FROM links l JOIN people p ON p.id = l.person"
    " WHERE l.company = ? AND l.role = 'ADMINISTRATOR' AND l.end_date IS NULL ORDER BY p.id LIMIT ?";
constexpr char kRepresentative[] =
    "SELECT p.id, p.email, p.full_name FROM companies c JOIN people p ON p.id = c.representative WHERE c.id "
    "= ?";
constexpr char kEmployees[] =
    "SELECT p.id, p.email, p.full_name FROM links l JOIN people p ON p.id = l.person"
    " WHERE l.company = ? AND l.role = 'EMPLOYEE' AND l.end_date IS NULL ORDER BY p.id LIMIT ?";
constexpr char kHoldersWithEndings[] =
    "SELECT h.holder, c.id IS NOT NULL FROM"
    " (SELECT m.holder FROM memberships m WHERE m.end_date BETWEEN ? AND ? AND m.holder > ?"
    "  UNION SELECT l.holder FROM price_locks l WHERE l.category_now IS NOT NULL AND l.holder > ?"
    "   AND NOT EXISTS (SELECT 1 FROM memberships n WHERE n.holder = l.holder AND n.category = l.category"
    "    AND (n.end_date IS NULL OR n.end_date > ?))) h"
    " LEFT JOIN companies c ON c.id = h.holder ORDER BY h.holder LIMIT ?";

absl::StatusOr<std::vector<Addressee>> Addressees(db::Session& session, std::string_view sql,
                                                  const db::Params& params) {
  std::vector<Addressee> found;
  RETURN_IF_ERROR(session.Query(sql, params, [&](const db::Row& row) {
    found.push_back({.person = row.Text(0), .email = row.Text(1), .full_name = row.Text(2)});
  }));
  return found;
}

}  // namespace

std::string HolderName(const Holder& holder) {
  return ResourceName(holder.kind == HolderKind::kPerson ? "people" : "companies", holder.id);
}

std::optional<Holder> ParseHolder(std::string_view name) {
  if (auto person = ResourceId("people", name)) return Holder{HolderKind::kPerson, *std::move(person)};
  if (auto company = ResourceId("companies", name)) return Holder{HolderKind::kCompany, *std::move(company)};
  return std::nullopt;
}

std::string_view KindColumn(HolderKind kind) { return kind == HolderKind::kPerson ? "PERSON" : "COMPANY"; }

HolderKind KindOf(std::string_view column) {
  return column == "PERSON" ? HolderKind::kPerson : HolderKind::kCompany;
}

absl::StatusOr<bool> LockHolder(db::Transaction& transaction, const Holder& holder) {
  if (holder.kind == HolderKind::kPerson) {
    ASSIGN_OR_RETURN(const auto row, transaction.QueryOne(kLockPerson, {holder.id}));
    return row.has_value();
  }
  ASSIGN_OR_RETURN(const auto company, LockCompany(transaction, holder.id));
  return company.has_value();
}

absl::StatusOr<std::optional<std::string>> NameOfHolder(db::Session& session, const Holder& holder) {
  const bool person = holder.kind == HolderKind::kPerson;
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(person ? kNameOfPerson : kNameOfCompany, {holder.id}));
  if (!row.has_value()) return std::optional<std::string>();
  return std::optional<std::string>(row->Text(0));
}

absl::StatusOr<std::vector<Addressee>> AddresseesOf(db::Session& session, const Holder& holder,
                                                    std::int64_t limit) {
  if (holder.kind == HolderKind::kPerson) return Addressees(session, kPerson, {holder.id});
  ASSIGN_OR_RETURN(auto administrators, Addressees(session, kAdministrators, {holder.id, limit}));
  if (!administrators.empty()) return administrators;
  ASSIGN_OR_RETURN(auto representative, Addressees(session, kRepresentative, {holder.id}));
  if (!representative.empty()) return representative;
  return Addressees(session, kEmployees, {holder.id, limit});
}

absl::StatusOr<std::vector<Holder>> HoldersWithEndings(db::Session& session, std::string_view after,
                                                       absl::CivilDay first, absl::CivilDay last,
                                                       absl::CivilDay today, std::int64_t limit) {
  std::vector<Holder> holders;
  RETURN_IF_ERROR(session.Query(
      kHoldersWithEndings, {FormatDate(first), FormatDate(last), after, after, FormatDate(today), limit},
      [&](const db::Row& row) {
        holders.push_back(
            {.kind = row.Bool(1) ? HolderKind::kCompany : HolderKind::kPerson, .id = row.Text(0)});
      }));
  return holders;
}

}  // namespace plenary::membership::store
