#include "common/retention/retention.h"

#include <utility>

#include "absl/time/clock.h"
#include "common/db/transact.h"
#include "common/log/log.h"
#include "common/status/error.h"
#include "common/status/macros.h"

namespace plenary {
namespace {

// Of one batch, real time.
constexpr absl::Duration kPatience = absl::Seconds(10);

}  // namespace

absl::StatusOr<std::int64_t> DeleteInBatches(
    db::Pool& pool, int size, const std::atomic<bool>& stop,
    const std::function<absl::StatusOr<std::int64_t>(db::Session&)>& batch) {
  std::int64_t deleted = 0;
  for (std::int64_t last = size; last == size && !stop;) {
    ASSIGN_OR_RETURN(last, db::Autocommit(pool, absl::Now() + kPatience, batch));
    deleted += last;
  }
  return deleted;
}

Retention::Retention(std::string what, db::Pool& pool, const Clock& clock, absl::Duration interval,
                     DeleteOld delete_old)
    : what_(std::move(what)),
      pool_(pool),
      clock_(clock),
      delete_old_(std::move(delete_old)),
      worker_([this] { Pass(); }, interval) {}

void Retention::Stop() {
  stop_ = true;
  worker_.Stop();
}

void Retention::Pass() {
  const absl::Status status = delete_old_(pool_, clock_.Now(), stop_).status();
  if (status.ok()) return;
  log::Warning("old " + what_ + " were not deleted",
               {{"reason", ReasonOf(status)}, {"error", std::string(status.message())}});
}

}  // namespace plenary
