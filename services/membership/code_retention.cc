#include "services/membership/code_retention.h"

#include <string>

#include "absl/time/clock.h"
#include "common/db/transact.h"
#include "common/log/log.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/membership/limits_identity.h"
#include "services/membership/limits_registrar.h"
#include "services/membership/store/codes.h"

namespace plenary::membership {
namespace {

// Of one batch, real time.
constexpr absl::Duration kPatience = absl::Seconds(10);

using Prune = absl::StatusOr<std::int64_t> (*)(db::Session&, absl::Time, int);

absl::StatusOr<std::int64_t> DeleteAll(db::Pool& pool, Prune prune, absl::Time until,
                                       const std::atomic<bool>& stop) {
  std::int64_t deleted = 0;
  std::int64_t batch = limits::kCodesDeletedAtOnce;
  while (batch == limits::kCodesDeletedAtOnce && !stop) {
    ASSIGN_OR_RETURN(batch, db::Autocommit(pool, absl::Now() + kPatience, [&](db::Session& session) {
                       return prune(session, until, limits::kCodesDeletedAtOnce);
                     }));
    deleted += batch;
  }
  return deleted;
}

}  // namespace

absl::StatusOr<std::int64_t> DeleteOldCodes(db::Pool& pool, absl::Time now, const std::atomic<bool>& stop) {
  ASSIGN_OR_RETURN(const std::int64_t codes, DeleteAll(pool, store::PruneCodes, now, stop));
  // A count begins anew after this, so that it counts for nothing any more.
  ASSIGN_OR_RETURN(const std::int64_t counts,
                   DeleteAll(pool, store::PruneCodeCounts, now - limits::kSignInSpan, stop));
  return codes + counts;
}

CodeRetention::CodeRetention(db::Pool& pool, const Clock& clock)
    : pool_(pool), clock_(clock), worker_([this] { Pass(); }, limits::kCodeRetentionInterval) {}

void CodeRetention::Stop() {
  stop_ = true;
  worker_.Stop();
}

void CodeRetention::Pass() {
  const absl::Status status = DeleteOldCodes(pool_, clock_.Now(), stop_).status();
  if (status.ok()) return;
  log::Warning("old codes were not deleted",
               {{"reason", ReasonOf(status)}, {"error", std::string(status.message())}});
}

}  // namespace plenary::membership
