// Imports that are on the register, and the register as a file, as import_service.proto states it.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/db/pool.h"
#include "common/db/session.h"
#include "common/rpc/edge.h"
#include "plenary/membership/v1/import_service.grpc.pb.h"

namespace plenary::membership {

// Thread-safe. Borrows all it is given.
class ImportService final : public v1::ImportService::Service {
 public:
  ImportService(rpc::Edge& edge, db::Pool& pool)
      : guard_(edge, "plenary.membership.v1.ImportService"), pool_(pool) {}

  grpc::Status ListImports(grpc::ServerContext* context, const v1::ListImportsRequest* request,
                           v1::ListImportsResponse* response) override {
    return guard_.Unary(context, "ListImports", *request, *response,
                        [&](rpc::Call& call) { return ListImports(call, *request); });
  }
  grpc::Status GetImport(grpc::ServerContext* context, const v1::GetImportRequest* request,
                         v1::Import* response) override {
    return guard_.Unary(context, "GetImport", *request, *response,
                        [&](rpc::Call& call) { return GetImport(call, *request); });
  }
  grpc::Status ExplainImport(grpc::ServerContext* context, const v1::ExplainImportRequest* request,
                             v1::ExplainImportResponse* response) override {
    return guard_.Unary(context, "ExplainImport", *request, *response,
                        [&](rpc::Call& call) { return ExplainImport(call, *request); });
  }
  grpc::Status RevertImport(grpc::ServerContext* context, const v1::RevertImportRequest* request,
                            grpc::ServerWriter<v1::RevertImportUpdate>* writer) override {
    return guard_.ServerStream(context, "RevertImport", *request,
                               [&](rpc::Call& call) { return RevertImport(call, *request, *writer); });
  }
  grpc::Status ExportMembers(grpc::ServerContext* context, const v1::ExportMembersRequest* request,
                             grpc::ServerWriter<v1::ExportMembersResponse>* writer) override {
    return guard_.ServerStream(context, "ExportMembers", *request,
                               [&](rpc::Call& call) { return ExportMembers(call, *request, *writer); });
  }

 private:
  absl::StatusOr<v1::ListImportsResponse> ListImports(rpc::Call& call, const v1::ListImportsRequest& request);
  absl::StatusOr<v1::Import> GetImport(rpc::Call& call, const v1::GetImportRequest& request);
  absl::StatusOr<v1::ExplainImportResponse> ExplainImport(rpc::Call& call,
                                                          const v1::ExplainImportRequest& request);
  absl::Status RevertImport(rpc::Call& call, const v1::RevertImportRequest& request,
                            grpc::ServerWriter<v1::RevertImportUpdate>& writer);
  absl::Status ExportMembers(rpc::Call& call, const v1::ExportMembersRequest& request,
                             grpc::ServerWriter<v1::ExportMembersResponse>& writer);

  rpc::Guard guard_;
  db::Pool& pool_;
};

}  // namespace plenary::membership
