// Notices as staff and their readers see them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/session.h"
#include "plenary/membership/v1/notice_service.pb.h"

namespace plenary::membership::store {

struct NoticeRecord {
  std::uint64_t sequence = 0;
  v1::Notice notice;  // complete but for message_id and words; without values when it is secret
  bool secret = false;
  std::string address_sha256;  // 32 bytes
};

// Which notices a list shows; an empty field means any.
struct NoticeFilter {
  std::string person;  // id
  std::string state;   // as stored: "SENT"
  std::string template_name;
};

// Newest first, before `before`.
absl::StatusOr<std::vector<NoticeRecord>> ListNotices(db::Session& session, const NoticeFilter& filter,
                                                      std::uint64_t before, std::int64_t limit);
absl::StatusOr<std::optional<NoticeRecord>> FindNotice(db::Session& session, std::string_view id);
// Holds the notice for the rest of the transaction.
absl::StatusOr<std::optional<NoticeRecord>> LockNotice(db::Transaction& transaction, std::string_view id);

// Queues a settled notice again.
absl::Status RequeueNotice(db::Transaction& transaction, std::string_view id);
// A notice that was sent came back.
absl::Status MarkCameBack(db::Transaction& transaction, std::string_view id, std::string_view error);

struct NoticeCounts {
  std::map<std::string, std::int64_t> by_state;  // as stored
  std::optional<absl::Time> oldest_queued;
};
absl::StatusOr<NoticeCounts> CountNotices(db::Session& session);

// A state as the column spells it, and back.
std::string StoredState(v1::Notice::State state);
v1::Notice::State ShownState(std::string_view stored);

}  // namespace plenary::membership::store
