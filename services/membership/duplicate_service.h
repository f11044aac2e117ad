// What stands on the register twice, as duplicate_service.proto states it.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/db/pool.h"
#include "common/ids/id.h"
#include "common/rpc/edge.h"
#include "plenary/membership/v1/duplicate_service.grpc.pb.h"

namespace plenary::membership {

// Thread-safe. Borrows all it is given.
class DuplicateService final : public v1::DuplicateService::Service {
 public:
  DuplicateService(rpc::Edge& edge, db::Pool& pool, IdSource& ids)
      : guard_(edge, "plenary.membership.v1.DuplicateService"), pool_(pool), ids_(ids) {}

  grpc::Status FindDuplicates(grpc::ServerContext* context, const v1::FindDuplicatesRequest* request,
                              grpc::ServerWriter<v1::FindDuplicatesResponse>* writer) override {
    return guard_.ServerStream(context, "FindDuplicates", *request,
                               [&](rpc::Call& call) { return FindDuplicates(call, *request, *writer); });
  }
  grpc::Status ListDuplicates(grpc::ServerContext* context, const v1::ListDuplicatesRequest* request,
                              v1::ListDuplicatesResponse* response) override {
    return guard_.Unary(context, "ListDuplicates", *request, *response,
                        [&](rpc::Call& call) { return ListDuplicates(call, *request); });
  }
  grpc::Status DismissDuplicate(grpc::ServerContext* context, const v1::DismissDuplicateRequest* request,
                                v1::Duplicate* response) override {
    return guard_.Unary(context, "DismissDuplicate", *request, *response,
                        [&](rpc::Call& call) { return DismissDuplicate(call, *request); });
  }
  grpc::Status Merge(grpc::ServerContext* context, const v1::MergeRequest* request,
                     v1::MergeRecord* response) override {
    return guard_.Unary(context, "Merge", *request, *response,
                        [&](rpc::Call& call) { return Merge(call, *request); });
  }
  grpc::Status UndoMerge(grpc::ServerContext* context, const v1::UndoMergeRequest* request,
                         v1::MergeRecord* response) override {
    return guard_.Unary(context, "UndoMerge", *request, *response,
                        [&](rpc::Call& call) { return UndoMerge(call, *request); });
  }
  grpc::Status ListMerges(grpc::ServerContext* context, const v1::ListMergesRequest* request,
                          v1::ListMergesResponse* response) override {
    return guard_.Unary(context, "ListMerges", *request, *response,
                        [&](rpc::Call& call) { return ListMerges(call, *request); });
  }

 private:
  absl::Status FindDuplicates(rpc::Call& call, const v1::FindDuplicatesRequest& request,
                              grpc::ServerWriter<v1::FindDuplicatesResponse>& writer);
  absl::StatusOr<v1::ListDuplicatesResponse> ListDuplicates(rpc::Call& call,
                                                            const v1::ListDuplicatesRequest& request);
  absl::StatusOr<v1::Duplicate> DismissDuplicate(rpc::Call& call, const v1::DismissDuplicateRequest& request);
  absl::StatusOr<v1::MergeRecord> Merge(rpc::Call& call, const v1::MergeRequest& request);
  absl::StatusOr<v1::MergeRecord> UndoMerge(rpc::Call& call, const v1::UndoMergeRequest& request);
  absl::StatusOr<v1::ListMergesResponse> ListMerges(rpc::Call& call, const v1::ListMergesRequest& request);

  rpc::Guard guard_;
  db::Pool& pool_;
  IdSource& ids_;
};

}  // namespace plenary::membership
