// Joining a company, as join_service.proto states it.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/crypto/random.h"
#include "common/db/pool.h"
#include "common/ids/id.h"
#include "common/rpc/edge.h"
#include "plenary/membership/v1/join_service.grpc.pb.h"
#include "services/membership/store/join_codes.h"

namespace plenary::membership {

// Thread-safe. Borrows all it is given.
class JoinService final : public v1::JoinService::Service {
 public:
  JoinService(rpc::Edge& edge, db::Pool& pool, IdSource& ids, crypto::RandomSource& random)
      : guard_(edge, "plenary.membership.v1.JoinService"), pool_(pool), ids_(ids), random_(random) {}

  grpc::Status CreateJoinCode(grpc::ServerContext* context, const v1::CreateJoinCodeRequest* request,
                              v1::JoinCode* response) override {
    return guard_.Unary(context, "CreateJoinCode", *request, *response,
                        [&](rpc::Call& call) { return CreateJoinCode(call, *request); });
  }
  grpc::Status InvitePerson(grpc::ServerContext* context, const v1::InvitePersonRequest* request,
                            v1::JoinCode* response) override {
    return guard_.Unary(context, "InvitePerson", *request, *response,
                        [&](rpc::Call& call) { return InvitePerson(call, *request); });
  }
  grpc::Status RevokeJoinCode(grpc::ServerContext* context, const v1::RevokeJoinCodeRequest* request,
                              v1::JoinCode* response) override {
    return guard_.Unary(context, "RevokeJoinCode", *request, *response,
                        [&](rpc::Call& call) { return RevokeJoinCode(call, *request); });
  }
  grpc::Status ListJoinCodes(grpc::ServerContext* context, const v1::ListJoinCodesRequest* request,
                             v1::ListJoinCodesResponse* response) override {
    return guard_.Unary(context, "ListJoinCodes", *request, *response,
                        [&](rpc::Call& call) { return ListJoinCodes(call, *request); });
  }
  grpc::Status JoinCompany(grpc::ServerContext* context, const v1::JoinCompanyRequest* request,
                           v1::JoinCompanyResponse* response) override {
    return guard_.Unary(context, "JoinCompany", *request, *response,
                        [&](rpc::Call& call) { return JoinCompany(call, *request); });
  }

 private:
  absl::StatusOr<v1::JoinCode> CreateJoinCode(rpc::Call& call, const v1::CreateJoinCodeRequest& request);
  absl::StatusOr<v1::JoinCode> InvitePerson(rpc::Call& call, const v1::InvitePersonRequest& request);
  absl::StatusOr<v1::JoinCode> RevokeJoinCode(rpc::Call& call, const v1::RevokeJoinCodeRequest& request);
  absl::StatusOr<v1::ListJoinCodesResponse> ListJoinCodes(rpc::Call& call,
                                                          const v1::ListJoinCodesRequest& request);
  absl::StatusOr<v1::JoinCompanyResponse> JoinCompany(rpc::Call& call, const v1::JoinCompanyRequest& request);

  // A code that is not stored yet, and its bytes.
  store::JoinCode Draw(const rpc::Call& call, std::string& bytes);
  absl::Status MailInvitation(db::Transaction& transaction, const rpc::Call& call,
                              const store::JoinCode& code, const std::string& bytes);
  absl::StatusOr<v1::JoinCompanyResponse> Join(db::Transaction& transaction, const rpc::Call& call,
                                               const store::JoinCode& found, const std::string& last_seen);

  rpc::Guard guard_;
  db::Pool& pool_;
  IdSource& ids_;
  crypto::RandomSource& random_;
};

}  // namespace plenary::membership
