#include "common/idempotency/retention.h"

#include "common/db/timestamps.h"

namespace plenary {
namespace {

constexpr char kDelete[] = "DELETE FROM requests WHERE created_at < ? ORDER BY created_at LIMIT ?";

}  // namespace

absl::StatusOr<std::int64_t> DeleteOldAnswers(db::Pool& pool, absl::Time now, const std::atomic<bool>& stop) {
  const std::int64_t before = db::ToMicros(now - kAnswersKept);
  return DeleteInBatches(pool, kAnswersDeletedAtOnce, stop, [&](db::Session& session) {
    return session.Execute(kDelete, {before, kAnswersDeletedAtOnce});
  });
}

}  // namespace plenary
