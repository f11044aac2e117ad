#include "services/membership/store/join_codes.h"

#include "common/db/timestamps.h"
#include "common/status/macros.h"
#include "services/membership/store/read_rows.h"

namespace plenary::membership::store {
namespace {

constexpr char kInsert[] =
    "INSERT INTO join_codes (id, company, code_sha256, address, uses, most_uses, expires_at, creator, "
    "created_at)"
    " VALUES (?, ?, ?, ?, 0, ?, ?, ?, ?)";
constexpr char kFind[] =
    "SELECT id, company, code_sha256, COALESCE(address, ''), uses, most_uses, expires_at, creator, "
    "created_at,"
    " revoked_at FROM join_codes WHERE id = ?";
constexpr char kFindByDigest[] =
    "SELECT id, company, code_sha256, COALESCE(address, ''), uses, most_uses, expires_at, creator, "
    "created_at,"
    " revoked_at FROM join_codes WHERE code_sha256 = ?";
constexpr char kLock[] =
    "SELECT id, company, code_sha256, COALESCE(address, ''), uses, most_uses, expires_at, creator, "
    "created_at,"
    " revoked_at FROM join_codes WHERE id = ? FOR UPDATE";
constexpr char kUse[] =
    "UPDATE join_codes SET uses = uses + 1 WHERE id = ? AND uses < most_uses AND revoked_at IS NULL"
    " AND expires_at > ?";
constexpr char kRevoke[] = "UPDATE join_codes SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL";
constexpr char kList[] =
    "SELECT id, company, code_sha256, COALESCE(address, ''), uses, most_uses, expires_at, creator, "
    "created_at,"
    " revoked_at FROM join_codes WHERE company = ? AND id > ? ORDER BY id LIMIT ?";
constexpr char kCountInForce[] =
    "SELECT COUNT(*) FROM join_codes WHERE company = ? AND address IS NULL AND revoked_at IS NULL"
    " AND uses < most_uses AND expires_at > ?";
constexpr char kCountInvitations[] =
    "SELECT COUNT(*) FROM join_codes WHERE company = ? AND address IS NOT NULL AND created_at > ?";

JoinCode CodeOf(const db::Row& row) {
  JoinCode code{.id = row.Text(0),
                .company = row.Text(1),
                .code_sha256 = row.Bytes(2),
                .address = row.Text(3),
                .uses = static_cast<int>(row.Int64(4)),
                .most_uses = static_cast<int>(row.Int64(5)),
                .expires = db::FromMicros(row.Int64(6)),
                .creator = row.Text(7),
                .created = db::FromMicros(row.Int64(8))};
  if (const auto revoked = row.OptionalInt64(9)) code.revoked = db::FromMicros(*revoked);
  return code;
}

absl::StatusOr<std::int64_t> Count(db::Session& session, std::string_view sql, const db::Params& params) {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(sql, params));
  return row.has_value() ? row->Int64(0) : 0;
}

}  // namespace

absl::Status InsertJoinCode(db::Transaction& transaction, const JoinCode& code) {
  const db::Value address = code.address.empty() ? db::Value(db::Null()) : db::Value(code.address);
  return transaction
      .Execute(kInsert, {code.id, code.company, code.code_sha256, address, code.most_uses,
                         db::ToMicros(code.expires), code.creator, db::ToMicros(code.created)})
      .status();
}

absl::StatusOr<std::optional<JoinCode>> FindJoinCode(db::Session& session, std::string_view id) {
  return ReadOne<JoinCode>(session, kFind, {id}, CodeOf);
}

absl::StatusOr<std::optional<JoinCode>> FindJoinCodeByDigest(db::Session& session,
                                                             std::string_view code_sha256) {
  return ReadOne<JoinCode>(session, kFindByDigest, {code_sha256}, CodeOf);
}

absl::StatusOr<std::optional<JoinCode>> LockJoinCode(db::Transaction& transaction, std::string_view id) {
  return ReadOne<JoinCode>(transaction, kLock, {id}, CodeOf);
}

absl::StatusOr<bool> UseJoinCode(db::Transaction& transaction, std::string_view id, absl::Time now) {
  ASSIGN_OR_RETURN(const std::int64_t used, transaction.Execute(kUse, {id, db::ToMicros(now)}));
  return used == 1;
}

absl::StatusOr<bool> MarkJoinCodeRevoked(db::Transaction& transaction, std::string_view id, absl::Time now) {
  ASSIGN_OR_RETURN(const std::int64_t revoked, transaction.Execute(kRevoke, {db::ToMicros(now), id}));
  return revoked == 1;
}

absl::StatusOr<std::vector<JoinCode>> ListJoinCodes(db::Session& session, std::string_view company,
                                                    std::string_view after, std::int64_t limit) {
  return ReadAll<JoinCode>(session, kList, {company, after, limit}, CodeOf);
}

absl::StatusOr<std::int64_t> CountJoinCodes(db::Session& session, std::string_view company, absl::Time now) {
  return Count(session, kCountInForce, {company, db::ToMicros(now)});
}

absl::StatusOr<std::int64_t> CountInvitations(db::Session& session, std::string_view company,
                                              absl::Time since) {
  return Count(session, kCountInvitations, {company, db::ToMicros(since)});
}

}  // namespace plenary::membership::store
