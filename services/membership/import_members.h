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

inline constexpr char kImports[] = "imports";  // collection of "imports/{import}"

using ImportStream = grpc::ServerReaderWriter<v1::ImportMembersUpdate, v1::ImportMembersRequest>;

// RegisterService.ImportMembers but for its last message, which is the answer given here; `context` tells
// whether the file arrived whole. Progress goes to the stream.
absl::StatusOr<v1::ImportMembersResponse> ImportMembers(db::Pool& pool, IdSource& ids, rpc::Call& call,
                                                        grpc::ServerContext& context, ImportStream& stream);

}  // namespace plenary::membership
