#include "services/membership/store/notice_queue.h"

#include <utility>

#include "common/db/timestamps.h"
#include "common/status/macros.h"
#include "services/membership/store/notice_values.h"
#include "services/membership/store/read_rows.h"

namespace plenary::membership::store {
namespace {

constexpr char kExpire[] =
    "UPDATE notices SET state = 'EXPIRED', settled_at = ?, claimed_by = NULL, claimed_until = 0,"
    " template_values = CASE WHEN secret = 1 THEN '{}' ELSE template_values END"
    " WHERE state = 'QUEUED' AND not_after < ? AND claimed_until <= ? LIMIT 500";
// Read first: an UPDATE that finds nothing locks the gap that the next notice goes to.
constexpr char kAnyWorthless[] = "SELECT 1 FROM notices WHERE state = 'QUEUED' AND not_after < ? LIMIT 1";
constexpr char kSelectDue[] =
    "SELECT id FROM notices WHERE state = 'QUEUED' AND retry_at <= ? AND claimed_until <= ?"
    " ORDER BY lane, retry_at, sequence LIMIT ?";
constexpr char kClaim[] =
    "UPDATE notices SET claimed_by = ?, claimed_until = ?, attempts = attempts + 1 WHERE id = ? AND state = "
    "'QUEUED' AND claimed_until <= ? AND retry_at <= ? AND not_after >= ?";
constexpr char kLoadClaimed[] =
    "SELECT n.id, n.template, n.address, n.template_values, n.created_at, n.resends, n.attempts,"
    " s.address_sha256 IS NOT NULL FROM notices n LEFT JOIN suppressed_addresses s"
    " ON s.address_sha256 = n.address_sha256 WHERE n.id = ?";
constexpr char kMarkSent[] =
    "UPDATE notices SET state = 'SENT', settled_at = ?, claimed_by = NULL, claimed_until = 0, error = '',"
    " template_values = CASE WHEN secret = 1 THEN '{}' ELSE template_values END"
    " WHERE id = ? AND state = 'QUEUED' AND claimed_by = ?";
constexpr char kMarkRetry[] =
    "UPDATE notices SET retry_at = ?, claimed_by = NULL, claimed_until = 0, error = ?"
    " WHERE id = ? AND state = 'QUEUED' AND claimed_by = ?";
constexpr char kMarkUntried[] =
    "UPDATE notices SET retry_at = ?, claimed_by = NULL, claimed_until = 0, error = ?, attempts = attempts - "
    "1"
    " WHERE id = ? AND state = 'QUEUED' AND claimed_by = ?";
constexpr char kMarkGivenUp[] =
    "UPDATE notices SET state = ?, settled_at = ?, claimed_by = NULL, claimed_until = 0, error = ?,"
    " template_values = CASE WHEN secret = 1 THEN '{}' ELSE template_values END"
    " WHERE id = ? AND state = 'QUEUED' AND claimed_by = ?";

}  // namespace

absl::StatusOr<std::int64_t> ExpireNotices(db::Session& session, absl::Time now, absl::Time real) {
  ASSIGN_OR_RETURN(const auto any, session.QueryOne(kAnyWorthless, {db::ToMicros(now)}));
  if (!any.has_value()) return 0;
  return session.Execute(kExpire, {db::ToMicros(now), db::ToMicros(now), db::ToMicros(real)});
}

absl::StatusOr<std::vector<std::string>> DueNotices(db::Session& session, absl::Time real, int limit) {
  return ReadAll<std::string>(session, kSelectDue, {db::ToMicros(real), db::ToMicros(real), limit},
                              [](const db::Row& row) { return row.Text(0); });
}

absl::StatusOr<bool> ClaimNotice(db::Session& session, std::string_view id, std::string_view claimant,
                                 absl::Time until, absl::Time now, absl::Time real) {
  ASSIGN_OR_RETURN(const std::int64_t changed,
                   session.Execute(kClaim, {claimant, db::ToMicros(until), id, db::ToMicros(real),
                                            db::ToMicros(real), db::ToMicros(now)}));
  return changed == 1;
}

absl::StatusOr<QueuedNotice> LoadClaimed(db::Session& session, std::string_view id) {
  ASSIGN_OR_RETURN(auto notice, ReadOne<QueuedNotice>(session, kLoadClaimed, {id}, [](const db::Row& row) {
                     return QueuedNotice{.id = row.Text(0),
                                         .template_name = row.Text(1),
                                         .address = row.Text(2),
                                         .values = ValuesOf(row.Text(3)),
                                         .created = db::FromMicros(row.Int64(4)),
                                         .resends = static_cast<int>(row.Int64(5)),
                                         .attempts = static_cast<int>(row.Int64(6)),
                                         .suppressed = row.Bool(7)};
                   }));
  if (!notice.has_value()) return absl::InternalError("a claimed notice is gone");
  return *std::move(notice);
}

absl::Status MarkSent(db::Session& session, std::string_view id, std::string_view claimant, absl::Time now) {
  return session.Execute(kMarkSent, {db::ToMicros(now), id, claimant}).status();
}

absl::Status MarkRetry(db::Session& session, std::string_view id, std::string_view claimant,
                       absl::Time retry_at, std::string_view error) {
  return session.Execute(kMarkRetry, {db::ToMicros(retry_at), error, id, claimant}).status();
}

absl::Status MarkUntried(db::Session& session, std::string_view id, std::string_view claimant,
                         absl::Time retry_at, std::string_view error) {
  return session.Execute(kMarkUntried, {db::ToMicros(retry_at), error, id, claimant}).status();
}

absl::StatusOr<bool> MarkGivenUp(db::Session& session, std::string_view id, std::string_view claimant,
                                 std::string_view state, std::string_view error, absl::Time now) {
  ASSIGN_OR_RETURN(const std::int64_t changed,
                   session.Execute(kMarkGivenUp, {state, db::ToMicros(now), error, id, claimant}));
  return changed == 1;
}

}  // namespace plenary::membership::store
