// Who the caller is, as identity_service.proto states it.
#pragma once

#include "absl/status/statusor.h"
#include "common/auth/token.h"
#include "common/db/pool.h"
#include "common/rpc/edge.h"
#include "plenary/membership/v1/identity_service.grpc.pb.h"

namespace plenary::membership {

// Thread-safe. Borrows all it is given.
class IdentityService final : public v1::IdentityService::Service {
 public:
  IdentityService(rpc::Edge& edge, db::Pool& pool)
      : guard_(edge, "plenary.membership.v1.IdentityService"), pool_(pool) {}

  grpc::Status GetMe(grpc::ServerContext* context, const v1::GetMeRequest* request,
                     v1::GetMeResponse* response) override {
    return guard_.Unary(context, "GetMe", *request, *response,
                        [&](rpc::Call& call) { return GetMe(call, *request); });
  }

 private:
  absl::StatusOr<v1::GetMeResponse> GetMe(rpc::Call& call, const v1::GetMeRequest& request);

  rpc::Guard guard_;
  db::Pool& pool_;
};

// Sign-in without proof: registered only by a service started with --development. Thread-safe. Borrows all it
// is given.
class DevelopmentIdentityService final : public v1::DevelopmentIdentityService::Service {
 public:
  DevelopmentIdentityService(rpc::Edge& edge, db::Pool& pool, const auth::TokenSigner& signer)
      : guard_(edge, "plenary.membership.v1.DevelopmentIdentityService"), pool_(pool), signer_(signer) {}

  grpc::Status SignInForDevelopment(grpc::ServerContext* context,
                                    const v1::SignInForDevelopmentRequest* request,
                                    v1::SignInForDevelopmentResponse* response) override {
    return guard_.Unary(context, "SignInForDevelopment", *request, *response,
                        [&](rpc::Call& call) { return SignInForDevelopment(call, *request); });
  }

 private:
  absl::StatusOr<v1::SignInForDevelopmentResponse> SignInForDevelopment(
      rpc::Call& call, const v1::SignInForDevelopmentRequest& request);

  rpc::Guard guard_;
  db::Pool& pool_;
  const auth::TokenSigner& signer_;
};

}  // namespace plenary::membership
