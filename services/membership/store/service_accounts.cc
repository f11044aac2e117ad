#include "services/membership/store/service_accounts.h"

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/db/timestamps.h"
#include "common/status/macros.h"

namespace plenary::membership::store {
namespace {

constexpr char kInsert[] =
    "INSERT INTO service_accounts (id, display_name, roles, creator, created_at, expires_at, secret_sha256, "
    "secret_at,"
    " revoked_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, NULL)";
constexpr char kFind[] =
    "SELECT id, display_name, roles, creator, created_at, expires_at, secret_sha256, secret_at, revoked_at"
    " FROM service_accounts WHERE id = ?";
constexpr char kLock[] =
    "SELECT id, display_name, roles, creator, created_at, expires_at, secret_sha256, secret_at, revoked_at"
    " FROM service_accounts WHERE id = ? FOR UPDATE";
constexpr char kList[] =
    "SELECT id, display_name, roles, creator, created_at, expires_at, secret_sha256, secret_at, revoked_at"
    " FROM service_accounts WHERE id > ? ORDER BY id LIMIT ?";
constexpr char kSetSecret[] = "UPDATE service_accounts SET secret_sha256 = ?, secret_at = ? WHERE id = ?";
constexpr char kRevoke[] = "UPDATE service_accounts SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL";

ServiceAccount AccountOf(const db::Row& row) {
  ServiceAccount account{.id = row.Text(0),
                         .display_name = row.Text(1),
                         .roles = absl::StrSplit(row.Text(2), ',', absl::SkipEmpty()),
                         .creator = row.Text(3),
                         .created = db::FromMicros(row.Int64(4)),
                         .expires = db::FromMicros(row.Int64(5)),
                         .secret_sha256 = row.Bytes(6),
                         .secret_made = db::FromMicros(row.Int64(7))};
  if (!row.IsNull(8)) account.revoked = db::FromMicros(row.Int64(8));
  return account;
}

absl::StatusOr<std::optional<ServiceAccount>> One(db::Session& session, std::string_view sql,
                                                  std::string_view id) {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(sql, {id}));
  if (!row.has_value()) return std::optional<ServiceAccount>();
  return std::optional<ServiceAccount>(AccountOf(*row));
}

}  // namespace

absl::Status InsertServiceAccount(db::Transaction& transaction, const ServiceAccount& account) {
  return transaction
      .Execute(kInsert, {account.id, account.display_name, absl::StrJoin(account.roles, ","), account.creator,
                         db::ToMicros(account.created), db::ToMicros(account.expires), account.secret_sha256,
                         db::ToMicros(account.secret_made)})
      .status();
}

absl::StatusOr<std::optional<ServiceAccount>> FindServiceAccount(db::Session& session, std::string_view id) {
  return One(session, kFind, id);
}

absl::StatusOr<std::optional<ServiceAccount>> LockServiceAccount(db::Transaction& transaction,
                                                                 std::string_view id) {
  return One(transaction, kLock, id);
}

absl::StatusOr<std::vector<ServiceAccount>> ListServiceAccounts(db::Session& session, std::string_view after,
                                                                std::int64_t limit) {
  std::vector<ServiceAccount> accounts;
  RETURN_IF_ERROR(
      session.Query(kList, {after, limit}, [&](const db::Row& row) { accounts.push_back(AccountOf(row)); }));
  return accounts;
}

absl::Status SetServiceAccountSecret(db::Transaction& transaction, std::string_view id,
                                     std::string_view secret_sha256, absl::Time now) {
  return transaction.Execute(kSetSecret, {secret_sha256, db::ToMicros(now), id}).status();
}

absl::StatusOr<bool> RevokeServiceAccount(db::Transaction& transaction, std::string_view id, absl::Time now) {
  ASSIGN_OR_RETURN(const std::int64_t revoked, transaction.Execute(kRevoke, {db::ToMicros(now), id}));
  return revoked == 1;
}

}  // namespace plenary::membership::store
