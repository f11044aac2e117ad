// Calls that show no identity: what a voter asks of the ballot box and of everybody about the manifest.
#pragma once

#include <grpcpp/client_context.h>

#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/status/grpc_status.h"

namespace plenary::election::client {

// Longer than a busy service takes, short enough to wait for.
inline constexpr absl::Duration kPatience = absl::Seconds(20);

inline void SetDeadline(grpc::ClientContext& context) {
  context.set_deadline(absl::ToChronoTime(absl::Now() + kPatience));
}

// The answer of `invoke(context, response)`, a unary call without metadata.
template <typename Response, typename Invoke>
absl::StatusOr<Response> AskAnonymously(Invoke invoke) {
  grpc::ClientContext context;
  SetDeadline(context);
  Response response;
  const grpc::Status status = invoke(&context, &response);
  if (!status.ok()) return FromGrpcStatus(status);
  return response;
}

}  // namespace plenary::election::client
