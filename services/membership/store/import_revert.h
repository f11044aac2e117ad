// Taking an import back: what stands in the way, and undoing what import_changes says was done.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/session.h"
#include "plenary/membership/v1/import_service.pb.h"

namespace plenary::membership::store {

// Called after each part of the work, a few thousand changes of one kind of step.
using Step = std::function<void()>;
// How many steps the functions below take in all, with and without UndoImport.
std::int64_t StepsOfReversal(std::int64_t changes, bool undo);

// Holds every company and every person that the import tells of, in that order, ascending. Called before
// anything is read.
absl::Status LockSubjectsOfImport(db::Transaction& transaction, std::string_view import, std::int64_t changes,
                                  const Step& step);

struct Obstacles {
  std::vector<v1::ImportObstacle> first;  // at most kMostObstacles
  std::int64_t count = 0;
};
// What came later and stands on a fact of the import, and facts of it that are no longer there.
absl::StatusOr<Obstacles> FindObstacles(db::Session& session, std::string_view import, std::int64_t changes,
                                        const Step& step);

// Deletions and restorations that there would be.
absl::StatusOr<v1::RevertImportResponse> CountReversal(db::Session& session, std::string_view import);

// Undoes every change of an import without obstacles, and marks the import as taken back.
absl::Status UndoImport(db::Transaction& transaction, std::string_view import, std::int64_t changes,
                        absl::Time now, std::string_view actor, const Step& step);

}  // namespace plenary::membership::store
