// How every mutation of this service is stored: one transaction that holds the first answer to the request
// id, the change and the record of the act.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/audit/audit.h"
#include "common/db/transact.h"
#include "common/idempotency/run_once.h"
#include "common/rpc/call.h"

namespace plenary::membership {

// `body`: absl::StatusOr<Response>(db::Transaction&). `method` is the full name in the proto, with dots;
// `bytes` is what makes another request of the same id another one.
template <typename Response, typename Body>
absl::StatusOr<Response> TransactOnce(db::Pool& pool, const rpc::Call& call, const std::string& method,
                                      const std::string& request_id, const std::string& bytes, Body body) {
  return db::Transact(pool, call.deadline(), [&](db::Transaction& transaction) {
    return RunOnce<Response>(transaction, {request_id, method, call.principal().Actor(), bytes, call.now()},
                             [&]() -> absl::StatusOr<Response> { return body(transaction); });
  });
}

inline absl::Status RecordAct(db::Transaction& transaction, const rpc::Call& call, const std::string& method,
                              const std::string& resource, const std::string& detail) {
  return audit::Append(transaction, {call.now(), call.principal().Actor(), method, resource, detail});
}

}  // namespace plenary::membership
