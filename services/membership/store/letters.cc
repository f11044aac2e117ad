#include "services/membership/store/letters.h"

#include <utility>

#include "common/db/timestamps.h"
#include "common/ids/id.h"
#include "common/status/macros.h"
#include "common/time/proto_time.h"
#include "services/membership/rules/duplicates.h"
#include "services/membership/rules/verification_states.h"

namespace plenary::membership::store {
namespace {

constexpr char kInsertLetter[] =
    "INSERT INTO letters (id, person, referee_name, referee_email, referee_now, relation, state, text, "
    "on_paper,"
    " token_sha256, created_at, expires_at, received_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr char kUpdateLetter[] =
    "UPDATE letters SET state = ?, text = ?, on_paper = ?, check_note = ?, decision_reason = ?, received_at "
    "= ?,"
    " decided_at = ?, referee_now = IF(?, referee_now, NULL), token_sha256 = IF(?, token_sha256, NULL)"
    " WHERE id = ?";
constexpr char kFreeExpiredReferee[] =
    "UPDATE letters SET referee_now = NULL WHERE person = ? AND referee_now = ? AND state = 'REQUESTED'"
    " AND expires_at <= ?";

constexpr char kFindLetter[] =
    "SELECT id, person, referee_name, referee_email, relation, state, on_paper, decision_reason, created_at,"
    " expires_at, received_at, decided_at, check_note, text FROM letters WHERE id = ?";
constexpr char kLockLetter[] =
    "SELECT id, person, referee_name, referee_email, relation, state, on_paper, decision_reason, created_at,"
    " expires_at, received_at, decided_at, check_note, text FROM letters WHERE id = ? FOR UPDATE";
constexpr char kLockLetterByToken[] =
    "SELECT id, person, referee_name, referee_email, relation, state, on_paper, decision_reason, created_at,"
    " expires_at, received_at, decided_at, check_note, text FROM letters WHERE token_sha256 = ? FOR UPDATE";
constexpr char kLockLetterOfReferee[] =
    "SELECT id, person, referee_name, referee_email, relation, state, on_paper, decision_reason, created_at,"
    " expires_at, received_at, decided_at, check_note, text FROM letters WHERE person = ? AND referee_now = ?"
    " FOR UPDATE";

// The last two conditions tell REQUESTED from EXPIRED, and hold of every other state.
constexpr char kListLetters[] =
    "SELECT id, person, referee_name, referee_email, relation, state, on_paper, decision_reason, created_at,"
    " expires_at, received_at, decided_at, check_note FROM letters WHERE id > ? ORDER BY id LIMIT ?";
constexpr char kListLettersOfPerson[] =
    "SELECT id, person, referee_name, referee_email, relation, state, on_paper, decision_reason, created_at,"
    " expires_at, received_at, decided_at, check_note FROM letters WHERE person = ? AND id > ?"
    " ORDER BY id LIMIT ?";
constexpr char kListLettersInState[] =
    "SELECT id, person, referee_name, referee_email, relation, state, on_paper, decision_reason, created_at,"
    " expires_at, received_at, decided_at, check_note FROM letters WHERE state = ? AND id > ?"
    " AND (state <> 'REQUESTED' OR (expires_at <= ?) = ?) ORDER BY id LIMIT ?";
constexpr char kListLettersOfPersonInState[] =
    "SELECT id, person, referee_name, referee_email, relation, state, on_paper, decision_reason, created_at,"
    " expires_at, received_at, decided_at, check_note FROM letters WHERE person = ? AND state = ? AND id > ?"
    " AND (state <> 'REQUESTED' OR (expires_at <= ?) = ?) ORDER BY id LIMIT ?";

constexpr char kCountLetterRequests[] =
    "SELECT COUNT(*) FROM letters WHERE person = ? AND expires_at IS NOT NULL AND created_at > ?";

constexpr std::string_view kStatePrefix = "STATE_";

std::string StateText(v1::Letter::State state) {
  return v1::Letter::State_Name(state).substr(kStatePrefix.size());
}

v1::Letter::State StateOf(const std::string& text) {
  v1::Letter::State state = v1::Letter::STATE_UNSPECIFIED;
  v1::Letter::State_Parse(std::string(kStatePrefix) + text, &state);
  return state;
}

void SetInstant(const db::Row& row, std::size_t column, google::protobuf::Timestamp* (v1::Letter::*field)(),
                v1::Letter& letter) {
  const auto micros = row.OptionalInt64(column);
  if (micros.has_value()) *(letter.*field)() = ToTimestamp(db::FromMicros(*micros));
}

// All but the text.
v1::Letter SummaryOf(const db::Row& row) {
  v1::Letter letter;
  letter.set_name("letters/" + row.Text(0));
  letter.set_person("people/" + row.Text(1));
  letter.mutable_referee()->set_full_name(row.Text(2));
  letter.mutable_referee()->set_email(row.Text(3));
  letter.mutable_referee()->set_relation(row.Text(4));
  letter.set_state(StateOf(row.Text(5)));
  letter.set_on_paper(row.Bool(6));
  letter.set_decision_reason(row.Text(7));
  SetInstant(row, 8, &v1::Letter::mutable_create_time, letter);
  SetInstant(row, 9, &v1::Letter::mutable_expire_time, letter);
  SetInstant(row, 10, &v1::Letter::mutable_receive_time, letter);
  SetInstant(row, 11, &v1::Letter::mutable_decide_time, letter);
  letter.set_check_note(row.Text(12));
  return letter;
}

v1::Letter LetterOf(const db::Row& row) {
  v1::Letter letter = SummaryOf(row);
  letter.set_text(row.Text(13));
  return letter;
}

db::Value InstantValue(bool present, const google::protobuf::Timestamp& instant) {
  return present ? db::Value(db::ToMicros(FromTimestamp(instant))) : db::Value(db::Null());
}

std::string IdOf(const v1::Letter& letter) { return ResourceId("letters", letter.name()).value_or(""); }

absl::StatusOr<std::optional<v1::Letter>> One(db::Session& session, const char* statement,
                                              const db::Params& params) {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(statement, params));
  if (!row.has_value()) return std::optional<v1::Letter>();
  return std::optional<v1::Letter>(LetterOf(*row));
}

}  // namespace

absl::StatusOr<bool> InsertLetter(db::Transaction& transaction, const v1::Letter& letter,
                                  std::string_view token_sha256) {
  const v1::Referee& referee = letter.referee();
  const db::Value token = token_sha256.empty() ? db::Value(db::Null()) : db::Value(token_sha256);
  ASSIGN_OR_RETURN(const db::InsertOutcome outcome,
                   transaction.Insert(kInsertLetter,
                                      {IdOf(letter), ResourceId("people", letter.person()).value_or(""),
                                       referee.full_name(), referee.email(), rules::Mailbox(referee.email()),
                                       referee.relation(), StateText(letter.state()), letter.text(),
                                       letter.on_paper(), token, InstantValue(true, letter.create_time()),
                                       InstantValue(letter.has_expire_time(), letter.expire_time()),
                                       InstantValue(letter.has_receive_time(), letter.receive_time())}));
  return outcome.inserted();
}

absl::Status UpdateLetter(db::Transaction& transaction, const v1::Letter& letter) {
  return transaction
      .Execute(
          kUpdateLetter,
          {StateText(letter.state()), letter.text(), letter.on_paper(), letter.check_note(),
           letter.decision_reason(), InstantValue(letter.has_receive_time(), letter.receive_time()),
           InstantValue(letter.has_decide_time(), letter.decide_time()), rules::HoldsReferee(letter.state()),
           letter.state() == v1::Letter::STATE_REQUESTED, IdOf(letter)})
      .status();
}

absl::Status FreeExpiredReferee(db::Transaction& transaction, std::string_view person,
                                std::string_view referee, absl::Time now) {
  return transaction.Execute(kFreeExpiredReferee, {person, rules::Mailbox(referee), db::ToMicros(now)})
      .status();
}

absl::StatusOr<std::optional<v1::Letter>> FindLetter(db::Session& session, std::string_view id) {
  return One(session, kFindLetter, {id});
}

absl::StatusOr<std::optional<v1::Letter>> LockLetter(db::Transaction& transaction, std::string_view id) {
  return One(transaction, kLockLetter, {id});
}

absl::StatusOr<std::optional<v1::Letter>> LockLetterByToken(db::Transaction& transaction,
                                                            std::string_view token_sha256) {
  return One(transaction, kLockLetterByToken, {token_sha256});
}

absl::StatusOr<std::optional<v1::Letter>> LockLetterOfReferee(db::Transaction& transaction,
                                                              std::string_view person,
                                                              std::string_view referee) {
  return One(transaction, kLockLetterOfReferee, {person, rules::Mailbox(referee)});
}

absl::StatusOr<std::vector<v1::Letter>> ListLetters(db::Session& session, std::string_view after,
                                                    std::string_view person, v1::Letter::State state,
                                                    absl::Time now, std::int64_t limit) {
  std::vector<v1::Letter> letters;
  const auto take = [&](const db::Row& row) { letters.push_back(SummaryOf(row)); };
  const bool expired = state == v1::Letter::STATE_EXPIRED;
  const std::string stored = StateText(expired ? v1::Letter::STATE_REQUESTED : state);
  const std::int64_t micros = db::ToMicros(now);
  if (state == v1::Letter::STATE_UNSPECIFIED && person.empty()) {
    RETURN_IF_ERROR(session.Query(kListLetters, {after, limit}, take));
  } else if (state == v1::Letter::STATE_UNSPECIFIED) {
    RETURN_IF_ERROR(session.Query(kListLettersOfPerson, {person, after, limit}, take));
  } else if (person.empty()) {
    RETURN_IF_ERROR(session.Query(kListLettersInState, {stored, after, micros, expired, limit}, take));
  } else {
    RETURN_IF_ERROR(
        session.Query(kListLettersOfPersonInState, {person, stored, after, micros, expired, limit}, take));
  }
  return letters;
}

absl::StatusOr<std::int64_t> CountLetterRequests(db::Transaction& transaction, std::string_view person,
                                                 absl::Time since) {
  ASSIGN_OR_RETURN(const auto row, transaction.QueryOne(kCountLetterRequests, {person, db::ToMicros(since)}));
  return row.has_value() ? row->Int64(0) : 0;
}

}  // namespace plenary::membership::store
