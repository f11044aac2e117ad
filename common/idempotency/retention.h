// First answers are kept for as long as somebody may still ask again, and no longer.
#pragma once

#include <atomic>
#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/pool.h"
#include "common/time/clock.h"
#include "common/worker/worker.h"

namespace plenary {

// By the suite's clock. Whoever lost an answer asks again within minutes, a script on the next working day;
// after a week an id is as good as new.
inline constexpr absl::Duration kAnswersKept = absl::Hours(7 * 24);
// Rows of one statement: few enough that nobody waits for it.
inline constexpr int kAnswersDeletedAtOnce = 500;
// Real time between two passes.
inline constexpr absl::Duration kRetentionInterval = absl::Minutes(10);

// Deletes the answers older than kAnswersKept at `now`, batch after batch until none is left or `stop` is
// set; says how many went. An error leaves the rest to the next time.
absl::StatusOr<std::int64_t> DeleteOldAnswers(db::Pool& pool, absl::Time now, const std::atomic<bool>& stop);

// The thread that does so every kRetentionInterval. Borrows all it is given; thread-safe.
class AnswerRetention {
 public:
  AnswerRetention(db::Pool& pool, const Clock& clock);

  // The first pass begins at once.
  void Start() { worker_.Start(); }
  // Waits for the batch in progress.
  void Stop();

 private:
  void Pass();

  db::Pool& pool_;
  const Clock& clock_;
  std::atomic<bool> stop_ = false;
  Worker worker_;
};

}  // namespace plenary
