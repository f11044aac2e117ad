#include "services/membership/daily_renewals.h"

#include <string>

#include "absl/time/clock.h"
#include "common/db/transact.h"
#include "common/log/log.h"
#include "common/status/macros.h"
#include "common/time/date.h"
#include "services/membership/renewal_run.h"
#include "services/membership/store/renewal_days.h"

namespace plenary::membership {
namespace {

constexpr char kActor[] = "services/membership";
// Of real time: the work of a day for a register of 200,000.
constexpr absl::Duration kLongestRun = absl::Hours(4);

}  // namespace

void DailyRenewals::Start() {
  thread_ = std::thread([this] {
    while (!stopping()) {
      const absl::StatusOr<bool> done = DoToday();
      if (!done.ok()) {
        log::Warning("the renewals of the day are not done",
                     {{"error", std::string(done.status().message())}});
      }
      std::unique_lock lock(mutex_);
      stop_.wait_for(lock, absl::ToChronoSeconds(kLookEvery), [this] { return stopping_; });
    }
  });
}

void DailyRenewals::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_all();
  if (thread_.joinable()) thread_.join();
}

bool DailyRenewals::stopping() {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

absl::StatusOr<bool> DailyRenewals::DoToday() {
  const absl::Time now = clock_.Now();
  const absl::Time deadline = absl::Now() + kLongestRun;
  ASSIGN_OR_RETURN(const bool done, db::Autocommit(pool_, deadline, [&](db::Session& session) {
                     return store::RenewalDayDone(session, DateOf(now));
                   }));
  if (done) return false;
  RenewalRun run(pool_, ids_, {.now = now, .deadline = deadline, .actor = kActor});
  while (!run.counts().done()) {
    if (stopping()) return false;
    RETURN_IF_ERROR(run.DoPage());
  }
  RETURN_IF_ERROR(db::Transact(pool_, deadline, [&](db::Transaction& transaction) {
    return store::MarkRenewalDay(transaction, DateOf(now), now);
  }));
  log::Info("the renewals of the day are done", {{"holders", std::to_string(run.counts().holders())},
                                                 {"invoices", std::to_string(run.counts().invoices())},
                                                 {"notices", std::to_string(run.counts().notices())}});
  return true;
}

}  // namespace plenary::membership
