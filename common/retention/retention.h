// What is kept for a while goes when the while is over: batch after batch, by a thread of its own.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/pool.h"
#include "common/db/session.h"
#include "common/time/clock.h"
#include "common/worker/worker.h"

namespace plenary {

// Runs `batch`, a statement that deletes at most `size` rows and says how many, until it deletes fewer or
// `stop` is set; says how many rows went. An error leaves the rest to the next time.
absl::StatusOr<std::int64_t> DeleteInBatches(
    db::Pool& pool, int size, const std::atomic<bool>& stop,
    const std::function<absl::StatusOr<std::int64_t>(db::Session&)>& batch);

// The thread. Borrows pool and clock; thread-safe.
class Retention {
 public:
  // Deletes what is too old at `now` until none is left or `stop` is set; says how many rows went.
  using DeleteOld = std::function<absl::StatusOr<std::int64_t>(db::Pool& pool, absl::Time now,
                                                               const std::atomic<bool>& stop)>;

  // `what` is for the log: "answers". `interval` is real time between two passes, `now` of `clock`.
  Retention(std::string what, db::Pool& pool, const Clock& clock, absl::Duration interval,
            DeleteOld delete_old);

  // The first pass begins at once.
  void Start() { worker_.Start(); }
  // Waits for the batch in progress.
  void Stop();

 private:
  void Pass();

  const std::string what_;
  db::Pool& pool_;
  const Clock& clock_;
  const DeleteOld delete_old_;
  std::atomic<bool> stop_ = false;
  Worker worker_;
};

}  // namespace plenary
