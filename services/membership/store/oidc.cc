#include "services/membership/store/oidc.h"

#include "common/db/timestamps.h"
#include "common/status/macros.h"
#include "services/membership/limits_identity.h"
#include "services/membership/limits_oidc.h"

namespace plenary::membership::store {
namespace {

constexpr char kPrune[] = "DELETE FROM oidc_sign_ins WHERE created_at < ? LIMIT ?";
constexpr char kInsert[] =
    "INSERT INTO oidc_sign_ins (state_sha256, created_at, expires_at, used_at) VALUES (?, ?, ?, NULL)";
constexpr char kTake[] =
    "UPDATE oidc_sign_ins SET used_at = ? WHERE state_sha256 = ? AND used_at IS NULL AND expires_at > ?";
constexpr char kReopen[] =
    "UPDATE oidc_sign_ins SET used_at = NULL WHERE state_sha256 = ? AND used_at IS NOT NULL";
constexpr char kFindSubject[] = "SELECT person FROM oidc_subjects WHERE issuer = ? AND subject = ?";
constexpr char kInsertSubject[] =
    "INSERT INTO oidc_subjects (issuer, subject, person, linked_at) VALUES (?, ?, ?, ?)";

}  // namespace

absl::Status PruneOidcSignIns(db::Session& session, absl::Time before) {
  return session.Execute(kPrune, {db::ToMicros(before), limits::kRowsPruned}).status();
}

absl::Status InsertOidcSignIn(db::Transaction& transaction, std::string_view state_sha256, absl::Time now) {
  return transaction
      .Execute(kInsert, {state_sha256, db::ToMicros(now), db::ToMicros(now + limits::kOidcSignInLifetime)})
      .status();
}

absl::StatusOr<bool> TakeOidcSignIn(db::Session& session, std::string_view state_sha256, absl::Time now) {
  ASSIGN_OR_RETURN(const std::int64_t taken,
                   session.Execute(kTake, {db::ToMicros(now), state_sha256, db::ToMicros(now)}));
  return taken == 1;
}

absl::Status ReopenOidcSignIn(db::Session& session, std::string_view state_sha256) {
  return session.Execute(kReopen, {state_sha256}).status();
}

absl::StatusOr<std::optional<std::string>> FindOidcSubject(db::Session& session, const OidcSubject& subject) {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(kFindSubject, {subject.issuer, subject.subject}));
  if (!row.has_value()) return std::optional<std::string>();
  return std::optional<std::string>(row->Text(0));
}

absl::StatusOr<bool> InsertOidcSubject(db::Transaction& transaction, const OidcSubject& subject,
                                       std::string_view person, absl::Time now) {
  ASSIGN_OR_RETURN(
      const db::InsertOutcome outcome,
      transaction.Insert(kInsertSubject, {subject.issuer, subject.subject, person, db::ToMicros(now)}));
  return outcome.inserted();
}

}  // namespace plenary::membership::store
