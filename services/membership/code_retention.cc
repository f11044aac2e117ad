#include "services/membership/code_retention.h"

#include "common/status/macros.h"
#include "services/membership/limits_identity.h"
#include "services/membership/store/codes.h"

namespace plenary::membership {
namespace {

using Prune = absl::StatusOr<std::int64_t> (*)(db::Session&, absl::Time, int);

absl::StatusOr<std::int64_t> DeleteAll(db::Pool& pool, Prune prune, absl::Time until,
                                       const std::atomic<bool>& stop) {
  return DeleteInBatches(pool, limits::kCodesDeletedAtOnce, stop, [&](db::Session& session) {
    return prune(session, until, limits::kCodesDeletedAtOnce);
  });
}

}  // namespace

absl::StatusOr<std::int64_t> DeleteOldCodes(db::Pool& pool, absl::Time now, const std::atomic<bool>& stop) {
  ASSIGN_OR_RETURN(const std::int64_t codes, DeleteAll(pool, store::PruneCodes, now, stop));
  // A count begins anew after this, so that it counts for nothing any more.
  ASSIGN_OR_RETURN(const std::int64_t counts,
                   DeleteAll(pool, store::PruneCodeCounts, now - limits::kSignInSpan, stop));
  return codes + counts;
}

}  // namespace plenary::membership
