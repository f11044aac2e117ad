// What the auditor's registrar keeps of codes and of attempts goes from its tables once it is of no use: it
// tells who was there and when, which is nobody's business when the election is over. The database server's
// binary log and the mail server's log have it longer; the README says how to shorten them.
#pragma once

#include <atomic>
#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/pool.h"
#include "common/time/clock.h"
#include "common/worker/worker.h"

namespace plenary::membership {

// Deletes the codes that have expired at `now`, and the counts whose hour is over, batch after batch until
// none is left or `stop` is set; says how many rows went. An error leaves the rest to the next time.
absl::StatusOr<std::int64_t> DeleteOldCodes(db::Pool& pool, absl::Time now, const std::atomic<bool>& stop);

// The thread that does so every limits::kCodeRetentionInterval. Borrows all it is given; thread-safe.
class CodeRetention {
 public:
  CodeRetention(db::Pool& pool, const Clock& clock);

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

}  // namespace plenary::membership
