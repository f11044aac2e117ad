#include "services/membership/store/suppressions.h"

#include "common/crypto/bytes.h"
#include "common/db/timestamps.h"
#include "common/status/macros.h"
#include "common/time/proto_time.h"
#include "services/membership/names.h"
#include "services/membership/notice_names.h"
#include "services/membership/store/read_rows.h"

namespace plenary::membership::store {
namespace {

constexpr char kInsert[] =
    "INSERT INTO suppressed_addresses (address_sha256, cause, detail, notice, suppressed_at)"
    " VALUES (?, ?, ?, ?, ?)";
constexpr char kFind[] =
    "SELECT s.address_sha256, s.cause, s.detail, COALESCE(s.notice, ''), COALESCE(n.person, ''), "
    "s.suppressed_at"
    " FROM suppressed_addresses s LEFT JOIN notices n ON n.id = s.notice WHERE s.address_sha256 = ?";
constexpr char kLock[] =
    "SELECT s.address_sha256, s.cause, s.detail, COALESCE(s.notice, ''), COALESCE(n.person, ''), "
    "s.suppressed_at"
    " FROM suppressed_addresses s LEFT JOIN notices n ON n.id = s.notice WHERE s.address_sha256 = ? FOR "
    "UPDATE";
constexpr char kDelete[] = "DELETE FROM suppressed_addresses WHERE address_sha256 = ?";
constexpr char kList[] =
    "SELECT s.address_sha256, s.cause, s.detail, COALESCE(s.notice, ''), COALESCE(n.person, ''), "
    "s.suppressed_at"
    " FROM suppressed_addresses s LEFT JOIN notices n ON n.id = s.notice WHERE s.address_sha256 > ?"
    " ORDER BY s.address_sha256 LIMIT ?";
constexpr char kCount[] = "SELECT COUNT(*) FROM suppressed_addresses";

v1::SuppressedAddress SuppressionOf(const db::Row& row) {
  v1::SuppressedAddress shown;
  shown.set_address_sha256(crypto::HexEncode(row.Bytes(0)));
  shown.set_cause(row.Text(1) == "COMPLAINT" ? v1::SuppressedAddress::CAUSE_COMPLAINT
                                             : v1::SuppressedAddress::CAUSE_BOUNCE);
  shown.set_detail(row.Text(2));
  shown.set_notice(NameOrEmpty(kNotices, row.Text(3)));
  shown.set_person(NameOrEmpty(kPeople, row.Text(4)));
  *shown.mutable_suppress_time() = ToTimestamp(db::FromMicros(row.Int64(5)));
  return shown;
}

}  // namespace

absl::StatusOr<bool> InsertSuppression(db::Transaction& transaction, const Suppression& suppression,
                                       absl::Time now) {
  const char* const cause =
      suppression.cause == v1::SuppressedAddress::CAUSE_COMPLAINT ? "COMPLAINT" : "BOUNCE";
  const db::Value notice = suppression.notice.empty() ? db::Value(db::Null()) : db::Value(suppression.notice);
  ASSIGN_OR_RETURN(const db::InsertOutcome outcome,
                   transaction.Insert(kInsert, {suppression.address_sha256, cause, suppression.detail, notice,
                                                db::ToMicros(now)}));
  return outcome.inserted();
}

absl::StatusOr<std::optional<v1::SuppressedAddress>> FindSuppression(db::Session& session,
                                                                     std::string_view address_sha256) {
  return ReadOne<v1::SuppressedAddress>(session, kFind, {address_sha256}, SuppressionOf);
}

absl::StatusOr<std::optional<v1::SuppressedAddress>> LockSuppression(db::Transaction& transaction,
                                                                     std::string_view address_sha256) {
  return ReadOne<v1::SuppressedAddress>(transaction, kLock, {address_sha256}, SuppressionOf);
}

absl::StatusOr<bool> DeleteSuppression(db::Transaction& transaction, std::string_view address_sha256) {
  ASSIGN_OR_RETURN(const std::int64_t deleted, transaction.Execute(kDelete, {address_sha256}));
  return deleted == 1;
}

absl::StatusOr<std::vector<v1::SuppressedAddress>> ListSuppressions(db::Session& session,
                                                                    std::string_view after,
                                                                    std::int64_t limit) {
  return ReadAll<v1::SuppressedAddress>(session, kList, {after, limit}, SuppressionOf);
}

absl::StatusOr<std::int64_t> CountSuppressions(db::Session& session) {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(kCount));
  return row->Int64(0);
}

}  // namespace plenary::membership::store
