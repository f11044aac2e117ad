#include "services/membership/store/notices.h"

#include "common/crypto/bytes.h"
#include "common/db/timestamps.h"
#include "common/status/macros.h"
#include "services/membership/rules/notice_templates.h"
#include "services/membership/store/notice_values.h"

namespace plenary::membership::store {
namespace {

constexpr std::size_t kLongestEvent = 255;

constexpr char kInsertNotice[] =
    "INSERT INTO notices (id, event, template, person, address, address_sha256, template_values, secret,"
    " lane, state, not_after, created_at, resends, attempts, retry_at, claimed_until, error)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'QUEUED', ?, ?, 0, 0, 0, 0, '')";

}  // namespace

absl::StatusOr<bool> EnqueueNotice(db::Transaction& transaction, IdSource& ids, const Notice& notice,
                                   absl::Time now) {
  RETURN_IF_ERROR(rules::CheckNoticeValues(notice.template_name, notice.values));
  if (notice.event.empty() || notice.event.size() > kLongestEvent) {
    return absl::InternalError("the event of a notice has 1 to 255 bytes");
  }
  const rules::NoticeTemplate& known = *rules::FindNoticeTemplate(notice.template_name);
  const bool secret = known.secrecy == rules::NoticeSecrecy::kSecret;
  const int lane = known.haste == rules::NoticeHaste::kWaitedFor ? 0 : 1;
  const db::Value person = notice.person.empty() ? db::Value(db::Null()) : db::Value(notice.person);
  ASSIGN_OR_RETURN(const db::InsertOutcome outcome,
                   transaction.Insert(kInsertNotice,
                                      {ids.NextText(), notice.event, notice.template_name, person,
                                       notice.address, crypto::Sha256(notice.address), ToJson(notice.values),
                                       secret, lane, db::ToMicros(notice.not_after), db::ToMicros(now)}));
  return outcome.inserted();
}

}  // namespace plenary::membership::store
