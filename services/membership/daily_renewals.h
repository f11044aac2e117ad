// Does the work of renewals by itself, once a day of the suite's clock.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/pool.h"
#include "common/ids/id.h"
#include "common/time/clock.h"

namespace plenary::membership {

// Borrows all it is given. A day is marked when its work came to the end; one that was cut off is taken up
// again, also by another process.
class DailyRenewals {
 public:
  // How often it looks whether a day has begun, of real time.
  static constexpr absl::Duration kLookEvery = absl::Minutes(5);

  DailyRenewals(db::Pool& pool, IdSource& ids, const Clock& clock) : pool_(pool), ids_(ids), clock_(clock) {}
  ~DailyRenewals() { Stop(); }

  // Starts the thread.
  void Start();
  // Waits for the page in progress; what is left is done by the next start.
  void Stop();

  // The work of today, in this thread. False when it was done before.
  absl::StatusOr<bool> DoToday();

 private:
  bool stopping();

  db::Pool& pool_;
  IdSource& ids_;
  const Clock& clock_;
  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace plenary::membership
