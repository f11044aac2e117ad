#include "services/membership/store/identity.h"

#include "common/db/timestamps.h"
#include "common/status/macros.h"
#include "services/membership/limits_identity.h"

namespace plenary::membership::store {
namespace {

constexpr char kPruneSignIns[] = "DELETE FROM sign_ins WHERE created_at < ? LIMIT ?";
constexpr char kPruneCounts[] = "DELETE FROM sign_in_counts WHERE started_at < ? LIMIT ?";
constexpr char kPruneRefreshTokens[] = "DELETE FROM refresh_tokens WHERE kept_until < ? LIMIT ?";

// A span that began in the future was counted by a clock that was set back since. uses is set before
// started_at, of which it goes by the old value.
constexpr char kCountUse[] =
    "INSERT INTO sign_in_counts (subject, started_at, uses) VALUES (?, ?, 1) ON DUPLICATE KEY UPDATE"
    " uses = IF(started_at <= ? OR started_at > ?, 1, uses + 1),"
    " started_at = IF(started_at <= ? OR started_at > ?, ?, started_at)";
constexpr char kGetCount[] = "SELECT uses, started_at FROM sign_in_counts WHERE subject = ?";
constexpr char kForgetUses[] = "DELETE FROM sign_in_counts WHERE subject = ?";
constexpr char kUncountUse[] = "UPDATE sign_in_counts SET uses = uses - 1 WHERE subject = ? AND uses > 0";

constexpr char kInsertSignIn[] =
    "INSERT INTO sign_ins (id, address_sha256, person, salt, code_sha256, link_sha256, tries, created_at, "
    "expires_at,"
    " used_at) VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?, NULL)";
constexpr char kTakeTry[] =
    "UPDATE sign_ins SET tries = tries + 1 WHERE id = ? AND tries < ? AND used_at IS NULL AND expires_at > ?";
constexpr char kGetSignIn[] =
    "SELECT id, address_sha256, person, salt, code_sha256, link_sha256, tries FROM sign_ins WHERE id = ?";
constexpr char kUseSignIn[] = "UPDATE sign_ins SET used_at = ? WHERE id = ? AND used_at IS NULL";

constexpr char kInsertSession[] =
    "INSERT INTO sessions (id, person, means, chain_key, created_at, refreshed_at) VALUES (?, ?, ?, ?, ?, ?)";
constexpr char kInsertRefreshToken[] =
    "INSERT INTO refresh_tokens (token_sha256, session, kept_until) VALUES (?, ?, ?)";
constexpr char kLockRefreshToken[] =
    "SELECT s.id, s.person, s.means, s.chain_key, s.created_at, s.refreshed_at, s.ended_at, t.used_at, "
    "t.use_sha256"
    " FROM refresh_tokens t JOIN sessions s ON s.id = t.session WHERE t.token_sha256 = ? FOR UPDATE";
constexpr char kIsUsed[] = "SELECT used_at FROM refresh_tokens WHERE token_sha256 = ?";
constexpr char kUseRefreshToken[] =
    "UPDATE refresh_tokens SET used_at = ?, use_sha256 = ? WHERE token_sha256 = ? AND used_at IS NULL";
constexpr char kTouchSession[] = "UPDATE sessions SET refreshed_at = ? WHERE id = ?";
constexpr char kLockSession[] =
    "SELECT id, person, means, chain_key, created_at, refreshed_at, ended_at FROM sessions WHERE id = ? FOR "
    "UPDATE";
constexpr char kEndSession[] =
    "UPDATE sessions SET ended_at = ?, end_cause = ? WHERE id = ? AND ended_at IS NULL";
constexpr char kEndSessionsOf[] =
    "UPDATE sessions SET ended_at = ?, end_cause = 'SIGNED_OUT_EVERYWHERE'"
    " WHERE person = ? AND ended_at IS NULL AND created_at > ? AND refreshed_at > ?";
constexpr char kListSessions[] =
    "SELECT id, person, means, chain_key, created_at, refreshed_at, ended_at FROM sessions"
    " WHERE person = ? AND id > ? AND ended_at IS NULL AND created_at > ? AND refreshed_at > ? ORDER BY id "
    "LIMIT ?";

std::optional<absl::Time> OptionalTime(const db::Row& row, std::size_t column) {
  const auto micros = row.OptionalInt64(column);
  if (!micros.has_value()) return std::nullopt;
  return db::FromMicros(*micros);
}

v1::SignInMeans MeansOf(const std::string& word) {
  if (word == "OIDC") return v1::SIGN_IN_MEANS_OIDC;
  return word == "EMAIL_CODE" ? v1::SIGN_IN_MEANS_EMAIL_CODE : v1::SIGN_IN_MEANS_EMAIL_LINK;
}

std::string_view WordOf(v1::SignInMeans means) {
  if (means == v1::SIGN_IN_MEANS_OIDC) return "OIDC";
  return means == v1::SIGN_IN_MEANS_EMAIL_CODE ? "EMAIL_CODE" : "EMAIL_LINK";
}

std::string_view WordOf(EndCause cause) {
  switch (cause) {
    case EndCause::kSignedOut:
      return "SIGNED_OUT";
    case EndCause::kEnded:
      return "ENDED";
    case EndCause::kSignedOutEverywhere:
      return "SIGNED_OUT_EVERYWHERE";
    case EndCause::kTokenReused:
      return "TOKEN_REUSED";
  }
  return "ENDED";
}

StoredSession SessionOf(const db::Row& row) {
  return {.id = row.Text(0),
          .person = row.Text(1),
          .means = MeansOf(row.Text(2)),
          .chain_key = row.Bytes(3),
          .created = db::FromMicros(row.Int64(4)),
          .refreshed = db::FromMicros(row.Int64(5)),
          .ended = OptionalTime(row, 6)};
}

}  // namespace

absl::Status PruneSignIns(db::Session& session, absl::Time before) {
  return session.Execute(kPruneSignIns, {db::ToMicros(before), limits::kRowsPruned}).status();
}

absl::Status PruneCounts(db::Session& session, absl::Time before) {
  return session.Execute(kPruneCounts, {db::ToMicros(before), limits::kRowsPruned}).status();
}

absl::Status PruneRefreshTokens(db::Session& session, absl::Time now) {
  return session.Execute(kPruneRefreshTokens, {db::ToMicros(now), limits::kRowsPruned}).status();
}

absl::StatusOr<Count> CountUse(db::Transaction& transaction, std::string_view subject, absl::Time now) {
  const std::int64_t at = db::ToMicros(now), over = db::ToMicros(now - limits::kSignInSpan);
  RETURN_IF_ERROR(transaction.Execute(kCountUse, {subject, at, over, at, over, at, at}).status());
  ASSIGN_OR_RETURN(const auto row, transaction.QueryOne(kGetCount, {subject}));
  if (!row.has_value()) return absl::InternalError("a count is gone");
  return Count{.uses = row->Int64(0), .started = db::FromMicros(row->Int64(1))};
}

absl::Status UncountUse(db::Transaction& transaction, std::string_view subject) {
  return transaction.Execute(kUncountUse, {subject}).status();
}

absl::Status ForgetUses(db::Transaction& transaction, std::string_view subject) {
  return transaction.Execute(kForgetUses, {subject}).status();
}

absl::Status InsertSignIn(db::Transaction& transaction, const SignIn& sign_in, absl::Time now) {
  return transaction
      .Execute(kInsertSignIn, {sign_in.id, sign_in.address_sha256,
                               sign_in.person.empty() ? db::Value(db::Null()) : db::Value(sign_in.person),
                               sign_in.salt, sign_in.code_sha256, sign_in.link_sha256, db::ToMicros(now),
                               db::ToMicros(now + limits::kSignInLifetime)})
      .status();
}

absl::StatusOr<std::optional<SignIn>> TakeTry(db::Transaction& transaction, std::string_view id,
                                              absl::Time now) {
  ASSIGN_OR_RETURN(const std::int64_t taken,
                   transaction.Execute(kTakeTry, {id, limits::kTriesOfSignIn, db::ToMicros(now)}));
  if (taken == 0) return std::optional<SignIn>();
  ASSIGN_OR_RETURN(const auto row, transaction.QueryOne(kGetSignIn, {id}));
  if (!row.has_value()) return absl::InternalError("a sign-in is gone");
  return std::optional<SignIn>(SignIn{.id = row->Text(0),
                                      .address_sha256 = row->Bytes(1),
                                      .person = row->OptionalText(2).value_or(""),
                                      .salt = row->Bytes(3),
                                      .code_sha256 = row->Bytes(4),
                                      .link_sha256 = row->Bytes(5),
                                      .tries = static_cast<int>(row->Int64(6))});
}

absl::Status UseSignIn(db::Transaction& transaction, std::string_view id, absl::Time now) {
  return transaction.Execute(kUseSignIn, {db::ToMicros(now), id}).status();
}

absl::Status InsertSession(db::Transaction& transaction, const StoredSession& session) {
  return transaction
      .Execute(kInsertSession, {session.id, session.person, WordOf(session.means), session.chain_key,
                                db::ToMicros(session.created), db::ToMicros(session.refreshed)})
      .status();
}

absl::Status InsertRefreshToken(db::Transaction& transaction, std::string_view token_sha256,
                                const StoredSession& session) {
  const absl::Time kept_until = session.created + limits::kSessionLifetime;
  return transaction.Execute(kInsertRefreshToken, {token_sha256, session.id, db::ToMicros(kept_until)})
      .status();
}

absl::StatusOr<std::optional<RefreshToken>> LockRefreshToken(db::Transaction& transaction,
                                                             std::string_view token_sha256) {
  ASSIGN_OR_RETURN(const auto row, transaction.QueryOne(kLockRefreshToken, {token_sha256}));
  if (!row.has_value()) return std::optional<RefreshToken>();
  return std::optional<RefreshToken>(RefreshToken{.session = SessionOf(*row),
                                                  .used = OptionalTime(*row, 7),
                                                  .use_sha256 = row->OptionalText(8).value_or("")});
}

absl::StatusOr<bool> IsUsed(db::Transaction& transaction, std::string_view token_sha256) {
  ASSIGN_OR_RETURN(const auto row, transaction.QueryOne(kIsUsed, {token_sha256}));
  return row.has_value() && !row->IsNull(0);
}

absl::Status UseRefreshToken(db::Transaction& transaction, std::string_view token_sha256,
                             std::string_view use_sha256, absl::Time now) {
  ASSIGN_OR_RETURN(const std::int64_t used,
                   transaction.Execute(kUseRefreshToken, {db::ToMicros(now), use_sha256, token_sha256}));
  return used == 1 ? absl::OkStatus() : absl::InternalError("a refresh token was used under its lock");
}

absl::Status TouchSession(db::Transaction& transaction, std::string_view session, absl::Time now) {
  return transaction.Execute(kTouchSession, {db::ToMicros(now), session}).status();
}

absl::StatusOr<std::optional<StoredSession>> LockSession(db::Transaction& transaction, std::string_view id) {
  ASSIGN_OR_RETURN(const auto row, transaction.QueryOne(kLockSession, {id}));
  if (!row.has_value()) return std::optional<StoredSession>();
  return std::optional<StoredSession>(SessionOf(*row));
}

absl::StatusOr<bool> EndSession(db::Transaction& transaction, std::string_view id, EndCause cause,
                                absl::Time now) {
  ASSIGN_OR_RETURN(const std::int64_t ended,
                   transaction.Execute(kEndSession, {db::ToMicros(now), WordOf(cause), id}));
  return ended == 1;
}

absl::StatusOr<std::int64_t> EndSessionsOf(db::Transaction& transaction, std::string_view person,
                                           absl::Time now) {
  return transaction.Execute(kEndSessionsOf,
                             {db::ToMicros(now), person, db::ToMicros(now - limits::kSessionLifetime),
                              db::ToMicros(now - limits::kIdleSession)});
}

absl::StatusOr<std::vector<StoredSession>> ListSessions(db::Session& session, std::string_view person,
                                                        std::string_view after, absl::Time now,
                                                        std::int64_t limit) {
  std::vector<StoredSession> sessions;
  RETURN_IF_ERROR(session.Query(kListSessions,
                                {person, after, db::ToMicros(now - limits::kSessionLifetime),
                                 db::ToMicros(now - limits::kIdleSession), limit},
                                [&](const db::Row& row) { sessions.push_back(SessionOf(row)); }));
  return sessions;
}

}  // namespace plenary::membership::store
