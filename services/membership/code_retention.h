// What the auditor's registrar keeps of codes and of attempts goes from its tables once it is of no use: it
// tells who was there and when, which is nobody's business when the election is over. A binary log of
// the database server, where it keeps one, and the mail server's log have it longer; the README says how to
// shorten them.
#pragma once

#include <atomic>
#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/pool.h"
#include "common/retention/retention.h"
#include "common/time/clock.h"
#include "services/membership/limits_registrar.h"

namespace plenary::membership {

// Deletes the codes that have expired at `now`, and the counts whose hour is over: Retention::DeleteOld.
absl::StatusOr<std::int64_t> DeleteOldCodes(db::Pool& pool, absl::Time now, const std::atomic<bool>& stop);

// The thread that does so every limits::kCodeRetentionInterval.
class CodeRetention final : public Retention {
 public:
  CodeRetention(db::Pool& pool, const Clock& clock)
      : Retention("codes", pool, clock, limits::kCodeRetentionInterval, DeleteOldCodes) {}
};

}  // namespace plenary::membership
