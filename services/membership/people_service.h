// People, companies and their links as the office and the companies' administrators change them
// (people_service.proto).
#pragma once

#include <functional>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/db/pool.h"
#include "common/db/session.h"
#include "common/ids/id.h"
#include "common/rpc/edge.h"
#include "plenary/membership/v1/people_service.grpc.pb.h"
#include "services/membership/store/register.h"

namespace plenary::membership {

// Thread-safe. Borrows all it is given.
class PeopleService final : public v1::PeopleService::Service {
 public:
  PeopleService(rpc::Edge& edge, db::Pool& pool, IdSource& ids)
      : guard_(edge, "plenary.membership.v1.PeopleService"), pool_(pool), ids_(ids) {}

  grpc::Status CreatePerson(grpc::ServerContext* context, const v1::CreatePersonRequest* request,
                            v1::Person* response) override {
    return guard_.Unary(context, "CreatePerson", *request, *response,
                        [&](rpc::Call& call) { return CreatePerson(call, *request); });
  }
  grpc::Status UpdatePerson(grpc::ServerContext* context, const v1::UpdatePersonRequest* request,
                            v1::Person* response) override {
    return guard_.Unary(context, "UpdatePerson", *request, *response,
                        [&](rpc::Call& call) { return UpdatePerson(call, *request); });
  }
  grpc::Status MovePerson(grpc::ServerContext* context, const v1::MovePersonRequest* request,
                          v1::Person* response) override {
    return guard_.Unary(context, "MovePerson", *request, *response,
                        [&](rpc::Call& call) { return MovePerson(call, *request); });
  }
  grpc::Status CreateCompany(grpc::ServerContext* context, const v1::CreateCompanyRequest* request,
                             v1::Company* response) override {
    return guard_.Unary(context, "CreateCompany", *request, *response,
                        [&](rpc::Call& call) { return CreateCompany(call, *request); });
  }
  grpc::Status RenameCompany(grpc::ServerContext* context, const v1::RenameCompanyRequest* request,
                             v1::Company* response) override {
    return guard_.Unary(context, "RenameCompany", *request, *response,
                        [&](rpc::Call& call) { return RenameCompany(call, *request); });
  }
  grpc::Status AppointAdministrator(grpc::ServerContext* context,
                                    const v1::AppointAdministratorRequest* request,
                                    v1::Company* response) override {
    return guard_.Unary(context, "AppointAdministrator", *request, *response,
                        [&](rpc::Call& call) { return AppointAdministrator(call, *request); });
  }
  grpc::Status RemoveAdministrator(grpc::ServerContext* context,
                                   const v1::RemoveAdministratorRequest* request,
                                   v1::Company* response) override {
    return guard_.Unary(context, "RemoveAdministrator", *request, *response,
                        [&](rpc::Call& call) { return RemoveAdministrator(call, *request); });
  }

 private:
  absl::StatusOr<v1::Person> CreatePerson(rpc::Call& call, const v1::CreatePersonRequest& request);
  absl::StatusOr<v1::Person> UpdatePerson(rpc::Call& call, const v1::UpdatePersonRequest& request);
  absl::StatusOr<v1::Person> MovePerson(rpc::Call& call, const v1::MovePersonRequest& request);
  absl::StatusOr<v1::Company> CreateCompany(rpc::Call& call, const v1::CreateCompanyRequest& request);
  absl::StatusOr<v1::Company> RenameCompany(rpc::Call& call, const v1::RenameCompanyRequest& request);
  absl::StatusOr<v1::Company> AppointAdministrator(rpc::Call& call,
                                                   const v1::AppointAdministratorRequest& request);
  absl::StatusOr<v1::Company> RemoveAdministrator(rpc::Call& call,
                                                  const v1::RemoveAdministratorRequest& request);

  using CompanyChange = std::function<absl::Status(db::Transaction&, const store::RegisterCompany&)>;
  // Runs `change` under the company's lock, for staff and its administrators, on the company as it was read.
  template <typename Request>
  absl::StatusOr<v1::Company> ChangeCompany(rpc::Call& call, std::string_view method, const Request& request,
                                            const CompanyChange& change);
  absl::StatusOr<v1::Person> MoveUnderLock(db::Transaction& transaction, rpc::Call& call,
                                           const v1::MovePersonRequest& request,
                                           const std::string& last_seen);
  absl::Status Appoint(db::Transaction& transaction, rpc::Call& call,
                       const v1::AppointAdministratorRequest& request, const store::RegisterCompany& company);

  rpc::Guard guard_;
  db::Pool& pool_;
  IdSource& ids_;
};

}  // namespace plenary::membership
