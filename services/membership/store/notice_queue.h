// The queue of notices as its sender works it off. A claim is a lease: whoever claimed a notice and did not
// live to settle it loses it when the lease runs out. `now` is the suite's clock, `real` the machine's.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/session.h"

namespace plenary::membership::store {

struct QueuedNotice {
  std::string id;
  std::string template_name;
  std::string address;
  std::map<std::string, std::string> values;
  absl::Time created;
  int resends = 0;
  int attempts = 0;  // this one included
  bool suppressed = false;
};

// Gives up what is worthless by now and nobody is sending: how many.
absl::StatusOr<std::int64_t> ExpireNotices(db::Session& session, absl::Time now, absl::Time real);

// What may be sent, those that somebody waits for first, at most `limit`.
absl::StatusOr<std::vector<std::string>> DueNotices(db::Session& session, absl::Time real, int limit);

// False when another has it, or it is settled or worthless.
absl::StatusOr<bool> ClaimNotice(db::Session& session, std::string_view id, std::string_view claimant,
                                 absl::Time until, absl::Time now, absl::Time real);
absl::StatusOr<QueuedNotice> LoadClaimed(db::Session& session, std::string_view id);

// Ends of a claim; none of them does anything to a notice that `claimant` has no longer.
absl::Status MarkSent(db::Session& session, std::string_view id, std::string_view claimant, absl::Time now);
// Tried again from `retry_at` on.
absl::Status MarkRetry(db::Session& session, std::string_view id, std::string_view claimant,
                       absl::Time retry_at, std::string_view error);
// The same, and the try does not count: it was no fault of the notice.
absl::Status MarkUntried(db::Session& session, std::string_view id, std::string_view claimant,
                         absl::Time retry_at, std::string_view error);
// `state` is SUPPRESSED, BOUNCED or FAILED.
absl::StatusOr<bool> MarkGivenUp(db::Session& session, std::string_view id, std::string_view claimant,
                                 std::string_view state, std::string_view error, absl::Time now);

}  // namespace plenary::membership::store
