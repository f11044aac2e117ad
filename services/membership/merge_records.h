// Two records made one: what stands in the way, what becomes of votes and seats, and the way back.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/db/pool.h"
#include "common/db/session.h"
#include "common/ids/id.h"
#include "common/rpc/call.h"
#include "plenary/membership/v1/duplicate_service.pb.h"
#include "services/membership/store/merges.h"

namespace plenary::membership {

struct MergeParties {
  v1::DuplicateKind kind = v1::DUPLICATE_KIND_UNSPECIFIED;
  std::string survivor;   // id
  std::string duplicate;  // id
  std::set<std::string>
      companies;  // that may win or lose a vote: the two, or those that the two people are of
};

// FIELD_INVALID unless the request names two people, or two companies, that are not the same.
// PERSON_NOT_FOUND.
absl::StatusOr<MergeParties> ReadParties(db::Pool& pool, const rpc::Call& call,
                                         const v1::MergeRequest& request);

// Locks both, checks, merges, and stores the record.
absl::StatusOr<v1::MergeRecord> MergeUnderLock(db::Transaction& transaction, IdSource& ids,
                                               const rpc::Call& call, const MergeParties& parties,
                                               std::string_view reason);

// The same, rolled back: what it would do.
absl::StatusOr<v1::MergeRecord> PreviewMerge(db::Pool& pool, IdSource& ids, const rpc::Call& call,
                                             const MergeParties& parties);

// Locks the merge and both parties, and gives everything back.
absl::StatusOr<store::StoredMerge> UndoUnderLock(db::Transaction& transaction, const rpc::Call& call,
                                                 std::string_view name);

}  // namespace plenary::membership
