// Signing in through the association's OpenID Connect provider, as oidc_service.proto states it.
#pragma once

#include "absl/status/statusor.h"
#include "common/auth/token.h"
#include "common/crypto/random.h"
#include "common/db/pool.h"
#include "common/ids/id.h"
#include "common/rpc/edge.h"
#include "plenary/membership/v1/oidc_service.grpc.pb.h"
#include "services/membership/oidc_provider.h"

namespace plenary::membership {

// Thread-safe. Borrows all it is given.
class OidcService final : public v1::OidcService::Service {
 public:
  struct Parts {
    rpc::Edge& edge;
    db::Pool& pool;
    IdSource& ids;
    crypto::RandomSource& random;
    const auth::TokenSigner& signer;
    OidcProvider* provider;  // nullptr: there is none
  };
  explicit OidcService(const Parts& parts)
      : guard_(parts.edge, "plenary.membership.v1.OidcService"), parts_(parts) {}

  grpc::Status StartOidcSignIn(grpc::ServerContext* context, const v1::StartOidcSignInRequest* request,
                               v1::StartOidcSignInResponse* response) override {
    return guard_.Unary(context, "StartOidcSignIn", *request, *response,
                        [&](rpc::Call& call) { return StartOidcSignIn(call, *context); });
  }
  grpc::Status FinishOidcSignIn(grpc::ServerContext* context, const v1::FinishOidcSignInRequest* request,
                                v1::SignedInSession* response) override {
    return guard_.Unary(context, "FinishOidcSignIn", *request, *response,
                        [&](rpc::Call& call) { return FinishOidcSignIn(call, *request); });
  }

 private:
  absl::StatusOr<v1::StartOidcSignInResponse> StartOidcSignIn(rpc::Call& call,
                                                              const grpc::ServerContext& context);
  absl::StatusOr<v1::SignedInSession> FinishOidcSignIn(rpc::Call& call,
                                                       const v1::FinishOidcSignInRequest& request);
  // Whom the provider names. The sign-in is used, unless the provider could not be asked.
  absl::StatusOr<rules::IdClaims> UseSignIn(rpc::Call& call, const OidcSecrets& secrets,
                                            const std::string& code);
  absl::StatusOr<v1::SignedInSession> BeginSession(rpc::Call& call, const rules::IdClaims& claims);

  rpc::Guard guard_;
  const Parts parts_;
};

}  // namespace plenary::membership
