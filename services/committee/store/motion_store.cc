#include "services/committee/store/motion_store.h"

#include <limits>
#include <map>

#include "common/db/timestamps.h"
#include "common/ids/id.h"
#include "common/status/macros.h"
#include "common/time/proto_time.h"
#include "services/committee/rules/motion_act.h"

namespace plenary::committee {
namespace {

#define MOTION_COLUMNS                                                                                 \
  "SELECT motion, body, title, text, state, threshold, mover, act, result, proposed_at, announced_at," \
  " act_field"                                                                                         \
  " FROM motions"

constexpr char kInsertMotion[] =
    "INSERT INTO motions (motion, body, title, text, state, threshold, mover, act, act_field, proposed_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
constexpr char kFindMotion[] = MOTION_COLUMNS " WHERE motion = ? AND body = ?";
constexpr char kLockMotion[] = MOTION_COLUMNS " WHERE motion = ? AND body = ? FOR UPDATE";
constexpr char kListMotions[] = MOTION_COLUMNS
    " WHERE body = ? AND (proposed_at < ? OR (proposed_at = ? AND motion < ?))"
    " ORDER BY proposed_at DESC, motion DESC LIMIT ?";
constexpr char kSetState[] = "UPDATE motions SET state = ? WHERE motion = ?";
constexpr char kAnnounce[] = "UPDATE motions SET state = ?, result = ?, announced_at = ? WHERE motion = ?";

#define VOTE_COLUMNS "SELECT v.motion, v.seat, v.person, v.full_name, v.choice FROM motion_votes v"

constexpr char kFindVotes[] = VOTE_COLUMNS " WHERE v.motion = ? ORDER BY v.seat";
// A locking read sees every vote that was committed while the motion's lock was waited for.
constexpr char kLockVotes[] = VOTE_COLUMNS " WHERE v.motion = ? ORDER BY v.seat FOR UPDATE";
// The votes on the motions of one page of kListMotions.
constexpr char kListVotes[] = VOTE_COLUMNS
    " JOIN (SELECT motion FROM motions WHERE body = ? AND (proposed_at < ? OR (proposed_at = ? AND motion < "
    "?))"
    " ORDER BY proposed_at DESC, motion DESC LIMIT ?) page ON page.motion = v.motion ORDER BY v.motion, "
    "v.seat";
constexpr char kSaveVote[] =
    "INSERT INTO motion_votes (motion, seat, person, full_name, choice) VALUES (?, ?, ?, ?, ?)"
    " ON DUPLICATE KEY UPDATE person = VALUES(person), full_name = VALUES(full_name), choice = "
    "VALUES(choice)";
constexpr char kDeleteVote[] = "DELETE FROM motion_votes WHERE motion = ? AND seat = ?";

// Puts the act of a stored motion into its field.
bool ParseAct(int field_number, const std::string& bytes, v1::Motion& motion) {
  const auto* field = v1::Motion::descriptor()->FindFieldByNumber(field_number);
  if (field == nullptr || field->message_type() == nullptr) return false;
  return v1::Motion::GetReflection()->MutableMessage(&motion, field)->ParseFromString(bytes);
}

absl::StatusOr<v1::Motion> ReadMotion(const db::Row& row) {
  v1::Motion motion;
  motion.set_name(MotionName(row.Text(1), row.Text(0)));
  motion.set_title(row.Text(2));
  motion.set_text(row.Text(3));
  motion.set_state(static_cast<v1::Motion::State>(row.Int64(4)));
  motion.set_threshold(static_cast<v1::Motion::Threshold>(row.Int64(5)));
  motion.set_mover(ResourceName("people", row.Text(6)));
  if (!row.IsNull(7) && !ParseAct(static_cast<int>(row.Int64(11)), row.Bytes(7), motion)) {
    return absl::InternalError("the stored act of a motion does not parse");
  }
  if (!row.IsNull(8) && !motion.mutable_result()->ParseFromString(row.Bytes(8))) {
    return absl::InternalError("the stored result of a motion does not parse");
  }
  *motion.mutable_propose_time() = ToTimestamp(db::FromMicros(row.Int64(9)));
  if (!row.IsNull(10)) *motion.mutable_announce_time() = ToTimestamp(db::FromMicros(row.Int64(10)));
  return motion;
}

v1::MotionVote ReadVote(const std::string& body, const db::Row& row) {
  v1::MotionVote vote;
  vote.set_seat(SeatName(body, static_cast<int>(row.Int64(1))));
  vote.set_person(ResourceName("people", row.Text(2)));
  vote.set_full_name(row.Text(3));
  vote.set_choice(static_cast<v1::MotionVote::Choice>(row.Int64(4)));
  return vote;
}

// The motion of a row that was found, with its votes.
absl::StatusOr<std::optional<v1::Motion>> WithVotes(db::Session& session, const MotionId& id,
                                                    const std::optional<db::Row>& row, const char* votes) {
  if (!row) return std::nullopt;
  ASSIGN_OR_RETURN(v1::Motion motion, ReadMotion(*row));
  RETURN_IF_ERROR(session.Query(votes, {id.motion},
                                [&](const db::Row& vote) { *motion.add_votes() = ReadVote(id.body, vote); }));
  return motion;
}

}  // namespace

absl::Status MotionStore::InsertMotion(db::Transaction& tx, const MotionId& id,
                                       const v1::Motion& motion) const {
  std::optional<std::string> act;
  std::optional<int> act_field;
  if (const auto* field = rules::ActOf(motion)) {
    act = v1::Motion::GetReflection()->GetMessage(motion, field).SerializeAsString();
    act_field = field->number();
  }
  return tx
      .Execute(kInsertMotion,
               {id.motion, id.body, motion.title(), motion.text(), static_cast<int>(motion.state()),
                static_cast<int>(motion.threshold()), *ResourceId("people", motion.mover()), act, act_field,
                db::ToMicros(FromTimestamp(motion.propose_time()))})
      .status();
}

absl::StatusOr<std::optional<v1::Motion>> MotionStore::FindMotion(db::Session& session,
                                                                  const MotionId& id) const {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(kFindMotion, {id.motion, id.body}));
  return WithVotes(session, id, row, kFindVotes);
}

absl::StatusOr<std::optional<v1::Motion>> MotionStore::LockMotion(db::Transaction& tx,
                                                                  const MotionId& id) const {
  ASSIGN_OR_RETURN(const auto row, tx.QueryOne(kLockMotion, {id.motion, id.body}));
  return WithVotes(tx, id, row, kLockVotes);
}

absl::StatusOr<std::vector<v1::Motion>> MotionStore::ListMotions(db::Session& session,
                                                                 const std::string& body,
                                                                 const std::optional<MotionKey>& after,
                                                                 int limit) const {
  const std::int64_t time =
      after ? db::ToMicros(after->propose_time) : std::numeric_limits<std::int64_t>::max();
  const db::Params page = {body, time, time, after ? after->motion : "", limit};
  std::map<std::string, std::vector<v1::MotionVote>> votes;
  RETURN_IF_ERROR(session.Query(
      kListVotes, page, [&](const db::Row& row) { votes[row.Text(0)].push_back(ReadVote(body, row)); }));
  std::vector<v1::Motion> motions;
  absl::Status unreadable;
  RETURN_IF_ERROR(session.Query(kListMotions, page, [&](const db::Row& row) {
    absl::StatusOr<v1::Motion> motion = ReadMotion(row);
    unreadable.Update(motion.status());
    if (!motion.ok()) return;
    for (const v1::MotionVote& vote : votes[row.Text(0)]) *motion->add_votes() = vote;
    motions.push_back(*std::move(motion));
  }));
  RETURN_IF_ERROR(unreadable);
  return motions;
}

absl::Status MotionStore::SetState(db::Transaction& tx, const std::string& motion,
                                   v1::Motion::State state) const {
  return tx.Execute(kSetState, {static_cast<int>(state), motion}).status();
}

absl::Status MotionStore::Announce(db::Transaction& tx, const std::string& motion, v1::Motion::State state,
                                   const v1::MotionResult& result, absl::Time at) const {
  return tx
      .Execute(kAnnounce, {static_cast<int>(state), result.SerializeAsString(), db::ToMicros(at), motion})
      .status();
}

absl::Status MotionStore::SaveVote(db::Transaction& tx, const std::string& motion,
                                   const v1::MotionVote& vote) const {
  return tx
      .Execute(kSaveVote, {motion, ParseSeatName(vote.seat())->number, *ResourceId("people", vote.person()),
                           vote.full_name(), static_cast<int>(vote.choice())})
      .status();
}

absl::Status MotionStore::DeleteVote(db::Transaction& tx, const std::string& motion,
                                     const v1::MotionVote& vote) const {
  return tx.Execute(kDeleteVote, {motion, ParseSeatName(vote.seat())->number}).status();
}

}  // namespace plenary::committee
