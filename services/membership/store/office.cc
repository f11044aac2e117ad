#include "services/membership/store/office.h"

#include <map>

#include "absl/strings/ascii.h"
#include "common/db/timestamps.h"
#include "common/status/macros.h"
#include "services/membership/store/dates.h"
#include "services/membership/store/rows.h"

namespace plenary::membership::store {
namespace {

constexpr char kHolders[] =
    "SELECT DISTINCT holder FROM memberships WHERE holder > ? ORDER BY holder LIMIT ?";
constexpr char kCompaniesAmong[] = "SELECT id FROM companies WHERE id BETWEEN ? AND ?";
constexpr char kPeriodsAmong[] =
    "SELECT holder, category, start_date, end_date FROM memberships WHERE holder BETWEEN ? AND ?"
    " ORDER BY holder, start_date, category";
constexpr char kActsAmong[] =
    "SELECT holder, kind, effective_on, category, start_date, motion FROM membership_acts"
    " WHERE holder BETWEEN ? AND ? ORDER BY sequence";
constexpr char kCountContacts[] =
    "SELECT COUNT(*) FROM (SELECT MAX(sequence) AS latest FROM contact_consents WHERE at < ? GROUP BY "
    "contact) l"
    " JOIN contact_consents c ON c.sequence = l.latest WHERE c.act IN ('ADDED', 'CONFIRMED')";
constexpr char kRevenue[] =
    "SELECT kind, CAST(SUM(amount_cents) AS SIGNED), COUNT(*) FROM payments WHERE received_on BETWEEN ? AND ?"
    " GROUP BY kind ORDER BY kind";
constexpr char kColleagues[] =
    "SELECT p.id, p.email, p.full_name, EXISTS (SELECT 1 FROM links l WHERE l.person = p.id"
    " AND l.company = p.company AND l.role = 'ADMINISTRATOR' AND l.end_date IS NULL)"
    " FROM people p WHERE p.company = ? ORDER BY p.id";

}  // namespace

absl::StatusOr<HolderChunk> LoadHolders(db::Session& session, std::string_view after, std::int64_t limit) {
  HolderChunk chunk;
  std::vector<std::string> ids;
  RETURN_IF_ERROR(
      session.Query(kHolders, {after, limit}, [&](const db::Row& row) { ids.push_back(row.Text(0)); }));
  if (ids.empty()) return chunk;
  chunk.last = ids.back();
  chunk.holders.resize(ids.size());
  std::map<std::string, rules::HolderFacts*> by_id;
  for (std::size_t i = 0; i < ids.size(); ++i) by_id.emplace(ids[i], &chunk.holders[i]);
  const db::Params range = {ids.front(), ids.back()};
  const auto each = [&](std::string_view sql, const auto& take) {
    return session.Query(sql, range, [&](const db::Row& row) {
      const auto holder = by_id.find(row.Text(0));
      if (holder != by_id.end()) take(row, *holder->second);
    });
  };
  RETURN_IF_ERROR(each(kCompaniesAmong, [](const db::Row&, rules::HolderFacts& holder) {
    holder.kind = rules::HolderKind::kCompany;
  }));
  RETURN_IF_ERROR(each(kPeriodsAmong, [](const db::Row& row, rules::HolderFacts& holder) {
    holder.periods.push_back(PeriodOf(row, 1));
  }));
  RETURN_IF_ERROR(each(kActsAmong, [](const db::Row& row, rules::HolderFacts& holder) {
    holder.acts.push_back(ActOf(row, 1));
  }));
  return chunk;
}

absl::StatusOr<std::int64_t> CountContacts(db::Session& session, absl::Time before) {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(kCountContacts, {db::ToMicros(before)}));
  return row->Int64(0);
}

absl::StatusOr<std::vector<Revenue>> RevenueOf(db::Session& session, absl::CivilDay from,
                                               absl::CivilDay until) {
  std::vector<Revenue> revenue;
  RETURN_IF_ERROR(session.Query(kRevenue, {DateValue(from), DateValue(until)}, [&](const db::Row& row) {
    revenue.push_back({absl::AsciiStrToLower(row.Text(0)), row.Int64(1), row.Int64(2)});
  }));
  return revenue;
}

absl::StatusOr<std::vector<Colleague>> ColleaguesIn(db::Session& session, std::string_view company) {
  std::vector<Colleague> colleagues;
  RETURN_IF_ERROR(session.Query(kColleagues, {company}, [&](const db::Row& row) {
    colleagues.push_back({.person = row.Text(0),
                          .email = row.Text(1),
                          .full_name = row.Text(2),
                          .administrator = row.Bool(3)});
  }));
  return colleagues;
}

}  // namespace plenary::membership::store
