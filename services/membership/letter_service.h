// Letters of reference, as letter_service.proto states it.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "common/crypto/random.h"
#include "common/db/pool.h"
#include "common/db/session.h"
#include "common/ids/id.h"
#include "common/rpc/edge.h"
#include "plenary/membership/v1/letter_service.grpc.pb.h"
#include "services/membership/rules/import_plan.h"
#include "services/membership/rules/verification_states.h"

namespace plenary::membership {

// Thread-safe. Borrows all it is given.
class LetterService final : public v1::LetterService::Service {
 public:
  LetterService(rpc::Edge& edge, db::Pool& pool, IdSource& ids, crypto::RandomSource& random)
      : guard_(edge, "plenary.membership.v1.LetterService"), pool_(pool), ids_(ids), random_(random) {}

  grpc::Status RequestLetter(grpc::ServerContext* context, const v1::RequestLetterRequest* request,
                             v1::Letter* response) override {
    return guard_.Unary(context, "RequestLetter", *request, *response,
                        [&](rpc::Call& call) { return RequestLetter(call, *request); });
  }
  grpc::Status ReceiveLetter(grpc::ServerContext* context, const v1::ReceiveLetterRequest* request,
                             v1::Letter* response) override {
    return guard_.Unary(context, "ReceiveLetter", *request, *response,
                        [&](rpc::Call& call) { return ReceiveLetter(call, *request); });
  }
  grpc::Status SubmitLetter(grpc::ServerContext* context, const v1::SubmitLetterRequest* request,
                            v1::SubmitLetterResponse* response) override {
    return guard_.Unary(context, "SubmitLetter", *request, *response,
                        [&](rpc::Call& call) { return SubmitLetter(call, *request); });
  }
  grpc::Status CheckLetter(grpc::ServerContext* context, const v1::CheckLetterRequest* request,
                           v1::Letter* response) override {
    return guard_.Unary(context, "CheckLetter", *request, *response,
                        [&](rpc::Call& call) { return CheckLetter(call, *request); });
  }
  grpc::Status AcceptLetter(grpc::ServerContext* context, const v1::AcceptLetterRequest* request,
                            v1::Letter* response) override {
    return guard_.Unary(context, "AcceptLetter", *request, *response,
                        [&](rpc::Call& call) { return AcceptLetter(call, *request); });
  }
  grpc::Status RefuseLetter(grpc::ServerContext* context, const v1::RefuseLetterRequest* request,
                            v1::Letter* response) override {
    return guard_.Unary(context, "RefuseLetter", *request, *response,
                        [&](rpc::Call& call) { return RefuseLetter(call, *request); });
  }
  grpc::Status RevokeLetter(grpc::ServerContext* context, const v1::RevokeLetterRequest* request,
                            v1::Letter* response) override {
    return guard_.Unary(context, "RevokeLetter", *request, *response,
                        [&](rpc::Call& call) { return RevokeLetter(call, *request); });
  }
  grpc::Status WithdrawLetter(grpc::ServerContext* context, const v1::WithdrawLetterRequest* request,
                              v1::Letter* response) override {
    return guard_.Unary(context, "WithdrawLetter", *request, *response,
                        [&](rpc::Call& call) { return WithdrawLetter(call, *request); });
  }
  grpc::Status GetLetter(grpc::ServerContext* context, const v1::GetLetterRequest* request,
                         v1::Letter* response) override {
    return guard_.Unary(context, "GetLetter", *request, *response,
                        [&](rpc::Call& call) { return GetLetter(call, *request); });
  }
  grpc::Status ListLetters(grpc::ServerContext* context, const v1::ListLettersRequest* request,
                           v1::ListLettersResponse* response) override {
    return guard_.Unary(context, "ListLetters", *request, *response,
                        [&](rpc::Call& call) { return ListLetters(call, *request); });
  }

 private:
  absl::StatusOr<v1::Letter> RequestLetter(rpc::Call& call, const v1::RequestLetterRequest& request);
  absl::StatusOr<v1::Letter> ReceiveLetter(rpc::Call& call, const v1::ReceiveLetterRequest& request);
  absl::StatusOr<v1::SubmitLetterResponse> SubmitLetter(rpc::Call& call,
                                                        const v1::SubmitLetterRequest& request);
  absl::StatusOr<v1::Letter> CheckLetter(rpc::Call& call, const v1::CheckLetterRequest& request);
  absl::StatusOr<v1::Letter> AcceptLetter(rpc::Call& call, const v1::AcceptLetterRequest& request);
  absl::StatusOr<v1::Letter> RefuseLetter(rpc::Call& call, const v1::RefuseLetterRequest& request);
  absl::StatusOr<v1::Letter> RevokeLetter(rpc::Call& call, const v1::RevokeLetterRequest& request);
  absl::StatusOr<v1::Letter> WithdrawLetter(rpc::Call& call, const v1::WithdrawLetterRequest& request);
  absl::StatusOr<v1::Letter> GetLetter(rpc::Call& call, const v1::GetLetterRequest& request);
  absl::StatusOr<v1::ListLettersResponse> ListLetters(rpc::Call& call, const v1::ListLettersRequest& request);

  // Both sides of a letter that an act has moved on: the member's row and the letter's are held.
  struct Moved {
    rules::RegisterPerson member;
    v1::Letter letter;
  };
  absl::StatusOr<Moved> Move(db::Transaction& transaction, const rpc::Call& call, std::string_view name,
                             rules::LetterAct act);
  absl::StatusOr<v1::Letter> Ask(db::Transaction& transaction, rpc::Call& call,
                                 const v1::RequestLetterRequest& request);
  absl::StatusOr<v1::Letter> TakeOnPaper(db::Transaction& transaction, rpc::Call& call,
                                         const v1::ReceiveLetterRequest& request);
  absl::Status Tell(db::Transaction& transaction, const rpc::Call& call, const Moved& moved,
                    std::string_view template_name, int accepted);

  rpc::Guard guard_;
  db::Pool& pool_;
  IdSource& ids_;
  crypto::RandomSource& random_;
};

}  // namespace plenary::membership
