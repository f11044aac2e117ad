// The office's figures and work list, as office_service.proto states them.
#pragma once

#include "absl/status/statusor.h"
#include "common/db/pool.h"
#include "common/rpc/edge.h"
#include "plenary/membership/v1/office_service.grpc.pb.h"

namespace plenary::membership {

// Thread-safe. Borrows all it is given.
class OfficeService final : public v1::OfficeService::Service {
 public:
  OfficeService(rpc::Edge& edge, db::Pool& pool)
      : guard_(edge, "plenary.membership.v1.OfficeService"), pool_(pool) {}

  grpc::Status GetFigures(grpc::ServerContext* context, const v1::GetFiguresRequest* request,
                          v1::Figures* response) override {
    return guard_.Unary(context, "GetFigures", *request, *response,
                        [&](rpc::Call& call) { return GetFigures(call, *request); });
  }
  grpc::Status ListCannotVote(grpc::ServerContext* context, const v1::ListCannotVoteRequest* request,
                              v1::ListCannotVoteResponse* response) override {
    return guard_.Unary(context, "ListCannotVote", *request, *response,
                        [&](rpc::Call& call) { return ListCannotVote(call, *request); });
  }

 private:
  absl::StatusOr<v1::Figures> GetFigures(rpc::Call& call, const v1::GetFiguresRequest& request);
  absl::StatusOr<v1::ListCannotVoteResponse> ListCannotVote(rpc::Call& call,
                                                            const v1::ListCannotVoteRequest& request);

  rpc::Guard guard_;
  db::Pool& pool_;
};

}  // namespace plenary::membership
