// The register of people, companies and memberships, as register_service.proto states it.
#pragma once

#include "absl/status/statusor.h"
#include "common/db/pool.h"
#include "common/db/session.h"
#include "common/ids/id.h"
#include "common/rpc/edge.h"
#include "plenary/membership/v1/register_service.grpc.pb.h"
#include "services/membership/import_members.h"

namespace plenary::membership {

// Thread-safe. Borrows all it is given.
class RegisterService final : public v1::RegisterService::Service {
 public:
  RegisterService(rpc::Edge& edge, db::Pool& pool, IdSource& ids)
      : guard_(edge, "plenary.membership.v1.RegisterService"), pool_(pool), ids_(ids) {}

  grpc::Status SaveCategory(grpc::ServerContext* context, const v1::SaveCategoryRequest* request,
                            v1::Category* response) override {
    return guard_.Unary(context, "SaveCategory", *request, *response,
                        [&](rpc::Call& call) { return SaveCategory(call, *request); });
  }
  grpc::Status ListCategories(grpc::ServerContext* context, const v1::ListCategoriesRequest* request,
                              v1::ListCategoriesResponse* response) override {
    return guard_.Unary(context, "ListCategories", *request, *response,
                        [&](rpc::Call& call) { return ListCategories(call, *request); });
  }
  grpc::Status ListCategoryVersions(grpc::ServerContext* context,
                                    const v1::ListCategoryVersionsRequest* request,
                                    v1::ListCategoryVersionsResponse* response) override {
    return guard_.Unary(context, "ListCategoryVersions", *request, *response,
                        [&](rpc::Call& call) { return ListCategoryVersions(call, *request); });
  }
  grpc::Status GetPerson(grpc::ServerContext* context, const v1::GetPersonRequest* request,
                         v1::Person* response) override {
    return guard_.Unary(context, "GetPerson", *request, *response,
                        [&](rpc::Call& call) { return GetPerson(call, *request); });
  }
  grpc::Status ListPeople(grpc::ServerContext* context, const v1::ListPeopleRequest* request,
                          v1::ListPeopleResponse* response) override {
    return guard_.Unary(context, "ListPeople", *request, *response,
                        [&](rpc::Call& call) { return ListPeople(call, *request); });
  }
  grpc::Status GetCompany(grpc::ServerContext* context, const v1::GetCompanyRequest* request,
                          v1::Company* response) override {
    return guard_.Unary(context, "GetCompany", *request, *response,
                        [&](rpc::Call& call) { return GetCompany(call, *request); });
  }
  grpc::Status ListCompanies(grpc::ServerContext* context, const v1::ListCompaniesRequest* request,
                             v1::ListCompaniesResponse* response) override {
    return guard_.Unary(context, "ListCompanies", *request, *response,
                        [&](rpc::Call& call) { return ListCompanies(call, *request); });
  }
  grpc::Status NameRepresentative(grpc::ServerContext* context, const v1::NameRepresentativeRequest* request,
                                  v1::Company* response) override {
    return guard_.Unary(context, "NameRepresentative", *request, *response,
                        [&](rpc::Call& call) { return NameRepresentative(call, *request); });
  }
  grpc::Status RecordReferenceLetters(grpc::ServerContext* context,
                                      const v1::RecordReferenceLettersRequest* request,
                                      v1::Person* response) override {
    return guard_.Unary(context, "RecordReferenceLetters", *request, *response,
                        [&](rpc::Call& call) { return RecordReferenceLetters(call, *request); });
  }
  grpc::Status ExplainRight(grpc::ServerContext* context, const v1::ExplainRightRequest* request,
                            v1::ExplainRightResponse* response) override {
    return guard_.Unary(context, "ExplainRight", *request, *response,
                        [&](rpc::Call& call) { return ExplainRight(call, *request); });
  }
  grpc::Status GrantWaiver(grpc::ServerContext* context, const v1::GrantWaiverRequest* request,
                           v1::Waiver* response) override {
    return guard_.Unary(context, "GrantWaiver", *request, *response,
                        [&](rpc::Call& call) { return GrantWaiver(call, *request); });
  }
  grpc::Status ListWaivers(grpc::ServerContext* context, const v1::ListWaiversRequest* request,
                           v1::ListWaiversResponse* response) override {
    return guard_.Unary(context, "ListWaivers", *request, *response,
                        [&](rpc::Call& call) { return ListWaivers(call, *request); });
  }
  grpc::Status ImportMembers(grpc::ServerContext* context, ImportStream* stream) override;

 private:
  absl::StatusOr<v1::Category> SaveCategory(rpc::Call& call, const v1::SaveCategoryRequest& request);
  absl::StatusOr<v1::ListCategoriesResponse> ListCategories(rpc::Call& call,
                                                            const v1::ListCategoriesRequest& request);
  absl::StatusOr<v1::ListCategoryVersionsResponse> ListCategoryVersions(
      rpc::Call& call, const v1::ListCategoryVersionsRequest& request);
  absl::StatusOr<v1::Person> GetPerson(rpc::Call& call, const v1::GetPersonRequest& request);
  absl::StatusOr<v1::ListPeopleResponse> ListPeople(rpc::Call& call, const v1::ListPeopleRequest& request);
  absl::StatusOr<v1::Company> GetCompany(rpc::Call& call, const v1::GetCompanyRequest& request);
  absl::StatusOr<v1::ListCompaniesResponse> ListCompanies(rpc::Call& call,
                                                          const v1::ListCompaniesRequest& request);
  absl::StatusOr<v1::Company> NameRepresentative(rpc::Call& call,
                                                 const v1::NameRepresentativeRequest& request);
  absl::StatusOr<v1::Person> RecordReferenceLetters(rpc::Call& call,
                                                    const v1::RecordReferenceLettersRequest& request);
  absl::StatusOr<v1::ExplainRightResponse> ExplainRight(rpc::Call& call,
                                                        const v1::ExplainRightRequest& request);
  absl::StatusOr<v1::Waiver> GrantWaiver(rpc::Call& call, const v1::GrantWaiverRequest& request);
  absl::StatusOr<v1::ListWaiversResponse> ListWaivers(rpc::Call& call, const v1::ListWaiversRequest& request);
  absl::StatusOr<v1::Company> NameUnderLock(db::Transaction& transaction, rpc::Call& call,
                                            const v1::NameRepresentativeRequest& request);

  rpc::Guard guard_;
  db::Pool& pool_;
  IdSource& ids_;
};

}  // namespace plenary::membership
