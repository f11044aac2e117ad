// How every mutation of a service is done: one transaction, in which a repeated request gets its first
// answer, the body writes, and the act is recorded.
//
//   return Mutate<Body>(pool_, call, kCreateBody, request, [&](db::Transaction& tx) -> absl::StatusOr<Body> {
//     RETURN_IF_ERROR(store_.InsertBody(tx, body));
//     RETURN_IF_ERROR(RecordAct(tx, call, kCreateBody, body.name(), "9 seats"));
//     return body;
//   });
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/db/pool.h"
#include "common/db/session.h"
#include "common/db/transact.h"
#include "common/idempotency/run_once.h"
#include "common/rpc/call.h"

namespace plenary {

// `method` is the full name of the RPC; `bytes` is what makes another request of the same id another one. The
// body may run again after a conflict (db::Transact) and does not run at all for a request that has its
// answer. A caller who gets a first answer again was let in when it was given.
template <typename Response>
absl::StatusOr<Response> MutateOnce(db::Pool& pool, const rpc::Call& call, std::string_view method,
                                    std::string request_id, std::string bytes,
                                    const std::function<absl::StatusOr<Response>(db::Transaction&)>& body) {
  const OneRequest once{std::move(request_id), std::string(method), call.principal().Actor(),
                        std::move(bytes), call.now()};
  return db::Transact(pool, call.deadline(), [&](db::Transaction& transaction) -> absl::StatusOr<Response> {
    return RunOnce<Response>(transaction, once, [&] { return body(transaction); });
  });
}

// The same for a request that is one message with a request_id.
template <typename Response, typename Request>
absl::StatusOr<Response> Mutate(db::Pool& pool, const rpc::Call& call, std::string_view method,
                                const Request& request,
                                const std::function<absl::StatusOr<Response>(db::Transaction&)>& body) {
  return MutateOnce<Response>(pool, call, method, request.request_id(), request.SerializeAsString(), body);
}

// The audit record of what this call did to `resource`; `detail` is for a reader and holds no secret.
absl::Status RecordAct(db::Transaction& transaction, const rpc::Call& call, std::string_view method,
                       std::string_view resource, std::string_view detail);

}  // namespace plenary
