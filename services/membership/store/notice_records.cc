#include "services/membership/store/notice_records.h"

#include <utility>

#include "common/db/timestamps.h"
#include "common/status/macros.h"
#include "common/time/proto_time.h"
#include "services/membership/names.h"
#include "services/membership/notice_names.h"
#include "services/membership/store/notice_values.h"
#include "services/membership/store/read_rows.h"

namespace plenary::membership::store {
namespace {

constexpr std::string_view kStatePrefix = "STATE_";

// One statement for each filter that has an index to begin from; the others are looked at row by row.
constexpr char kListAll[] =
    "SELECT sequence, id, event, template, COALESCE(person, ''), address, address_sha256, template_values, "
    "secret,"
    " state, not_after, created_at, settled_at, resends, attempts, error FROM notices WHERE sequence < ?"
    " ORDER BY sequence DESC LIMIT ?";
constexpr char kListOfPerson[] =
    "SELECT sequence, id, event, template, COALESCE(person, ''), address, address_sha256, template_values, "
    "secret,"
    " state, not_after, created_at, settled_at, resends, attempts, error FROM notices WHERE person = ?"
    " AND (? = '' OR state = ?) AND (? = '' OR template = ?) AND sequence < ? ORDER BY sequence DESC LIMIT ?";
constexpr char kListOfTemplate[] =
    "SELECT sequence, id, event, template, COALESCE(person, ''), address, address_sha256, template_values, "
    "secret,"
    " state, not_after, created_at, settled_at, resends, attempts, error FROM notices WHERE template = ?"
    " AND (? = '' OR state = ?) AND sequence < ? ORDER BY sequence DESC LIMIT ?";
constexpr char kListOfState[] =
    "SELECT sequence, id, event, template, COALESCE(person, ''), address, address_sha256, template_values, "
    "secret,"
    " state, not_after, created_at, settled_at, resends, attempts, error FROM notices WHERE state = ?"
    " AND sequence < ? ORDER BY sequence DESC LIMIT ?";
constexpr char kFind[] =
    "SELECT sequence, id, event, template, COALESCE(person, ''), address, address_sha256, template_values, "
    "secret,"
    " state, not_after, created_at, settled_at, resends, attempts, error FROM notices WHERE id = ?";
constexpr char kLock[] =
    "SELECT sequence, id, event, template, COALESCE(person, ''), address, address_sha256, template_values, "
    "secret,"
    " state, not_after, created_at, settled_at, resends, attempts, error FROM notices WHERE id = ? FOR "
    "UPDATE";
constexpr char kRequeue[] =
    "UPDATE notices SET state = 'QUEUED', settled_at = NULL, resends = resends + 1, attempts = 0, retry_at = "
    "0,"
    " claimed_by = NULL, claimed_until = 0, error = '' WHERE id = ? AND state <> 'QUEUED'";
constexpr char kMarkCameBack[] =
    "UPDATE notices SET state = 'BOUNCED', error = ? WHERE id = ? AND state = 'SENT'";
constexpr char kCountStates[] = "SELECT state, COUNT(*) FROM notices GROUP BY state";
constexpr char kOldestQueued[] =
    "SELECT created_at FROM notices WHERE state = 'QUEUED' ORDER BY sequence LIMIT 1";

NoticeRecord RecordOf(const db::Row& row) {
  NoticeRecord record{
      .sequence = row.Uint64(0), .notice = {}, .secret = row.Bool(8), .address_sha256 = row.Bytes(6)};
  v1::Notice& notice = record.notice;
  notice.set_name(ResourceName(kNotices, row.Text(1)));
  notice.set_event(row.Text(2));
  notice.set_template_(row.Text(3));
  notice.set_person(NameOrEmpty(kPeople, row.Text(4)));
  notice.set_address(row.Text(5));
  if (!record.secret) {
    for (const auto& [name, value] : ValuesOf(row.Text(7))) (*notice.mutable_values())[name] = value;
  }
  notice.set_state(ShownState(row.Text(9)));
  if (const absl::Time not_after = db::FromMicros(row.Int64(10)); not_after != absl::InfiniteFuture()) {
    *notice.mutable_expire_time() = ToTimestamp(not_after);
  }
  *notice.mutable_create_time() = ToTimestamp(db::FromMicros(row.Int64(11)));
  if (const auto settled = row.OptionalInt64(12)) {
    *notice.mutable_settle_time() = ToTimestamp(db::FromMicros(*settled));
  }
  notice.set_resends(static_cast<int>(row.Int64(13)));
  notice.set_attempts(static_cast<int>(row.Int64(14)));
  notice.set_error(row.Text(15));
  return record;
}

}  // namespace

absl::StatusOr<std::vector<NoticeRecord>> ListNotices(db::Session& session, const NoticeFilter& filter,
                                                      std::uint64_t before, std::int64_t limit) {
  const auto& [person, state, words] = filter;
  if (!person.empty()) {
    return ReadAll<NoticeRecord>(session, kListOfPerson, {person, state, state, words, words, before, limit},
                                 RecordOf);
  }
  if (!words.empty()) {
    return ReadAll<NoticeRecord>(session, kListOfTemplate, {words, state, state, before, limit}, RecordOf);
  }
  if (!state.empty()) return ReadAll<NoticeRecord>(session, kListOfState, {state, before, limit}, RecordOf);
  return ReadAll<NoticeRecord>(session, kListAll, {before, limit}, RecordOf);
}

absl::StatusOr<std::optional<NoticeRecord>> FindNotice(db::Session& session, std::string_view id) {
  return ReadOne<NoticeRecord>(session, kFind, {id}, RecordOf);
}

absl::StatusOr<std::optional<NoticeRecord>> LockNotice(db::Transaction& transaction, std::string_view id) {
  return ReadOne<NoticeRecord>(transaction, kLock, {id}, RecordOf);
}

absl::Status RequeueNotice(db::Transaction& transaction, std::string_view id) {
  return transaction.Execute(kRequeue, {id}).status();
}

absl::Status MarkCameBack(db::Transaction& transaction, std::string_view id, std::string_view error) {
  return transaction.Execute(kMarkCameBack, {error, id}).status();
}

absl::StatusOr<NoticeCounts> CountNotices(db::Session& session) {
  NoticeCounts counts;
  RETURN_IF_ERROR(session.Query(kCountStates, {},
                                [&](const db::Row& row) { counts.by_state[row.Text(0)] = row.Int64(1); }));
  ASSIGN_OR_RETURN(const auto oldest, session.QueryOne(kOldestQueued));
  if (oldest.has_value()) counts.oldest_queued = db::FromMicros(oldest->Int64(0));
  return counts;
}

std::string StoredState(v1::Notice::State state) {
  return v1::Notice::State_Name(state).substr(kStatePrefix.size());
}

v1::Notice::State ShownState(std::string_view stored) {
  v1::Notice::State state = v1::Notice::STATE_UNSPECIFIED;
  v1::Notice::State_Parse(std::string(kStatePrefix).append(stored), &state);
  return state;
}

}  // namespace plenary::membership::store
