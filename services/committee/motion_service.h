// plenary.committee.v1.MotionService: motions from the proposal to the announcement and its act.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/db/pool.h"
#include "common/ids/id.h"
#include "common/rpc/call.h"
#include "common/rpc/edge.h"
#include "plenary/committee/v1/motion_service.grpc.pb.h"
#include "services/committee/rules/motion_state.h"
#include "services/committee/store/body_store.h"
#include "services/committee/store/motion_store.h"

namespace plenary::committee {

// Thread-safe. Borrows everything it is given.
class MotionService final : public v1::MotionService::Service {
 public:
  // `effect_enqueued` is called after a transaction that left an effect in the outbox.
  MotionService(rpc::Edge& edge, db::Pool& pool, IdSource& ids, std::function<void()> effect_enqueued)
      : guard_(edge, "plenary.committee.v1.MotionService"),
        pool_(pool),
        ids_(ids),
        effect_enqueued_(std::move(effect_enqueued)) {}

  grpc::Status ProposeMotion(grpc::ServerContext* context, const v1::ProposeMotionRequest* request,
                             v1::Motion* response) override {
    return guard_.Unary(context, "ProposeMotion", *request, *response,
                        [&](rpc::Call& call) { return ProposeMotion(call, *request); });
  }
  grpc::Status OpenMotion(grpc::ServerContext* context, const v1::OpenMotionRequest* request,
                          v1::Motion* response) override {
    return guard_.Unary(context, "OpenMotion", *request, *response,
                        [&](rpc::Call& call) { return OpenMotion(call, *request); });
  }
  grpc::Status CastMotionVote(grpc::ServerContext* context, const v1::CastMotionVoteRequest* request,
                              v1::MotionVote* response) override {
    return guard_.Unary(context, "CastMotionVote", *request, *response,
                        [&](rpc::Call& call) { return CastMotionVote(call, *request); });
  }
  grpc::Status AnnounceMotion(grpc::ServerContext* context, const v1::AnnounceMotionRequest* request,
                              v1::Motion* response) override {
    return guard_.Unary(context, "AnnounceMotion", *request, *response,
                        [&](rpc::Call& call) { return AnnounceMotion(call, *request); });
  }
  grpc::Status WithdrawMotion(grpc::ServerContext* context, const v1::WithdrawMotionRequest* request,
                              v1::Motion* response) override {
    return guard_.Unary(context, "WithdrawMotion", *request, *response,
                        [&](rpc::Call& call) { return WithdrawMotion(call, *request); });
  }
  grpc::Status GetMotion(grpc::ServerContext* context, const v1::GetMotionRequest* request,
                         v1::Motion* response) override {
    return guard_.Unary(context, "GetMotion", *request, *response,
                        [&](rpc::Call& call) { return GetMotion(call, *request); });
  }
  grpc::Status ListMotions(grpc::ServerContext* context, const v1::ListMotionsRequest* request,
                           v1::ListMotionsResponse* response) override {
    return guard_.Unary(context, "ListMotions", *request, *response,
                        [&](rpc::Call& call) { return ListMotions(call, *request); });
  }

 private:
  absl::StatusOr<v1::Motion> ProposeMotion(rpc::Call& call, const v1::ProposeMotionRequest& request);
  absl::StatusOr<v1::Motion> OpenMotion(rpc::Call& call, const v1::OpenMotionRequest& request);
  absl::StatusOr<v1::MotionVote> CastMotionVote(rpc::Call& call, const v1::CastMotionVoteRequest& request);
  absl::StatusOr<v1::Motion> AnnounceMotion(rpc::Call& call, const v1::AnnounceMotionRequest& request);
  absl::StatusOr<v1::Motion> WithdrawMotion(rpc::Call& call, const v1::WithdrawMotionRequest& request);
  absl::StatusOr<v1::Motion> GetMotion(rpc::Call& call, const v1::GetMotionRequest& request);
  absl::StatusOr<v1::ListMotionsResponse> ListMotions(rpc::Call& call, const v1::ListMotionsRequest& request);

  absl::StatusOr<v1::Motion> Lock(db::Transaction& tx, const MotionId& id);
  absl::StatusOr<v1::Holding> RequireHolder(db::Session& session, const rpc::Call& call,
                                            const std::string& body);
  absl::Status RequireChair(db::Session& session, const rpc::Call& call, const std::string& body);
  absl::Status Decide(db::Transaction& tx, const rpc::Call& call, const MotionId& id, v1::Motion& motion);

  rpc::Guard guard_;
  db::Pool& pool_;
  IdSource& ids_;
  const std::function<void()> effect_enqueued_;
  BodyStore bodies_;
  MotionStore motions_;
};

}  // namespace plenary::committee
