// A repeated request gets the first answer: the record of the request id, its content and its answer is
// written in the transaction of the act itself. Answers are kept for 7 days (retention.h): after that a
// repeated request is a new one.
//
//   return db::Transact(pool, deadline, [&](db::Transaction& tx) {
//     return RunOnce<Motion>(tx, {request.request_id(), kMethod, caller, request.SerializeAsString(), now},
//                            [&]() -> absl::StatusOr<Motion> { ... });
//   });
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/session.h"
#include "common/status/macros.h"

namespace plenary {

struct OneRequest {
  std::string request_id;  // a UUID; "" when the caller does not ask for once
  std::string method;      // full name: "plenary.committee.v1.Meetings.OpenMeeting"
  std::string caller;      // ids of different callers never meet
  std::string bytes;       // the request as serialized
  absl::Time at;           // of the suite's clock
};

// RunOnce for an answer that is already bytes.
absl::StatusOr<std::string> RunOnceBytes(db::Transaction& transaction, const OneRequest& request,
                                         const std::function<absl::StatusOr<std::string>()>& body);

// Runs `body` and keeps its answer; or, when this caller's request id has been answered, gives that answer
// without running it. A second request with the id waits for the first one's transaction. An error of
// the body is not kept: the transaction is rolled back with it, and the id may be tried again.
//   INVALID_ARGUMENT REQUEST_ID_INVALID  the id is no UUID
//   ALREADY_EXISTS REQUEST_ID_REUSED     the id stands for another method or other content
template <typename Response>
absl::StatusOr<Response> RunOnce(db::Transaction& transaction, const OneRequest& request,
                                 const std::function<absl::StatusOr<Response>()>& body) {
  ASSIGN_OR_RETURN(const std::string bytes,
                   RunOnceBytes(transaction, request, [&]() -> absl::StatusOr<std::string> {
                     ASSIGN_OR_RETURN(const Response response, body());
                     return response.SerializeAsString();
                   }));
  Response response;
  if (!response.ParseFromString(bytes)) return absl::InternalError("a stored response does not parse");
  return response;
}

}  // namespace plenary
