// Offers of help, as help_service.proto states them.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/db/pool.h"
#include "common/db/session.h"
#include "common/ids/id.h"
#include "common/rpc/edge.h"
#include "plenary/membership/v1/help_service.grpc.pb.h"

namespace plenary::membership {

// Thread-safe. Borrows all it is given.
class HelpService final : public v1::HelpService::Service {
 public:
  HelpService(rpc::Edge& edge, db::Pool& pool, IdSource& ids)
      : guard_(edge, "plenary.membership.v1.HelpService"), pool_(pool), ids_(ids) {}

  grpc::Status OfferHelp(grpc::ServerContext* context, const v1::OfferHelpRequest* request,
                         v1::HelpOffer* response) override {
    return guard_.Unary(context, "OfferHelp", *request, *response,
                        [&](rpc::Call& call) { return OfferHelp(call, *request); });
  }
  grpc::Status WithdrawHelp(grpc::ServerContext* context, const v1::WithdrawHelpRequest* request,
                            v1::HelpOffer* response) override {
    return guard_.Unary(context, "WithdrawHelp", *request, *response,
                        [&](rpc::Call& call) { return WithdrawHelp(call, *request); });
  }
  grpc::Status MarkHelpTaken(grpc::ServerContext* context, const v1::MarkHelpTakenRequest* request,
                             v1::HelpOffer* response) override {
    return guard_.Unary(context, "MarkHelpTaken", *request, *response,
                        [&](rpc::Call& call) { return MarkHelpTaken(call, *request); });
  }
  grpc::Status ListHelpOffers(grpc::ServerContext* context, const v1::ListHelpOffersRequest* request,
                              v1::ListHelpOffersResponse* response) override {
    return guard_.Unary(context, "ListHelpOffers", *request, *response,
                        [&](rpc::Call& call) { return ListHelpOffers(call, *request); });
  }

 private:
  absl::StatusOr<v1::HelpOffer> OfferHelp(rpc::Call& call, const v1::OfferHelpRequest& request);
  absl::StatusOr<v1::HelpOffer> WithdrawHelp(rpc::Call& call, const v1::WithdrawHelpRequest& request);
  absl::StatusOr<v1::HelpOffer> MarkHelpTaken(rpc::Call& call, const v1::MarkHelpTakenRequest& request);
  absl::StatusOr<v1::ListHelpOffersResponse> ListHelpOffers(rpc::Call& call,
                                                            const v1::ListHelpOffersRequest& request);

  // Moves an offer for its maker or staff. `change` gets the offer under its lock and does nothing when there
  // is nothing to do.
  template <typename Request>
  absl::StatusOr<v1::HelpOffer> Change(
      rpc::Call& call, std::string_view method, const Request& request,
      const std::function<absl::Status(db::Transaction&, const v1::HelpOffer&)>& change);

  rpc::Guard guard_;
  db::Pool& pool_;
  IdSource& ids_;
};

}  // namespace plenary::membership
