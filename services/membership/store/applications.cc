#include "services/membership/store/applications.h"

#include "common/crypto/bytes.h"
#include "common/db/timestamps.h"
#include "common/ids/id.h"
#include "common/status/macros.h"
#include "common/time/proto_time.h"

namespace plenary::membership::store {
namespace {

constexpr char kCountOne[] =
    "INSERT INTO application_counts (hour, address_sha256, submitted) VALUES (?, ?, 1)"
    " ON DUPLICATE KEY UPDATE submitted = submitted + 1";
constexpr char kCount[] = "SELECT submitted FROM application_counts WHERE hour = ? AND address_sha256 = ?";
constexpr char kDeleteCounts[] = "DELETE FROM application_counts WHERE hour < ? LIMIT 1000";
constexpr char kDeleteUnconfirmed[] =
    "DELETE FROM applications WHERE state = 'SUBMITTED' AND expires_at < ? LIMIT 1000";

constexpr char kInsertApplication[] =
    "INSERT INTO applications (id, full_name, email, company_display_name, category, statement, "
    "accepted_terms,"
    " state, token_sha256, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?, 'SUBMITTED', ?, ?, ?)";
constexpr char kUpdateApplication[] =
    "UPDATE applications SET state = ?, email_now = IF(?, email, NULL), token_sha256 = IF(?, NULL, "
    "token_sha256),"
    " confirmed_at = ?, decided_at = ?, decision_reason = ?, person = ? WHERE id = ? AND state = ?";

constexpr char kFindApplication[] =
    "SELECT id, full_name, email, company_display_name, category, statement, accepted_terms, state, "
    "created_at,"
    " expires_at, confirmed_at, decided_at, decision_reason, person FROM applications WHERE id = ?";
constexpr char kLockApplication[] =
    "SELECT id, full_name, email, company_display_name, category, statement, accepted_terms, state, "
    "created_at,"
    " expires_at, confirmed_at, decided_at, decision_reason, person FROM applications WHERE id = ? FOR "
    "UPDATE";
constexpr char kLockApplicationByToken[] =
    "SELECT id, full_name, email, company_display_name, category, statement, accepted_terms, state, "
    "created_at,"
    " expires_at, confirmed_at, decided_at, decision_reason, person FROM applications WHERE token_sha256 = ?"
    " FOR UPDATE";
constexpr char kListApplications[] =
    "SELECT id, full_name, email, company_display_name, category, statement, accepted_terms, state, "
    "created_at,"
    " expires_at, confirmed_at, decided_at, decision_reason, person FROM applications WHERE id > ?"
    " ORDER BY id LIMIT ?";
// The last condition tells SUBMITTED from EXPIRED, and holds of every other state.
constexpr char kListApplicationsInState[] =
    "SELECT id, full_name, email, company_display_name, category, statement, accepted_terms, state, "
    "created_at,"
    " expires_at, confirmed_at, decided_at, decision_reason, person FROM applications WHERE state = ? AND id "
    "> ?"
    " AND (state <> 'SUBMITTED' OR (expires_at <= ?) = ?) ORDER BY id LIMIT ?";

constexpr std::string_view kStatePrefix = "STATE_";

std::string StateText(v1::Application::State state) {
  return v1::Application::State_Name(state).substr(kStatePrefix.size());
}

v1::Application::State StateOf(const std::string& text) {
  v1::Application::State state = v1::Application::STATE_UNSPECIFIED;
  v1::Application::State_Parse(std::string(kStatePrefix) + text, &state);
  return state;
}

// Before a caller, so that nobody's e-mail address has the same digest.
constexpr std::string_view kFrom = "from ";

std::int64_t HourOf(absl::Time now) { return absl::ToUnixSeconds(now) / 3600; }

v1::Application ApplicationOf(const db::Row& row) {
  v1::Application application;
  application.set_name("applications/" + row.Text(0));
  application.set_full_name(row.Text(1));
  application.set_email(row.Text(2));
  application.set_company_display_name(row.Text(3));
  application.set_category("categories/" + row.Text(4));
  application.set_statement(row.Text(5));
  application.set_accepted_terms(row.Text(6));
  application.set_state(StateOf(row.Text(7)));
  *application.mutable_create_time() = ToTimestamp(db::FromMicros(row.Int64(8)));
  *application.mutable_expire_time() = ToTimestamp(db::FromMicros(row.Int64(9)));
  if (const auto confirmed = row.OptionalInt64(10)) {
    *application.mutable_confirm_time() = ToTimestamp(db::FromMicros(*confirmed));
  }
  if (const auto decided = row.OptionalInt64(11)) {
    *application.mutable_decide_time() = ToTimestamp(db::FromMicros(*decided));
  }
  application.set_decision_reason(row.Text(12));
  if (const auto person = row.OptionalText(13)) application.set_person("people/" + *person);
  return application;
}

std::int64_t Micros(const google::protobuf::Timestamp& instant) {
  return db::ToMicros(FromTimestamp(instant));
}

std::string IdOf(const v1::Application& application) {
  return ResourceId("applications", application.name()).value_or("");
}

absl::StatusOr<std::optional<v1::Application>> One(db::Session& session, const char* statement,
                                                   const db::Params& params) {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(statement, params));
  if (!row.has_value()) return std::optional<v1::Application>();
  return std::optional<v1::Application>(ApplicationOf(*row));
}

absl::StatusOr<std::int64_t> CountUnder(db::Transaction& transaction, std::int64_t hour,
                                        const std::string& digest) {
  RETURN_IF_ERROR(transaction.Execute(kCountOne, {hour, digest}).status());
  ASSIGN_OR_RETURN(const auto row, transaction.QueryOne(kCount, {hour, digest}));
  return row.has_value() ? row->Int64(0) : 0;
}

}  // namespace

absl::StatusOr<std::int64_t> CountApplicationsOf(db::Transaction& transaction, std::string_view email,
                                                 absl::Time now) {
  return CountUnder(transaction, HourOf(now), crypto::Sha256(email));
}

absl::StatusOr<std::int64_t> CountApplicationsFrom(db::Transaction& transaction, std::string_view caller,
                                                   absl::Time now) {
  return CountUnder(transaction, HourOf(now), crypto::Sha256(std::string(kFrom).append(caller)));
}

absl::StatusOr<std::int64_t> CountApplications(db::Transaction& transaction, absl::Time now) {
  return CountUnder(transaction, HourOf(now), crypto::Sha256(""));
}

absl::Status DeleteStaleApplications(db::Transaction& transaction, absl::Time before, absl::Time now) {
  RETURN_IF_ERROR(transaction.Execute(kDeleteCounts, {HourOf(now)}).status());
  return transaction.Execute(kDeleteUnconfirmed, {db::ToMicros(before)}).status();
}

absl::Status InsertApplication(db::Transaction& transaction, const v1::Application& application,
                               std::string_view token_sha256) {
  return transaction
      .Execute(kInsertApplication, {IdOf(application), application.full_name(), application.email(),
                                    application.company_display_name(),
                                    ResourceId("categories", application.category()).value_or(""),
                                    application.statement(), application.accepted_terms(), token_sha256,
                                    Micros(application.create_time()), Micros(application.expire_time())})
      .status();
}

absl::StatusOr<ApplicationUpdate> UpdateApplication(db::Transaction& transaction,
                                                    const v1::Application& application,
                                                    v1::Application::State from) {
  const auto instant = [](bool present, const google::protobuf::Timestamp& at) {
    return present ? db::Value(Micros(at)) : db::Value(db::Null());
  };
  const bool waits = application.state() == v1::Application::STATE_CONFIRMED;
  const auto person = ResourceId("people", application.person());
  ASSIGN_OR_RETURN(
      const db::InsertOutcome outcome,
      transaction.Insert(kUpdateApplication,
                         {StateText(application.state()), waits, !waits,
                          instant(application.has_confirm_time(), application.confirm_time()),
                          instant(application.has_decide_time(), application.decide_time()),
                          application.decision_reason(), person, IdOf(application), StateText(from)}));
  return ApplicationUpdate{.stored = outcome.inserted() && outcome.rows == 1,
                           .address_waits = outcome.duplicate()};
}

absl::StatusOr<std::optional<v1::Application>> FindApplication(db::Session& session, std::string_view id) {
  return One(session, kFindApplication, {id});
}

absl::StatusOr<std::optional<v1::Application>> LockApplication(db::Transaction& transaction,
                                                               std::string_view id) {
  return One(transaction, kLockApplication, {id});
}

absl::StatusOr<std::optional<v1::Application>> LockApplicationByToken(db::Transaction& transaction,
                                                                      std::string_view token_sha256) {
  return One(transaction, kLockApplicationByToken, {token_sha256});
}

absl::StatusOr<std::vector<v1::Application>> ListApplications(db::Session& session, std::string_view after,
                                                              v1::Application::State state, absl::Time now,
                                                              std::int64_t limit) {
  std::vector<v1::Application> applications;
  const auto take = [&](const db::Row& row) { applications.push_back(ApplicationOf(row)); };
  if (state == v1::Application::STATE_UNSPECIFIED) {
    RETURN_IF_ERROR(session.Query(kListApplications, {after, limit}, take));
    return applications;
  }
  const bool expired = state == v1::Application::STATE_EXPIRED;
  const std::string stored = StateText(expired ? v1::Application::STATE_SUBMITTED : state);
  RETURN_IF_ERROR(
      session.Query(kListApplicationsInState, {stored, after, db::ToMicros(now), expired, limit}, take));
  return applications;
}

}  // namespace plenary::membership::store
