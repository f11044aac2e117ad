#include "services/membership/store/roll_challenges.h"

#include "common/db/timestamps.h"
#include "common/status/macros.h"
#include "common/time/proto_time.h"

namespace plenary::membership::store {
namespace {

constexpr char kInsert[] =
    "INSERT INTO roll_challenges (id, election, unit, wish, grounds, filer, filed_at, open_for)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
constexpr char kCountOpen[] = "SELECT COUNT(*) FROM roll_challenges WHERE election = ? AND open_for = ?";
constexpr char kHasOpen[] =
    "SELECT EXISTS (SELECT 1 FROM roll_challenges WHERE election = ? AND state = 'OPEN')";
constexpr char kFind[] =
    "SELECT sequence, id, election, unit, wish, grounds, filer, filed_at, state, decision_reason, decider,"
    " decided_at, revision FROM roll_challenges WHERE election = ? AND id = ?";
constexpr char kLock[] =
    "SELECT sequence, id, election, unit, wish, grounds, filer, filed_at, state, decision_reason, decider,"
    " decided_at, revision FROM roll_challenges WHERE election = ? AND id = ? FOR UPDATE";
constexpr char kDecide[] =
    "UPDATE roll_challenges SET state = ?, decision_reason = ?, decider = ?, decided_at = ?, revision = ?,"
    " open_for = NULL WHERE id = ? AND state = 'OPEN'";
constexpr char kList[] =
    "SELECT sequence, id, election, unit, wish, grounds, filer, filed_at, state, decision_reason, decider,"
    " decided_at, revision FROM roll_challenges WHERE election = ? AND sequence > ? ORDER BY sequence LIMIT "
    "?";
constexpr char kListOfState[] =
    "SELECT sequence, id, election, unit, wish, grounds, filer, filed_at, state, decision_reason, decider,"
    " decided_at, revision FROM roll_challenges WHERE election = ? AND sequence > ? AND state = ?"
    " ORDER BY sequence LIMIT ?";

std::string_view StateWord(v1::Challenge::State state) {
  switch (state) {
    case v1::Challenge::STATE_SUSTAINED:
      return "SUSTAINED";
    case v1::Challenge::STATE_DISMISSED:
      return "DISMISSED";
    default:
      return "OPEN";
  }
}

v1::Challenge::State StateOf(std::string_view word) {
  if (word == "SUSTAINED") return v1::Challenge::STATE_SUSTAINED;
  return word == "DISMISSED" ? v1::Challenge::STATE_DISMISSED : v1::Challenge::STATE_OPEN;
}

StoredChallenge ChallengeOf(const db::Row& row) {
  StoredChallenge stored{
      .sequence = row.Uint64(0), .id = row.Text(1), .election = row.Text(2), .unit = row.Text(3)};
  v1::Challenge& shown = stored.shown;
  shown.set_wish(row.Text(4) == "ADD" ? v1::Challenge::WISH_ADD : v1::Challenge::WISH_REMOVE);
  shown.set_grounds(row.Text(5));
  shown.set_filer(row.Text(6));
  *shown.mutable_file_time() = ToTimestamp(db::FromMicros(row.Int64(7)));
  shown.set_state(StateOf(row.Text(8)));
  shown.set_decision_reason(row.Text(9));
  shown.set_decider(row.Text(10));
  if (const auto decided_at = row.OptionalInt64(11); decided_at.has_value()) {
    *shown.mutable_decide_time() = ToTimestamp(db::FromMicros(*decided_at));
  }
  shown.set_revision(static_cast<int>(row.Int64(12)));
  return stored;
}

absl::StatusOr<std::optional<StoredChallenge>> One(db::Session& session, std::string_view sql,
                                                   std::string_view election, std::string_view id) {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(sql, {election, id}));
  if (!row.has_value()) return std::optional<StoredChallenge>();
  return std::optional<StoredChallenge>(ChallengeOf(*row));
}

}  // namespace

absl::StatusOr<bool> InsertChallenge(db::Transaction& transaction, const StoredChallenge& challenge) {
  const v1::Challenge& shown = challenge.shown;
  ASSIGN_OR_RETURN(
      const db::InsertOutcome outcome,
      transaction.Insert(kInsert,
                         {challenge.id, challenge.election, challenge.unit,
                          shown.wish() == v1::Challenge::WISH_ADD ? "ADD" : "REMOVE", shown.grounds(),
                          shown.filer(), db::ToMicros(FromTimestamp(shown.file_time())), shown.filer()}));
  return outcome.inserted();
}

absl::StatusOr<std::int64_t> CountOpenChallenges(db::Session& session, std::string_view election,
                                                 std::string_view filer) {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(kCountOpen, {election, filer}));
  return row->Int64(0);
}

absl::StatusOr<bool> HasOpenChallenge(db::Session& session, std::string_view election) {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(kHasOpen, {election}));
  return row.has_value() && row->Bool(0);
}

absl::StatusOr<std::optional<StoredChallenge>> FindChallenge(db::Session& session, std::string_view election,
                                                             std::string_view id) {
  return One(session, kFind, election, id);
}

absl::StatusOr<std::optional<StoredChallenge>> LockChallenge(db::Transaction& transaction,
                                                             std::string_view election, std::string_view id) {
  return One(transaction, kLock, election, id);
}

absl::StatusOr<bool> StoreDecision(db::Transaction& transaction, std::string_view id,
                                   const v1::Challenge& decided) {
  ASSIGN_OR_RETURN(
      const std::int64_t changed,
      transaction.Execute(kDecide,
                          {StateWord(decided.state()), decided.decision_reason(), decided.decider(),
                           db::ToMicros(FromTimestamp(decided.decide_time())), decided.revision(), id}));
  return changed == 1;
}

absl::StatusOr<std::vector<StoredChallenge>> ListChallenges(db::Session& session, std::string_view election,
                                                            v1::Challenge::State state, std::uint64_t after,
                                                            std::int64_t limit) {
  std::vector<StoredChallenge> rows;
  const auto each = [&](const db::Row& row) { rows.push_back(ChallengeOf(row)); };
  if (state == v1::Challenge::STATE_UNSPECIFIED) {
    RETURN_IF_ERROR(session.Query(kList, {election, after, limit}, each));
  } else {
    RETURN_IF_ERROR(session.Query(kListOfState, {election, after, StateWord(state), limit}, each));
  }
  return rows;
}

}  // namespace plenary::membership::store
