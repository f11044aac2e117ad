#include "common/idempotency/retention.h"

#include <string>

#include "absl/time/clock.h"
#include "common/db/timestamps.h"
#include "common/db/transact.h"
#include "common/log/log.h"
#include "common/status/error.h"
#include "common/status/macros.h"

namespace plenary {
namespace {

constexpr char kDelete[] = "DELETE FROM requests WHERE created_at < ? ORDER BY created_at LIMIT ?";
// Of one batch, real time.
constexpr absl::Duration kPatience = absl::Seconds(10);

}  // namespace

absl::StatusOr<std::int64_t> DeleteOldAnswers(db::Pool& pool, absl::Time now, const std::atomic<bool>& stop) {
  const std::int64_t before = db::ToMicros(now - kAnswersKept);
  std::int64_t deleted = 0;
  std::int64_t batch = kAnswersDeletedAtOnce;
  while (batch == kAnswersDeletedAtOnce && !stop) {
    ASSIGN_OR_RETURN(batch, db::Autocommit(pool, absl::Now() + kPatience, [&](db::Session& session) {
                       return session.Execute(kDelete, {before, kAnswersDeletedAtOnce});
                     }));
    deleted += batch;
  }
  return deleted;
}

AnswerRetention::AnswerRetention(db::Pool& pool, const Clock& clock)
    : pool_(pool), clock_(clock), worker_([this] { Pass(); }, kRetentionInterval) {}

void AnswerRetention::Stop() {
  stop_ = true;
  worker_.Stop();
}

void AnswerRetention::Pass() {
  const absl::Status status = DeleteOldAnswers(pool_, clock_.Now(), stop_).status();
  if (status.ok()) return;
  log::Warning("old answers were not deleted",
               {{"reason", ReasonOf(status)}, {"error", std::string(status.message())}});
}

}  // namespace plenary
