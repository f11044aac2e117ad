// Finding people and companies, and their histories (directory_service.proto).
#pragma once

#include "absl/status/statusor.h"
#include "common/db/pool.h"
#include "common/rpc/edge.h"
#include "plenary/membership/v1/directory_service.grpc.pb.h"

namespace plenary::membership {

// Thread-safe. Borrows all it is given.
class DirectoryService final : public v1::DirectoryService::Service {
 public:
  DirectoryService(rpc::Edge& edge, db::Pool& pool)
      : guard_(edge, "plenary.membership.v1.DirectoryService"), pool_(pool) {}

  grpc::Status SearchPeople(grpc::ServerContext* context, const v1::SearchPeopleRequest* request,
                            v1::SearchPeopleResponse* response) override {
    return guard_.Unary(context, "SearchPeople", *request, *response,
                        [&](rpc::Call& call) { return SearchPeople(call, *request); });
  }
  grpc::Status SearchCompanies(grpc::ServerContext* context, const v1::SearchCompaniesRequest* request,
                               v1::SearchCompaniesResponse* response) override {
    return guard_.Unary(context, "SearchCompanies", *request, *response,
                        [&](rpc::Call& call) { return SearchCompanies(call, *request); });
  }
  grpc::Status ListHistory(grpc::ServerContext* context, const v1::ListHistoryRequest* request,
                           v1::ListHistoryResponse* response) override {
    return guard_.Unary(context, "ListHistory", *request, *response,
                        [&](rpc::Call& call) { return ListHistory(call, *request); });
  }

 private:
  absl::StatusOr<v1::SearchPeopleResponse> SearchPeople(rpc::Call& call,
                                                        const v1::SearchPeopleRequest& request);
  absl::StatusOr<v1::SearchCompaniesResponse> SearchCompanies(rpc::Call& call,
                                                              const v1::SearchCompaniesRequest& request);
  absl::StatusOr<v1::ListHistoryResponse> ListHistory(rpc::Call& call, const v1::ListHistoryRequest& request);

  rpc::Guard guard_;
  db::Pool& pool_;
};

}  // namespace plenary::membership
