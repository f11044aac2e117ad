// Signing in by e-mail and the sessions that come of it, as identity_service.proto states it.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/auth/token.h"
#include "common/crypto/random.h"
#include "common/db/pool.h"
#include "common/ids/id.h"
#include "common/rpc/edge.h"
#include "plenary/membership/v1/identity_service.grpc.pb.h"
#include "services/membership/store/identity.h"

namespace plenary::membership {

// Thread-safe. Borrows all it is given.
class SessionService final : public v1::SessionService::Service {
 public:
  struct Parts {
    rpc::Edge& edge;
    db::Pool& pool;
    IdSource& ids;
    crypto::RandomSource& random;
    const auth::TokenSigner& signer;
    const auth::KeySet& keys;
  };
  explicit SessionService(const Parts& parts)
      : guard_(parts.edge, "plenary.membership.v1.SessionService"), parts_(parts) {}

  grpc::Status RequestSignIn(grpc::ServerContext* context, const v1::RequestSignInRequest* request,
                             v1::RequestSignInResponse* response) override {
    return guard_.Unary(context, "RequestSignIn", *request, *response,
                        [&](rpc::Call& call) { return RequestSignIn(call, *context, *request); });
  }
  grpc::Status CompleteSignIn(grpc::ServerContext* context, const v1::CompleteSignInRequest* request,
                              v1::SignedInSession* response) override {
    return guard_.Unary(context, "CompleteSignIn", *request, *response,
                        [&](rpc::Call& call) { return CompleteSignIn(call, *context, *request); });
  }
  grpc::Status RefreshSession(grpc::ServerContext* context, const v1::RefreshSessionRequest* request,
                              v1::SignedInSession* response) override {
    return guard_.Unary(context, "RefreshSession", *request, *response,
                        [&](rpc::Call& call) { return RefreshSession(call, *request); });
  }
  grpc::Status SignOut(grpc::ServerContext* context, const v1::SignOutRequest* request,
                       v1::SignOutResponse* response) override {
    return guard_.Unary(context, "SignOut", *request, *response,
                        [&](rpc::Call& call) { return SignOut(call, *request); });
  }
  grpc::Status ListSessions(grpc::ServerContext* context, const v1::ListSessionsRequest* request,
                            v1::ListSessionsResponse* response) override {
    return guard_.Unary(context, "ListSessions", *request, *response,
                        [&](rpc::Call& call) { return ListSessions(call, *request); });
  }
  grpc::Status EndSession(grpc::ServerContext* context, const v1::EndSessionRequest* request,
                          v1::Session* response) override {
    return guard_.Unary(context, "EndSession", *request, *response,
                        [&](rpc::Call& call) { return EndSession(call, *request); });
  }
  grpc::Status SignOutEverywhere(grpc::ServerContext* context, const v1::SignOutEverywhereRequest* request,
                                 v1::SignOutEverywhereResponse* response) override {
    return guard_.Unary(context, "SignOutEverywhere", *request, *response,
                        [&](rpc::Call& call) { return SignOutEverywhere(call, *request); });
  }
  grpc::Status ListKeys(grpc::ServerContext* context, const v1::ListKeysRequest* request,
                        v1::ListKeysResponse* response) override {
    return guard_.Unary(context, "ListKeys", *request, *response,
                        [&](rpc::Call&) { return ListKeys(*request); });
  }

 private:
  absl::StatusOr<v1::RequestSignInResponse> RequestSignIn(rpc::Call& call, const grpc::ServerContext& context,
                                                          const v1::RequestSignInRequest& request);
  absl::StatusOr<v1::SignedInSession> CompleteSignIn(rpc::Call& call, const grpc::ServerContext& context,
                                                     const v1::CompleteSignInRequest& request);
  absl::StatusOr<v1::SignedInSession> RefreshSession(rpc::Call& call,
                                                     const v1::RefreshSessionRequest& request);
  absl::StatusOr<v1::SignOutResponse> SignOut(rpc::Call& call, const v1::SignOutRequest& request);
  absl::StatusOr<v1::ListSessionsResponse> ListSessions(rpc::Call& call,
                                                        const v1::ListSessionsRequest& request);
  absl::StatusOr<v1::Session> EndSession(rpc::Call& call, const v1::EndSessionRequest& request);
  absl::StatusOr<v1::SignOutEverywhereResponse> SignOutEverywhere(
      rpc::Call& call, const v1::SignOutEverywhereRequest& request);
  absl::StatusOr<v1::ListKeysResponse> ListKeys(const v1::ListKeysRequest& request);

  absl::Status Prune(const rpc::Call& call);

  rpc::Guard guard_;
  const Parts parts_;
};

}  // namespace plenary::membership
