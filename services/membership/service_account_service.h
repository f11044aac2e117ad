// Programs that act for the office, as identity_service.proto states it.
#pragma once

#include "absl/status/statusor.h"
#include "common/auth/token.h"
#include "common/crypto/random.h"
#include "common/db/pool.h"
#include "common/ids/id.h"
#include "common/rpc/edge.h"
#include "plenary/membership/v1/identity_service.grpc.pb.h"

namespace plenary::membership {

// Thread-safe. Borrows all it is given.
class ServiceAccountService final : public v1::ServiceAccountService::Service {
 public:
  ServiceAccountService(rpc::Edge& edge, db::Pool& pool, IdSource& ids, crypto::RandomSource& random,
                        const auth::TokenSigner& signer)
      : guard_(edge, "plenary.membership.v1.ServiceAccountService"),
        pool_(pool),
        ids_(ids),
        random_(random),
        signer_(signer) {}

  grpc::Status CreateServiceAccount(grpc::ServerContext* context,
                                    const v1::CreateServiceAccountRequest* request,
                                    v1::ServiceAccount* response) override {
    return guard_.Unary(context, "CreateServiceAccount", *request, *response,
                        [&](rpc::Call& call) { return CreateServiceAccount(call, *request); });
  }
  grpc::Status ListServiceAccounts(grpc::ServerContext* context,
                                   const v1::ListServiceAccountsRequest* request,
                                   v1::ListServiceAccountsResponse* response) override {
    return guard_.Unary(context, "ListServiceAccounts", *request, *response,
                        [&](rpc::Call& call) { return ListServiceAccounts(call, *request); });
  }
  grpc::Status RotateServiceAccountSecret(grpc::ServerContext* context,
                                          const v1::RotateServiceAccountSecretRequest* request,
                                          v1::ServiceAccount* response) override {
    return guard_.Unary(context, "RotateServiceAccountSecret", *request, *response,
                        [&](rpc::Call& call) { return RotateServiceAccountSecret(call, *request); });
  }
  grpc::Status RevokeServiceAccount(grpc::ServerContext* context,
                                    const v1::RevokeServiceAccountRequest* request,
                                    v1::ServiceAccount* response) override {
    return guard_.Unary(context, "RevokeServiceAccount", *request, *response,
                        [&](rpc::Call& call) { return RevokeServiceAccount(call, *request); });
  }
  grpc::Status SignInServiceAccount(grpc::ServerContext* context,
                                    const v1::SignInServiceAccountRequest* request,
                                    v1::SignedInServiceAccount* response) override {
    return guard_.Unary(context, "SignInServiceAccount", *request, *response,
                        [&](rpc::Call& call) { return SignInServiceAccount(call, *context, *request); });
  }

 private:
  absl::StatusOr<v1::ServiceAccount> CreateServiceAccount(rpc::Call& call,
                                                          const v1::CreateServiceAccountRequest& request);
  absl::StatusOr<v1::ListServiceAccountsResponse> ListServiceAccounts(
      rpc::Call& call, const v1::ListServiceAccountsRequest& request);
  absl::StatusOr<v1::ServiceAccount> RotateServiceAccountSecret(
      rpc::Call& call, const v1::RotateServiceAccountSecretRequest& request);
  absl::StatusOr<v1::ServiceAccount> RevokeServiceAccount(rpc::Call& call,
                                                          const v1::RevokeServiceAccountRequest& request);
  absl::StatusOr<v1::SignedInServiceAccount> SignInServiceAccount(
      rpc::Call& call, const grpc::ServerContext& context, const v1::SignInServiceAccountRequest& request);

  rpc::Guard guard_;
  db::Pool& pool_;
  IdSource& ids_;
  crypto::RandomSource& random_;
  const auth::TokenSigner& signer_;
};

}  // namespace plenary::membership
