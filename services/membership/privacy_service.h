// What the society holds about a person, as privacy_service.proto states it.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/db/pool.h"
#include "common/db/session.h"
#include "common/ids/id.h"
#include "common/rpc/edge.h"
#include "plenary/membership/v1/privacy_service.grpc.pb.h"

namespace plenary::membership {

// Thread-safe. Borrows all it is given.
class PrivacyService final : public v1::PrivacyService::Service {
 public:
  PrivacyService(rpc::Edge& edge, db::Pool& pool, IdSource& ids)
      : guard_(edge, "plenary.membership.v1.PrivacyService"), pool_(pool), ids_(ids) {}

  grpc::Status ExportPersonalData(grpc::ServerContext* context, const v1::ExportPersonalDataRequest* request,
                                  grpc::ServerWriter<v1::ExportPersonalDataResponse>* writer) override {
    return guard_.ServerStream(context, "ExportPersonalData", *request,
                               [&](rpc::Call& call) { return ExportPersonalData(call, *request, *writer); });
  }
  grpc::Status SetPhone(grpc::ServerContext* context, const v1::SetPhoneRequest* request,
                        v1::SetPhoneResponse* response) override {
    return guard_.Unary(context, "SetPhone", *request, *response,
                        [&](rpc::Call& call) { return SetPhone(call, *request); });
  }
  grpc::Status ErasePerson(grpc::ServerContext* context, const v1::ErasePersonRequest* request,
                           v1::Erasure* response) override {
    return guard_.Unary(context, "ErasePerson", *request, *response,
                        [&](rpc::Call& call) { return ErasePerson(call, *request); });
  }
  grpc::Status ListErasures(grpc::ServerContext* context, const v1::ListErasuresRequest* request,
                            v1::ListErasuresResponse* response) override {
    return guard_.Unary(context, "ListErasures", *request, *response,
                        [&](rpc::Call& call) { return ListErasures(call, *request); });
  }

 private:
  absl::Status ExportPersonalData(rpc::Call& call, const v1::ExportPersonalDataRequest& request,
                                  grpc::ServerWriter<v1::ExportPersonalDataResponse>& writer);
  absl::StatusOr<v1::SetPhoneResponse> SetPhone(rpc::Call& call, const v1::SetPhoneRequest& request);
  absl::StatusOr<v1::Erasure> ErasePerson(rpc::Call& call, const v1::ErasePersonRequest& request);
  absl::StatusOr<v1::ListErasuresResponse> ListErasures(rpc::Call& call,
                                                        const v1::ListErasuresRequest& request);

  absl::StatusOr<v1::Erasure> EraseUnderLock(db::Transaction& transaction, const rpc::Call& call,
                                             const v1::ErasePersonRequest& request, const std::string& id);

  rpc::Guard guard_;
  db::Pool& pool_;
  IdSource& ids_;
};

}  // namespace plenary::membership
