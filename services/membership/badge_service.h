// Badges, as badge_service.proto states them.
#pragma once

#include "absl/status/statusor.h"
#include "common/db/pool.h"
#include "common/db/session.h"
#include "common/ids/id.h"
#include "common/rpc/call.h"
#include "common/rpc/edge.h"
#include "plenary/membership/v1/badge_service.grpc.pb.h"

namespace plenary::membership {

// Thread-safe. Borrows all it is given.
class BadgeService final : public v1::BadgeService::Service {
 public:
  BadgeService(rpc::Edge& edge, db::Pool& pool, IdSource& ids)
      : guard_(edge, "plenary.membership.v1.BadgeService"), pool_(pool), ids_(ids) {}

  grpc::Status IssueBadge(grpc::ServerContext* context, const v1::IssueBadgeRequest* request,
                          v1::Badge* response) override {
    return guard_.Unary(context, "IssueBadge", *request, *response,
                        [&](rpc::Call& call) { return IssueBadge(call, *request); });
  }
  grpc::Status CheckBadge(grpc::ServerContext* context, const v1::CheckBadgeRequest* request,
                          v1::CheckBadgeResponse* response) override {
    return guard_.Unary(context, "CheckBadge", *request, *response,
                        [&](rpc::Call& call) { return CheckBadge(call, *request); });
  }
  grpc::Status ListMyBadges(grpc::ServerContext* context, const v1::ListMyBadgesRequest* request,
                            v1::ListMyBadgesResponse* response) override {
    return guard_.Unary(context, "ListMyBadges", *request, *response,
                        [&](rpc::Call& call) { return ListMyBadges(call, *request); });
  }
  grpc::Status RevokeBadge(grpc::ServerContext* context, const v1::RevokeBadgeRequest* request,
                           v1::Badge* response) override {
    return guard_.Unary(context, "RevokeBadge", *request, *response,
                        [&](rpc::Call& call) { return RevokeBadge(call, *request); });
  }

 private:
  absl::StatusOr<v1::Badge> IssueBadge(rpc::Call& call, const v1::IssueBadgeRequest& request);
  absl::StatusOr<v1::CheckBadgeResponse> CheckBadge(rpc::Call& call, const v1::CheckBadgeRequest& request);
  absl::StatusOr<v1::ListMyBadgesResponse> ListMyBadges(rpc::Call& call,
                                                        const v1::ListMyBadgesRequest& request);
  absl::StatusOr<v1::Badge> RevokeBadge(rpc::Call& call, const v1::RevokeBadgeRequest& request);

  rpc::Guard guard_;
  db::Pool& pool_;
  IdSource& ids_;
};

}  // namespace plenary::membership
