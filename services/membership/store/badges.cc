#include "services/membership/store/badges.h"

#include "common/db/timestamps.h"
#include "common/ids/id.h"
#include "common/time/proto_time.h"
#include "services/membership/names.h"
#include "services/membership/store/read_rows.h"

namespace plenary::membership::store {
namespace {

constexpr char kInsertBadge[] =
    "INSERT INTO badges (id, person, label, show_company, issued_at) VALUES (?, ?, ?, ?, ?)";
constexpr char kFindBadge[] =
    "SELECT id, person, label, show_company, issued_at, revoked_at FROM badges WHERE id = ?";
constexpr char kCountLiveBadges[] = "SELECT COUNT(*) FROM badges WHERE person = ? AND revoked_at IS NULL";
constexpr char kRevokeBadge[] = "UPDATE badges SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL";
constexpr char kListBadges[] =
    "SELECT id, person, label, show_company, issued_at, revoked_at FROM badges WHERE person = ? AND id > ?"
    " ORDER BY id LIMIT ?";

v1::Badge BadgeOf(const db::Row& row) {
  v1::Badge badge;
  badge.set_name(ResourceName("badges", row.Text(0)));
  badge.set_person(ResourceName(kPeople, row.Text(1)));
  badge.set_label(row.Text(2));
  badge.set_show_company(row.Bool(3));
  *badge.mutable_issue_time() = ToTimestamp(db::FromMicros(row.Int64(4)));
  if (const auto at = row.OptionalInt64(5); at.has_value()) {
    *badge.mutable_revoke_time() = ToTimestamp(db::FromMicros(*at));
  }
  return badge;
}

}  // namespace

absl::Status InsertBadge(db::Transaction& transaction, const v1::Badge& badge) {
  return transaction
      .Execute(kInsertBadge, {ResourceId("badges", badge.name()).value_or(""),
                              ResourceId(kPeople, badge.person()).value_or(""), badge.label(),
                              badge.show_company(), db::ToMicros(FromTimestamp(badge.issue_time()))})
      .status();
}

absl::StatusOr<std::optional<v1::Badge>> FindBadge(db::Session& session, std::string_view id) {
  return ReadOne<v1::Badge>(session, kFindBadge, {id}, BadgeOf);
}

absl::StatusOr<std::int64_t> CountLiveBadges(db::Session& session, std::string_view person) {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(kCountLiveBadges, {person}));
  return row->Int64(0);
}

absl::StatusOr<bool> RevokeBadge(db::Transaction& transaction, std::string_view id, absl::Time now) {
  ASSIGN_OR_RETURN(const std::int64_t changed, transaction.Execute(kRevokeBadge, {db::ToMicros(now), id}));
  return changed > 0;
}

absl::StatusOr<std::vector<v1::Badge>> ListBadges(db::Session& session, std::string_view person,
                                                  std::string_view after, std::int64_t limit) {
  return ReadAll<v1::Badge>(session, kListBadges, {person, after, limit}, BadgeOf);
}

}  // namespace plenary::membership::store
