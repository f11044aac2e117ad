// What only the auditor's registrar serves, as auditor_service.proto states it: its sign-in
// (auditor_sign_in.cc) and its copies of rolls.
#pragma once

#include <grpcpp/server_context.h>

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/auth/token.h"
#include "common/crypto/random.h"
#include "common/db/pool.h"
#include "common/rpc/edge.h"
#include "plenary/membership/v1/auditor_service.grpc.pb.h"
#include "services/membership/code_mail.h"
#include "services/membership/limits_registrar.h"

namespace plenary::membership {

// The registrar's name: issuer and audience of its tokens, and of its keys' files.
inline constexpr char kRegistrarName[] = "registrar";
// The auditor in this registrar's tokens and records; no person is called so.
inline constexpr char kAuditorPerson[] = "people/auditor";

// Thread-safe. Borrows all it is given.
class AuditorService final : public v1::AuditorService::Service {
 public:
  struct Parts {
    rpc::Edge& edge;
    db::Pool& pool;
    crypto::RandomSource& random;
    const auth::TokenSigner& signer;
    CodeMail& mail;
    std::string auditor_email;  // as rules::NormaliseEmail() gives it
    int codes_from_place = limits::kCodesFromPeer;
  };
  explicit AuditorService(Parts parts)
      : guard_(parts.edge, "plenary.membership.v1.AuditorService"), parts_(std::move(parts)) {}

  grpc::Status RequestCode(grpc::ServerContext* context, const v1::RequestCodeRequest* request,
                           v1::RequestCodeResponse* response) override {
    return guard_.Unary(context, "RequestCode", *request, *response,
                        [&](rpc::Call& call) { return RequestCode(call, *context, *request); });
  }
  grpc::Status ProveCode(grpc::ServerContext* context, const v1::ProveCodeRequest* request,
                         v1::ProveCodeResponse* response) override {
    return guard_.Unary(context, "ProveCode", *request, *response,
                        [&](rpc::Call& call) { return ProveCode(call, *context, *request); });
  }
  grpc::Status FreezeRollCopy(grpc::ServerContext* context,
                              grpc::ServerReader<v1::FreezeRollCopyRequest>* reader,
                              v1::RollCopy* response) override {
    return guard_.ClientStream(context, "FreezeRollCopy", *response,
                               [&](rpc::Call& call) { return FreezeRollCopy(call, *context, *reader); });
  }
  grpc::Status ListRollCopies(grpc::ServerContext* context, const v1::ListRollCopiesRequest* request,
                              v1::ListRollCopiesResponse* response) override {
    return guard_.Unary(context, "ListRollCopies", *request, *response,
                        [&](rpc::Call& call) { return ListRollCopies(call); });
  }
  grpc::Status ReplaceRepresentative(grpc::ServerContext* context,
                                     const v1::ReplaceRepresentativeRequest* request,
                                     v1::RollCopyLine* response) override {
    return guard_.Unary(context, "ReplaceRepresentative", *request, *response,
                        [&](rpc::Call& call) { return ReplaceRepresentative(call, *request); });
  }

 private:
  absl::StatusOr<v1::RequestCodeResponse> RequestCode(rpc::Call& call, const grpc::ServerContext& context,
                                                      const v1::RequestCodeRequest& request);
  absl::StatusOr<v1::ProveCodeResponse> ProveCode(rpc::Call& call, const grpc::ServerContext& context,
                                                  const v1::ProveCodeRequest& request);
  absl::StatusOr<v1::RollCopy> FreezeRollCopy(rpc::Call& call, const grpc::ServerContext& context,
                                              grpc::ServerReader<v1::FreezeRollCopyRequest>& reader);
  absl::StatusOr<v1::ListRollCopiesResponse> ListRollCopies(rpc::Call& call);
  absl::StatusOr<v1::RollCopyLine> ReplaceRepresentative(rpc::Call& call,
                                                         const v1::ReplaceRepresentativeRequest& request);

  v1::ProveCodeResponse SignIn(const std::string& email, const std::string& person, absl::Time now) const;

  rpc::Guard guard_;
  const Parts parts_;
};

}  // namespace plenary::membership
