#include "services/membership/store/codes.h"

#include "common/db/timestamps.h"
#include "common/status/macros.h"

namespace plenary::membership::store {
namespace {

constexpr char kInsert[] =
    "INSERT INTO codes (address_sha256, salt, code_sha256, tries, expires_at) VALUES (?, ?, ?, 0, ?)";
constexpr char kLockLive[] =
    "SELECT sequence, salt, code_sha256 FROM codes"
    " WHERE address_sha256 = ? AND expires_at > ? AND tries < ? ORDER BY sequence FOR UPDATE";
constexpr char kCountTry[] = "UPDATE codes SET tries = tries + 1 WHERE sequence = ?";
constexpr char kRemove[] = "DELETE FROM codes WHERE address_sha256 = ?";
constexpr char kPrune[] = "DELETE FROM codes WHERE expires_at <= ? ORDER BY expires_at LIMIT ?";
constexpr char kPruneCounts[] =
    "DELETE FROM sign_in_counts WHERE started_at <= ? ORDER BY started_at LIMIT ?";

}  // namespace

absl::Status InsertCode(db::Transaction& transaction, std::string_view address_sha256, const Code& code,
                        absl::Time expires) {
  return transaction.Execute(kInsert, {address_sha256, code.salt, code.code_sha256, db::ToMicros(expires)})
      .status();
}

absl::StatusOr<std::vector<Code>> TakeTries(db::Transaction& transaction, std::string_view address_sha256,
                                            int most_tries, absl::Time now) {
  std::vector<Code> codes;
  std::vector<std::uint64_t> sequences;
  RETURN_IF_ERROR(
      transaction.Query(kLockLive, {address_sha256, db::ToMicros(now), most_tries}, [&](const db::Row& row) {
        sequences.push_back(row.Uint64(0));
        codes.push_back({.salt = row.Bytes(1), .code_sha256 = row.Bytes(2)});
      }));
  for (const std::uint64_t sequence : sequences) {
    RETURN_IF_ERROR(transaction.Execute(kCountTry, {sequence}).status());
  }
  return codes;
}

absl::Status RemoveCodes(db::Transaction& transaction, std::string_view address_sha256) {
  return transaction.Execute(kRemove, {address_sha256}).status();
}

absl::StatusOr<std::int64_t> PruneCodes(db::Session& session, absl::Time until, int most) {
  return session.Execute(kPrune, {db::ToMicros(until), most});
}

absl::StatusOr<std::int64_t> PruneCodeCounts(db::Session& session, absl::Time until, int most) {
  return session.Execute(kPruneCounts, {db::ToMicros(until), most});
}

}  // namespace plenary::membership::store
