// Team seats, as team_service.proto states them.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/db/pool.h"
#include "common/db/session.h"
#include "common/ids/id.h"
#include "common/rpc/edge.h"
#include "plenary/membership/v1/team_service.grpc.pb.h"
#include "services/membership/store/register.h"
#include "services/membership/store/seats.h"

namespace plenary::membership {

// Thread-safe. Borrows all it is given.
class TeamService final : public v1::TeamService::Service {
 public:
  TeamService(rpc::Edge& edge, db::Pool& pool, IdSource& ids)
      : guard_(edge, "plenary.membership.v1.TeamService"), pool_(pool), ids_(ids) {}

  grpc::Status BuySeats(grpc::ServerContext* context, const v1::BuySeatsRequest* request,
                        v1::SeatPurchase* response) override {
    return guard_.Unary(context, "BuySeats", *request, *response,
                        [&](rpc::Call& call) { return BuySeats(call, *request); });
  }
  grpc::Status ReduceSeats(grpc::ServerContext* context, const v1::ReduceSeatsRequest* request,
                           v1::SeatPurchase* response) override {
    return guard_.Unary(context, "ReduceSeats", *request, *response,
                        [&](rpc::Call& call) { return ReduceSeats(call, *request); });
  }
  grpc::Status ListSeatPurchases(grpc::ServerContext* context, const v1::ListSeatPurchasesRequest* request,
                                 v1::ListSeatPurchasesResponse* response) override {
    return guard_.Unary(context, "ListSeatPurchases", *request, *response,
                        [&](rpc::Call& call) { return ListSeatPurchases(call, *request); });
  }
  grpc::Status AssignSeat(grpc::ServerContext* context, const v1::AssignSeatRequest* request,
                          v1::Seat* response) override {
    return guard_.Unary(context, "AssignSeat", *request, *response,
                        [&](rpc::Call& call) { return AssignSeat(call, *request); });
  }
  grpc::Status FreeSeat(grpc::ServerContext* context, const v1::FreeSeatRequest* request,
                        v1::FreeSeatResponse* response) override {
    return guard_.Unary(context, "FreeSeat", *request, *response,
                        [&](rpc::Call& call) { return FreeSeat(call, *request); });
  }
  grpc::Status SwapSeat(grpc::ServerContext* context, const v1::SwapSeatRequest* request,
                        v1::Seat* response) override {
    return guard_.Unary(context, "SwapSeat", *request, *response,
                        [&](rpc::Call& call) { return SwapSeat(call, *request); });
  }
  grpc::Status ListSeats(grpc::ServerContext* context, const v1::ListSeatsRequest* request,
                         v1::ListSeatsResponse* response) override {
    return guard_.Unary(context, "ListSeats", *request, *response,
                        [&](rpc::Call& call) { return ListSeats(call, *request); });
  }
  grpc::Status ListSeatMoves(grpc::ServerContext* context, const v1::ListSeatMovesRequest* request,
                             v1::ListSeatMovesResponse* response) override {
    return guard_.Unary(context, "ListSeatMoves", *request, *response,
                        [&](rpc::Call& call) { return ListSeatMoves(call, *request); });
  }

 private:
  absl::StatusOr<v1::SeatPurchase> BuySeats(rpc::Call& call, const v1::BuySeatsRequest& request);
  absl::StatusOr<v1::SeatPurchase> ReduceSeats(rpc::Call& call, const v1::ReduceSeatsRequest& request);
  absl::StatusOr<v1::ListSeatPurchasesResponse> ListSeatPurchases(
      rpc::Call& call, const v1::ListSeatPurchasesRequest& request);
  absl::StatusOr<v1::Seat> AssignSeat(rpc::Call& call, const v1::AssignSeatRequest& request);
  absl::StatusOr<v1::FreeSeatResponse> FreeSeat(rpc::Call& call, const v1::FreeSeatRequest& request);
  absl::StatusOr<v1::Seat> SwapSeat(rpc::Call& call, const v1::SwapSeatRequest& request);
  absl::StatusOr<v1::ListSeatsResponse> ListSeats(rpc::Call& call, const v1::ListSeatsRequest& request);
  absl::StatusOr<v1::ListSeatMovesResponse> ListSeatMoves(rpc::Call& call,
                                                          const v1::ListSeatMovesRequest& request);

  // The parts of the methods that run under the company's row.
  absl::Status Reduce(db::Transaction& transaction, const rpc::Call& call,
                      const v1::ReduceSeatsRequest& request, const std::string& company);
  absl::StatusOr<v1::Seat> Assign(db::Transaction& transaction, const rpc::Call& call,
                                  const v1::AssignSeatRequest& request, const std::string& company);
  absl::StatusOr<v1::Seat> Swap(db::Transaction& transaction, const rpc::Call& call,
                                const v1::SwapSeatRequest& request, const std::string& company);
  // Makes a person of the company ready to sit down: a seat of theirs that gives nothing any more is left.
  absl::StatusOr<store::RegisterPerson> ReadySitter(db::Transaction& transaction, const rpc::Call& call,
                                                    const std::string& person, const std::string& company);
  // Ends what a seat gives; the seat itself stays.
  absl::Status EndToday(db::Transaction& transaction, const rpc::Call& call, const store::HeldSeat& seat);

  rpc::Guard guard_;
  db::Pool& pool_;
  IdSource& ids_;
};

}  // namespace plenary::membership
