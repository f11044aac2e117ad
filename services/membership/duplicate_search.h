// The comparison of all people, or of all companies, with each other.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "absl/status/statusor.h"
#include "common/db/pool.h"
#include "common/rpc/call.h"
#include "plenary/membership/v1/duplicate_service.pb.h"
#include "services/membership/store/duplicates.h"

namespace plenary::membership {

struct Comparison {
  std::int64_t compared = 0;
  std::vector<store::Proposal> pairs;  // of kProposeFrom points or more, without ids
};

// Calls `read` with the number of records read so far and that of all; false from it ends the work with
// CANCELLED.
absl::StatusOr<Comparison> CompareAll(db::Pool& pool, const rpc::Call& call, v1::DuplicateKind kind,
                                      const std::function<bool(std::int64_t, std::int64_t)>& read);

}  // namespace plenary::membership
