// BallotBoxControlService: the life of a box, on the election service's word.
#pragma once

#include "absl/status/statusor.h"
#include "common/crypto/random.h"
#include "common/rpc/edge.h"
#include "plenary/election/v1/ballot_box_service.grpc.pb.h"
#include "services/election/ballot_box.h"

namespace plenary::election {

// Thread-safe as far as `random` is; borrows everything. No idempotency records and no acts on record: the
// box's database holds neither, and every method here is idempotent by its content.
class BallotBoxControlServiceImpl final : public v1::BallotBoxControlService::Service {
 public:
  BallotBoxControlServiceImpl(rpc::Edge& edge, crypto::RandomSource& random, BallotBox& box);

  grpc::Status PrepareBox(grpc::ServerContext* context, const v1::PrepareBoxRequest* request,
                          v1::PrepareBoxResponse* response) override;
  grpc::Status OpenBox(grpc::ServerContext* context, const v1::OpenBoxRequest* request,
                       v1::OpenBoxResponse* response) override;
  grpc::Status CloseBox(grpc::ServerContext* context, const v1::CloseBoxRequest* request,
                        v1::CloseBoxResponse* response) override;

 private:
  absl::StatusOr<v1::PrepareBoxResponse> Prepare(const rpc::Call& call, const v1::PrepareBoxRequest& request);
  absl::StatusOr<v1::OpenBoxResponse> Open(const rpc::Call& call, const v1::OpenBoxRequest& request);
  absl::StatusOr<v1::CloseBoxResponse> Close(const rpc::Call& call, const v1::CloseBoxRequest& request);

  absl::StatusOr<StoredBox> Load(const rpc::Call& call, const std::string& election) const;

  rpc::Guard guard_;
  crypto::RandomSource& random_;
  BallotBox& box_;
  db::Pool& pool_;
};

}  // namespace plenary::election
