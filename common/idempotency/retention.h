// First answers are kept for as long as somebody may still ask again, and no longer.
#pragma once

#include <atomic>
#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/pool.h"
#include "common/retention/retention.h"
#include "common/time/clock.h"

namespace plenary {

// By the suite's clock. Whoever lost an answer asks again within minutes, a script on the next working day;
// after a week an id is as good as new.
inline constexpr absl::Duration kAnswersKept = absl::Hours(7 * 24);
// Rows of one statement: few enough that nobody waits for it.
inline constexpr int kAnswersDeletedAtOnce = 500;
// Real time between two passes.
inline constexpr absl::Duration kRetentionInterval = absl::Minutes(10);

// Deletes the answers older than kAnswersKept at `now`: Retention::DeleteOld.
absl::StatusOr<std::int64_t> DeleteOldAnswers(db::Pool& pool, absl::Time now, const std::atomic<bool>& stop);

// The thread that does so every kRetentionInterval.
class AnswerRetention final : public Retention {
 public:
  AnswerRetention(db::Pool& pool, const Clock& clock)
      : Retention("answers", pool, clock, kRetentionInterval, DeleteOldAnswers) {}
};

}  // namespace plenary
