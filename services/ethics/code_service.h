// plenary.ethics.v1.CodeService: the code of ethics, its versions, who accepted which, and how binding it is.
#pragma once

#include <functional>
#include <utility>

#include "absl/status/statusor.h"
#include "common/db/pool.h"
#include "common/rpc/call.h"
#include "common/rpc/edge.h"
#include "plenary/ethics/v1/code_service.grpc.pb.h"
#include "services/ethics/store/code_store.h"

namespace plenary::ethics {

// Thread-safe. Borrows edge and pool.
class CodeService final : public v1::CodeService::Service {
 public:
  // `effect_enqueued` is called after a transaction that left an effect in the outbox.
  CodeService(rpc::Edge& edge, db::Pool& pool, std::function<void()> effect_enqueued)
      : guard_(edge, "plenary.ethics.v1.CodeService"),
        pool_(pool),
        effect_enqueued_(std::move(effect_enqueued)) {}

  grpc::Status PublishCodeVersion(grpc::ServerContext* context, const v1::PublishCodeVersionRequest* request,
                                  v1::CodeVersion* response) override {
    return guard_.Unary(context, "PublishCodeVersion", *request, *response,
                        [&](rpc::Call& call) { return PublishCodeVersion(call, *request); });
  }
  grpc::Status GetCodeVersion(grpc::ServerContext* context, const v1::GetCodeVersionRequest* request,
                              v1::CodeVersion* response) override {
    return guard_.Unary(context, "GetCodeVersion", *request, *response,
                        [&](rpc::Call& call) { return GetCodeVersion(call, *request); });
  }
  grpc::Status ListCodeVersions(grpc::ServerContext* context, const v1::ListCodeVersionsRequest* request,
                                v1::ListCodeVersionsResponse* response) override {
    return guard_.Unary(context, "ListCodeVersions", *request, *response,
                        [&](rpc::Call& call) { return ListCodeVersions(call, *request); });
  }
  grpc::Status AcceptCodeVersion(grpc::ServerContext* context, const v1::AcceptCodeVersionRequest* request,
                                 v1::Acceptance* response) override {
    return guard_.Unary(context, "AcceptCodeVersion", *request, *response,
                        [&](rpc::Call& call) { return AcceptCodeVersion(call, *request); });
  }
  grpc::Status ListAcceptances(grpc::ServerContext* context, const v1::ListAcceptancesRequest* request,
                               v1::ListAcceptancesResponse* response) override {
    return guard_.Unary(context, "ListAcceptances", *request, *response,
                        [&](rpc::Call& call) { return ListAcceptances(call, *request); });
  }
  grpc::Status SetBinding(grpc::ServerContext* context, const v1::SetBindingRequest* request,
                          v1::Binding* response) override {
    return guard_.Unary(context, "SetBinding", *request, *response,
                        [&](rpc::Call& call) { return SetBinding(call, *request); });
  }
  grpc::Status GetBinding(grpc::ServerContext* context, const v1::GetBindingRequest* request,
                          v1::Binding* response) override {
    return guard_.Unary(context, "GetBinding", *request, *response,
                        [&](rpc::Call& call) { return GetBinding(call, *request); });
  }
  grpc::Status CheckAcceptance(grpc::ServerContext* context, const v1::CheckAcceptanceRequest* request,
                               v1::CheckAcceptanceResponse* response) override {
    return guard_.Unary(context, "CheckAcceptance", *request, *response,
                        [&](rpc::Call& call) { return CheckAcceptance(call, *request); });
  }

 private:
  absl::StatusOr<v1::CodeVersion> PublishCodeVersion(rpc::Call& call,
                                                     const v1::PublishCodeVersionRequest& request);
  absl::StatusOr<v1::CodeVersion> GetCodeVersion(rpc::Call& call, const v1::GetCodeVersionRequest& request);
  absl::StatusOr<v1::ListCodeVersionsResponse> ListCodeVersions(rpc::Call& call,
                                                                const v1::ListCodeVersionsRequest& request);
  absl::StatusOr<v1::Acceptance> AcceptCodeVersion(rpc::Call& call,
                                                   const v1::AcceptCodeVersionRequest& request);
  absl::StatusOr<v1::ListAcceptancesResponse> ListAcceptances(rpc::Call& call,
                                                              const v1::ListAcceptancesRequest& request);
  absl::StatusOr<v1::Binding> SetBinding(rpc::Call& call, const v1::SetBindingRequest& request);
  absl::StatusOr<v1::Binding> GetBinding(rpc::Call& call, const v1::GetBindingRequest& request);
  absl::StatusOr<v1::CheckAcceptanceResponse> CheckAcceptance(rpc::Call& call,
                                                              const v1::CheckAcceptanceRequest& request);

  rpc::Guard guard_;
  db::Pool& pool_;
  const std::function<void()> effect_enqueued_;
  CodeStore store_;
};

}  // namespace plenary::ethics
