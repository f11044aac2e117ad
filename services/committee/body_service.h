// plenary.committee.v1.BodyService: bodies, seats, founders and the seating of winners.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/db/pool.h"
#include "common/ids/id.h"
#include "common/rpc/call.h"
#include "common/rpc/edge.h"
#include "plenary/committee/v1/body_service.grpc.pb.h"
#include "services/committee/membership_peer.h"
#include "services/committee/rules/seating.h"
#include "services/committee/store/body_store.h"

namespace plenary::committee {

// Thread-safe. Borrows everything it is given.
class BodyService final : public v1::BodyService::Service {
 public:
  BodyService(rpc::Edge& edge, db::Pool& pool, IdSource& ids, const MembershipPeer& membership)
      : guard_(edge, "plenary.committee.v1.BodyService"), pool_(pool), ids_(ids), membership_(membership) {}

  grpc::Status CreateBody(grpc::ServerContext* context, const v1::CreateBodyRequest* request,
                          v1::Body* response) override {
    return guard_.Unary(context, "CreateBody", *request, *response,
                        [&](rpc::Call& call) { return CreateBody(call, *request); });
  }
  grpc::Status GetBody(grpc::ServerContext* context, const v1::GetBodyRequest* request,
                       v1::Body* response) override {
    return guard_.Unary(context, "GetBody", *request, *response,
                        [&](rpc::Call& call) { return GetBody(call, *request); });
  }
  grpc::Status ListBodies(grpc::ServerContext* context, const v1::ListBodiesRequest* request,
                          v1::ListBodiesResponse* response) override {
    return guard_.Unary(context, "ListBodies", *request, *response,
                        [&](rpc::Call& call) { return ListBodies(call, *request); });
  }
  grpc::Status SeatFounder(grpc::ServerContext* context, const v1::SeatFounderRequest* request,
                           v1::Seat* response) override {
    return guard_.Unary(context, "SeatFounder", *request, *response,
                        [&](rpc::Call& call) { return SeatFounder(call, *request); });
  }
  grpc::Status ListSeats(grpc::ServerContext* context, const v1::ListSeatsRequest* request,
                         v1::ListSeatsResponse* response) override {
    return guard_.Unary(context, "ListSeats", *request, *response,
                        [&](rpc::Call& call) { return ListSeats(call, *request); });
  }
  grpc::Status ListHoldings(grpc::ServerContext* context, const v1::ListHoldingsRequest* request,
                            v1::ListHoldingsResponse* response) override {
    return guard_.Unary(context, "ListHoldings", *request, *response,
                        [&](rpc::Call& call) { return ListHoldings(call, *request); });
  }
  grpc::Status SeatWinners(grpc::ServerContext* context, const v1::SeatWinnersRequest* request,
                           v1::SeatWinnersResponse* response) override {
    return guard_.Unary(context, "SeatWinners", *request, *response,
                        [&](rpc::Call& call) { return SeatWinners(call, *request); });
  }

 private:
  absl::StatusOr<v1::Body> CreateBody(rpc::Call& call, const v1::CreateBodyRequest& request);
  absl::StatusOr<v1::Body> GetBody(rpc::Call& call, const v1::GetBodyRequest& request);
  absl::StatusOr<v1::ListBodiesResponse> ListBodies(rpc::Call& call, const v1::ListBodiesRequest& request);
  absl::StatusOr<v1::Seat> SeatFounder(rpc::Call& call, const v1::SeatFounderRequest& request);
  absl::StatusOr<v1::ListSeatsResponse> ListSeats(rpc::Call& call, const v1::ListSeatsRequest& request);
  absl::StatusOr<v1::ListHoldingsResponse> ListHoldings(rpc::Call& call,
                                                        const v1::ListHoldingsRequest& request);
  absl::StatusOr<v1::SeatWinnersResponse> SeatWinners(rpc::Call& call, const v1::SeatWinnersRequest& request);

  absl::Status Seat(db::Transaction& tx, const v1::Holding& holding);
  absl::StatusOr<v1::SeatWinnersResponse> HandOver(db::Transaction& tx,
                                                   const v1::SeatWinnersRequest& request);
  absl::StatusOr<std::vector<rules::ElectedSeats>> LockElectedBodies(db::Transaction& tx,
                                                                     const v1::SeatWinnersRequest& request);
  absl::StatusOr<v1::SeatWinnersResponse> FirstSeating(db::Transaction& tx, const std::string& election,
                                                       const std::string& request_hash);

  rpc::Guard guard_;
  db::Pool& pool_;
  IdSource& ids_;
  const MembershipPeer& membership_;
  BodyStore store_;
};

}  // namespace plenary::committee
