// What every mutation of the room does in the same way: once a request id, in one transaction, on record.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/audit/audit.h"
#include "common/db/transact.h"
#include "common/idempotency/run_once.h"
#include "common/rpc/call.h"

namespace plenary::election {

// Runs `body` (absl::StatusOr<Response>(db::Transaction&)) in a transaction, and once for its request id.
// `method` is the RPC's full name.
template <typename Response, typename Request, typename Body>
absl::StatusOr<Response> RunAct(db::Pool& pool, const rpc::Call& call, std::string_view method,
                                const Request& request, Body body) {
  return db::Transact(pool, call.deadline(), [&](db::Transaction& tx) {
    return RunOnce<Response>(tx,
                             {.request_id = request.request_id(),
                              .method = std::string(method),
                              .caller = call.principal().Actor(),
                              .bytes = request.SerializeAsString(),
                              .at = call.now()},
                             [&]() -> absl::StatusOr<Response> { return body(tx); });
  });
}

// Puts the act on record, in its transaction.
inline absl::Status Record(db::Transaction& tx, const rpc::Call& call, std::string_view method,
                           const std::string& resource, const std::string& detail) {
  return audit::Append(tx, {.at = call.now(),
                            .actor = call.principal().Actor(),
                            .act = std::string(method),
                            .resource = resource,
                            .detail = detail});
}

}  // namespace plenary::election
