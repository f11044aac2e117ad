// The import of a file of members: read it all, plan, and store the plan when every row is good.
#pragma once

#include <grpcpp/server_context.h>
#include <grpcpp/support/sync_stream.h>

#include "absl/status/statusor.h"
#include "common/db/pool.h"
#include "common/ids/id.h"
#include "common/rpc/call.h"
#include "plenary/membership/v1/register_service.grpc.pb.h"

namespace plenary::membership {

// RegisterService.ImportMembers; `context` tells whether the file arrived whole.
absl::StatusOr<v1::ImportMembersResponse> ImportMembers(db::Pool& pool, IdSource& ids, rpc::Call& call,
                                                        grpc::ServerContext& context,
                                                        grpc::ServerReader<v1::ImportMembersRequest>& reader);

}  // namespace plenary::membership
