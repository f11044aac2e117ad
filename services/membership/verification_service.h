// Ways to be verified and what speaks for whom, as verification_service.proto states it.
#pragma once

#include "absl/status/statusor.h"
#include "common/db/pool.h"
#include "common/db/session.h"
#include "common/rpc/edge.h"
#include "plenary/membership/v1/verification_service.grpc.pb.h"

namespace plenary::membership {

// Thread-safe. Borrows all it is given.
class VerificationService final : public v1::VerificationService::Service {
 public:
  VerificationService(rpc::Edge& edge, db::Pool& pool)
      : guard_(edge, "plenary.membership.v1.VerificationService"), pool_(pool) {}

  grpc::Status SaveVerificationWay(grpc::ServerContext* context,
                                   const v1::SaveVerificationWayRequest* request,
                                   v1::VerificationWay* response) override {
    return guard_.Unary(context, "SaveVerificationWay", *request, *response,
                        [&](rpc::Call& call) { return SaveVerificationWay(call, *request); });
  }
  grpc::Status RemoveVerificationWay(grpc::ServerContext* context,
                                     const v1::RemoveVerificationWayRequest* request,
                                     v1::VerificationWay* response) override {
    return guard_.Unary(context, "RemoveVerificationWay", *request, *response,
                        [&](rpc::Call& call) { return RemoveVerificationWay(call, *request); });
  }
  grpc::Status ListVerificationWays(grpc::ServerContext* context,
                                    const v1::ListVerificationWaysRequest* request,
                                    v1::ListVerificationWaysResponse* response) override {
    return guard_.Unary(context, "ListVerificationWays", *request, *response,
                        [&](rpc::Call& call) { return ListVerificationWays(call, *request); });
  }
  grpc::Status ExplainVerification(grpc::ServerContext* context,
                                   const v1::ExplainVerificationRequest* request,
                                   v1::ExplainVerificationResponse* response) override {
    return guard_.Unary(context, "ExplainVerification", *request, *response,
                        [&](rpc::Call& call) { return ExplainVerification(call, *request); });
  }
  grpc::Status VouchFor(grpc::ServerContext* context, const v1::VouchForRequest* request,
                        v1::Vouch* response) override {
    return guard_.Unary(context, "VouchFor", *request, *response,
                        [&](rpc::Call& call) { return VouchFor(call, *request); });
  }
  grpc::Status WithdrawVouch(grpc::ServerContext* context, const v1::WithdrawVouchRequest* request,
                             v1::Vouch* response) override {
    return guard_.Unary(context, "WithdrawVouch", *request, *response,
                        [&](rpc::Call& call) { return WithdrawVouch(call, *request); });
  }
  grpc::Status ListVouches(grpc::ServerContext* context, const v1::ListVouchesRequest* request,
                           v1::ListVouchesResponse* response) override {
    return guard_.Unary(context, "ListVouches", *request, *response,
                        [&](rpc::Call& call) { return ListVouches(call, *request); });
  }
  grpc::Status GrantVerification(grpc::ServerContext* context, const v1::GrantVerificationRequest* request,
                                 v1::VerificationGrant* response) override {
    return guard_.Unary(context, "GrantVerification", *request, *response,
                        [&](rpc::Call& call) { return GrantVerification(call, *request); });
  }
  grpc::Status RevokeVerification(grpc::ServerContext* context, const v1::RevokeVerificationRequest* request,
                                  v1::VerificationGrant* response) override {
    return guard_.Unary(context, "RevokeVerification", *request, *response,
                        [&](rpc::Call& call) { return RevokeVerification(call, *request); });
  }
  grpc::Status RecordCodeAcceptance(grpc::ServerContext* context,
                                    const v1::RecordCodeAcceptanceRequest* request,
                                    v1::CodeAcceptance* response) override {
    return guard_.Unary(context, "RecordCodeAcceptance", *request, *response,
                        [&](rpc::Call& call) { return RecordCodeAcceptance(call, *request); });
  }

 private:
  absl::StatusOr<v1::VerificationWay> SaveVerificationWay(rpc::Call& call,
                                                          const v1::SaveVerificationWayRequest& request);
  absl::StatusOr<v1::VerificationWay> RemoveVerificationWay(rpc::Call& call,
                                                            const v1::RemoveVerificationWayRequest& request);
  absl::StatusOr<v1::ListVerificationWaysResponse> ListVerificationWays(
      rpc::Call& call, const v1::ListVerificationWaysRequest& request);
  absl::StatusOr<v1::ExplainVerificationResponse> ExplainVerification(
      rpc::Call& call, const v1::ExplainVerificationRequest& request);
  absl::StatusOr<v1::Vouch> VouchFor(rpc::Call& call, const v1::VouchForRequest& request);
  absl::StatusOr<v1::Vouch> WithdrawVouch(rpc::Call& call, const v1::WithdrawVouchRequest& request);
  absl::StatusOr<v1::ListVouchesResponse> ListVouches(rpc::Call& call, const v1::ListVouchesRequest& request);
  absl::StatusOr<v1::VerificationGrant> GrantVerification(rpc::Call& call,
                                                          const v1::GrantVerificationRequest& request);
  absl::StatusOr<v1::VerificationGrant> RevokeVerification(rpc::Call& call,
                                                           const v1::RevokeVerificationRequest& request);
  absl::StatusOr<v1::CodeAcceptance> RecordCodeAcceptance(rpc::Call& call,
                                                          const v1::RecordCodeAcceptanceRequest& request);

  absl::StatusOr<v1::Vouch> Vouch(db::Transaction& transaction, rpc::Call& call,
                                  const v1::VouchForRequest& request);

  rpc::Guard guard_;
  db::Pool& pool_;
};

}  // namespace plenary::membership
