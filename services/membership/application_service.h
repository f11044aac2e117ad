// Applications for membership, as application_service.proto states it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "common/crypto/random.h"
#include "common/db/pool.h"
#include "common/db/session.h"
#include "common/ids/id.h"
#include "common/rpc/edge.h"
#include "plenary/membership/v1/application_service.grpc.pb.h"

namespace plenary::membership {

// Thread-safe. Borrows all it is given.
class ApplicationService final : public v1::ApplicationService::Service {
 public:
  ApplicationService(rpc::Edge& edge, db::Pool& pool, IdSource& ids, crypto::RandomSource& random)
      : guard_(edge, "plenary.membership.v1.ApplicationService"), pool_(pool), ids_(ids), random_(random) {}

  grpc::Status SubmitApplication(grpc::ServerContext* context, const v1::SubmitApplicationRequest* request,
                                 v1::SubmitApplicationResponse* response) override {
    return guard_.Unary(context, "SubmitApplication", *request, *response,
                        [&](rpc::Call& call) { return SubmitApplication(call, *context, *request); });
  }
  grpc::Status ConfirmApplication(grpc::ServerContext* context, const v1::ConfirmApplicationRequest* request,
                                  v1::ConfirmApplicationResponse* response) override {
    return guard_.Unary(context, "ConfirmApplication", *request, *response,
                        [&](rpc::Call& call) { return ConfirmApplication(call, *request); });
  }
  grpc::Status WithdrawApplication(grpc::ServerContext* context,
                                   const v1::WithdrawApplicationRequest* request,
                                   v1::WithdrawApplicationResponse* response) override {
    return guard_.Unary(context, "WithdrawApplication", *request, *response,
                        [&](rpc::Call& call) { return WithdrawApplication(call, *request); });
  }
  grpc::Status GetApplication(grpc::ServerContext* context, const v1::GetApplicationRequest* request,
                              v1::Application* response) override {
    return guard_.Unary(context, "GetApplication", *request, *response,
                        [&](rpc::Call& call) { return GetApplication(call, *request); });
  }
  grpc::Status ListApplications(grpc::ServerContext* context, const v1::ListApplicationsRequest* request,
                                v1::ListApplicationsResponse* response) override {
    return guard_.Unary(context, "ListApplications", *request, *response,
                        [&](rpc::Call& call) { return ListApplications(call, *request); });
  }
  grpc::Status ApproveApplication(grpc::ServerContext* context, const v1::ApproveApplicationRequest* request,
                                  v1::Application* response) override {
    return guard_.Unary(context, "ApproveApplication", *request, *response,
                        [&](rpc::Call& call) { return ApproveApplication(call, *request); });
  }
  grpc::Status RefuseApplication(grpc::ServerContext* context, const v1::RefuseApplicationRequest* request,
                                 v1::Application* response) override {
    return guard_.Unary(context, "RefuseApplication", *request, *response,
                        [&](rpc::Call& call) { return RefuseApplication(call, *request); });
  }

 private:
  absl::StatusOr<v1::SubmitApplicationResponse> SubmitApplication(
      rpc::Call& call, const grpc::ServerContext& context, const v1::SubmitApplicationRequest& request);
  absl::StatusOr<v1::ConfirmApplicationResponse> ConfirmApplication(
      rpc::Call& call, const v1::ConfirmApplicationRequest& request);
  absl::StatusOr<v1::WithdrawApplicationResponse> WithdrawApplication(
      rpc::Call& call, const v1::WithdrawApplicationRequest& request);
  absl::StatusOr<v1::Application> GetApplication(rpc::Call& call, const v1::GetApplicationRequest& request);
  absl::StatusOr<v1::ListApplicationsResponse> ListApplications(rpc::Call& call,
                                                                const v1::ListApplicationsRequest& request);
  absl::StatusOr<v1::Application> ApproveApplication(rpc::Call& call,
                                                     const v1::ApproveApplicationRequest& request);
  absl::StatusOr<v1::Application> RefuseApplication(rpc::Call& call,
                                                    const v1::RefuseApplicationRequest& request);

  // Counts one more, and says how many came in all within this hour; APPLICATIONS_TOO_MANY.
  absl::StatusOr<std::int64_t> Count(db::Transaction& transaction, const rpc::Call& call,
                                     const std::string& caller, const std::string& email);
  absl::StatusOr<v1::SubmitApplicationResponse> Store(db::Transaction& transaction, const rpc::Call& call,
                                                      const std::string& caller, v1::Application application);
  absl::StatusOr<v1::Application> Approve(db::Transaction& transaction, const rpc::Call& call,
                                          const v1::ApproveApplicationRequest& request);
  // The person's id.
  absl::StatusOr<std::string> PutOnRegister(db::Transaction& transaction, const rpc::Call& call,
                                            const v1::Application& application,
                                            const std::string& company_name, absl::CivilDay start);
  // The period of the membership that was applied for, its price and its invoice.
  absl::Status Enrol(db::Transaction& transaction, const rpc::Call& call, const v1::Application& application,
                     const std::string& person, absl::CivilDay start);
  absl::Status Tell(db::Transaction& transaction, const rpc::Call& call, const v1::Application& application,
                    std::string_view template_name);

  rpc::Guard guard_;
  db::Pool& pool_;
  IdSource& ids_;
  crypto::RandomSource& random_;
};

}  // namespace plenary::membership
