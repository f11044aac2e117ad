// Memberships from the first day to the last, as membership_service.proto states it.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/db/pool.h"
#include "common/db/session.h"
#include "common/ids/id.h"
#include "common/rpc/call.h"
#include "common/rpc/edge.h"
#include "plenary/membership/v1/membership_service.grpc.pb.h"
#include "services/membership/renewals.h"

namespace plenary::membership {

// Thread-safe. Borrows all it is given.
class MembershipService final : public v1::MembershipService::Service {
 public:
  MembershipService(rpc::Edge& edge, db::Pool& pool, IdSource& ids)
      : guard_(edge, "plenary.membership.v1.MembershipService"), pool_(pool), ids_(ids) {}

  grpc::Status Enrol(grpc::ServerContext* context, const v1::EnrolRequest* request,
                     v1::Enrolment* response) override {
    return guard_.Unary(context, "Enrol", *request, *response,
                        [&](rpc::Call& call) { return Enrol(call, *request); });
  }
  grpc::Status Renew(grpc::ServerContext* context, const v1::RenewRequest* request,
                     v1::Enrolment* response) override {
    return guard_.Unary(context, "Renew", *request, *response,
                        [&](rpc::Call& call) { return Renew(call, *request); });
  }
  grpc::Status Cancel(grpc::ServerContext* context, const v1::CancelRequest* request,
                      v1::CancelResponse* response) override {
    return guard_.Unary(context, "Cancel", *request, *response,
                        [&](rpc::Call& call) { return Cancel(call, *request); });
  }
  grpc::Status Suspend(grpc::ServerContext* context, const v1::SuspendRequest* request,
                       v1::MembershipAct* response) override {
    return guard_.Unary(context, "Suspend", *request, *response,
                        [&](rpc::Call& call) { return Suspend(call, *request); });
  }
  grpc::Status Reinstate(grpc::ServerContext* context, const v1::ReinstateRequest* request,
                         v1::MembershipAct* response) override {
    return guard_.Unary(context, "Reinstate", *request, *response,
                        [&](rpc::Call& call) { return Reinstate(call, *request); });
  }
  grpc::Status RecordDeath(grpc::ServerContext* context, const v1::RecordDeathRequest* request,
                           v1::MembershipAct* response) override {
    return guard_.Unary(context, "RecordDeath", *request, *response,
                        [&](rpc::Call& call) { return RecordDeath(call, *request); });
  }
  grpc::Status ListPeriods(grpc::ServerContext* context, const v1::ListPeriodsRequest* request,
                           v1::ListPeriodsResponse* response) override {
    return guard_.Unary(context, "ListPeriods", *request, *response,
                        [&](rpc::Call& call) { return ListPeriods(call, *request); });
  }
  grpc::Status RunRenewals(grpc::ServerContext* context, const v1::RunRenewalsRequest* request,
                           grpc::ServerWriter<v1::RunRenewalsResponse>* writer) override {
    return guard_.ServerStream(context, "RunRenewals", *request,
                               [&](rpc::Call& call) { return RunRenewals(call, *context, *writer); });
  }

 private:
  absl::StatusOr<v1::Enrolment> Enrol(rpc::Call& call, const v1::EnrolRequest& request);
  absl::StatusOr<v1::Enrolment> Renew(rpc::Call& call, const v1::RenewRequest& request);
  absl::StatusOr<v1::CancelResponse> Cancel(rpc::Call& call, const v1::CancelRequest& request);
  absl::StatusOr<v1::MembershipAct> Suspend(rpc::Call& call, const v1::SuspendRequest& request);
  absl::StatusOr<v1::MembershipAct> Reinstate(rpc::Call& call, const v1::ReinstateRequest& request);
  absl::StatusOr<v1::MembershipAct> RecordDeath(rpc::Call& call, const v1::RecordDeathRequest& request);
  absl::StatusOr<v1::ListPeriodsResponse> ListPeriods(rpc::Call& call, const v1::ListPeriodsRequest& request);
  absl::Status RunRenewals(rpc::Call& call, grpc::ServerContext& context,
                           grpc::ServerWriter<v1::RunRenewalsResponse>& writer);

  absl::StatusOr<v1::Enrolment> EnrolUnderLock(db::Transaction& transaction, const rpc::Call& call,
                                               const v1::EnrolRequest& request, const store::Holder& holder,
                                               absl::CivilDay start);
  absl::StatusOr<v1::Enrolment> RenewUnderLock(db::Transaction& transaction, const rpc::Call& call,
                                               const v1::RenewRequest& request, const store::Holder& holder);
  absl::StatusOr<v1::CancelResponse> CancelUnderLock(db::Transaction& transaction, const rpc::Call& call,
                                                     const v1::CancelRequest& request,
                                                     const store::Holder& holder, absl::CivilDay day);

  rpc::Guard guard_;
  db::Pool& pool_;
  IdSource& ids_;
};

}  // namespace plenary::membership
