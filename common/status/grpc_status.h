// The ONE conversion between absl::Status and grpc::Status, in both directions.
#pragma once

#include <grpcpp/support/status.h>

#include "absl/status/status.h"

namespace plenary {

// Keeps code, message and payloads (as google.rpc.Status in grpc-status-details-bin). An INTERNAL
// or UNKNOWN error is the caller's to log: its message is replaced by a sentence that gives nothing
// away, and its payloads are dropped.
grpc::Status ToGrpcStatus(const absl::Status& status);

// The reverse, for clients. A status without details keeps its code and message.
absl::Status FromGrpcStatus(const grpc::Status& status);

}  // namespace plenary
