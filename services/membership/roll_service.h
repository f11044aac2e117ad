// Who may vote: one line a company, as roll_service.proto states it.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/db/pool.h"
#include "common/rpc/edge.h"
#include "plenary/membership/v1/roll_service.grpc.pb.h"

namespace plenary::membership {

// Thread-safe. Borrows all it is given.
class RollService final : public v1::RollService::Service {
 public:
  RollService(rpc::Edge& edge, db::Pool& pool)
      : guard_(edge, "plenary.membership.v1.RollService"), pool_(pool) {}

  grpc::Status ExplainEligibility(grpc::ServerContext* context, const v1::ExplainEligibilityRequest* request,
                                  v1::ExplainEligibilityResponse* response) override {
    return guard_.Unary(context, "ExplainEligibility", *request, *response,
                        [&](rpc::Call& call) { return ExplainEligibility(call, *request); });
  }
  grpc::Status GetRoll(grpc::ServerContext* context, const v1::GetRollRequest* request,
                       v1::Roll* response) override {
    return guard_.Unary(context, "GetRoll", *request, *response,
                        [&](rpc::Call& call) { return GetRoll(call, *request); });
  }
  grpc::Status ListRollEntries(grpc::ServerContext* context, const v1::ListRollEntriesRequest* request,
                               v1::ListRollEntriesResponse* response) override {
    return guard_.Unary(context, "ListRollEntries", *request, *response,
                        [&](rpc::Call& call) { return ListRollEntries(call, *request); });
  }
  grpc::Status FreezeRoll(grpc::ServerContext* context, const v1::FreezeRollRequest* request,
                          grpc::ServerWriter<v1::FreezeRollResponse>* writer) override {
    return guard_.ServerStream(context, "FreezeRoll", *request,
                               [&](rpc::Call& call) { return FreezeRoll(call, *request, *writer); });
  }

 private:
  absl::StatusOr<v1::ExplainEligibilityResponse> ExplainEligibility(
      rpc::Call& call, const v1::ExplainEligibilityRequest& request);
  absl::StatusOr<v1::Roll> GetRoll(rpc::Call& call, const v1::GetRollRequest& request);
  absl::StatusOr<v1::ListRollEntriesResponse> ListRollEntries(rpc::Call& call,
                                                              const v1::ListRollEntriesRequest& request);
  absl::Status FreezeRoll(rpc::Call& call, const v1::FreezeRollRequest& request,
                          grpc::ServerWriter<v1::FreezeRollResponse>& writer);

  rpc::Guard guard_;
  db::Pool& pool_;
};

}  // namespace plenary::membership
