// BallotBoxService: takes ballots from nobody in particular. Logs nothing of a ballot, keeps no time of it.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/rpc/edge.h"
#include "plenary/election/v1/ballot_box_service.grpc.pb.h"
#include "services/election/ballot_box.h"

namespace plenary::election {

// Thread-safe; borrows everything.
//
// Casting holds no thread while a ballot waits for its transaction: threads that are woken one by one, for
// each ballot, cost as much as its signatures.
class BallotBoxServiceImpl final
    : public v1::BallotBoxService::WithCallbackMethod_CastBallot<v1::BallotBoxService::Service> {
 public:
  BallotBoxServiceImpl(rpc::Edge& edge, BallotBox& box);

  grpc::ServerUnaryReactor* CastBallot(grpc::CallbackServerContext* context,
                                       const v1::CastBallotRequest* request,
                                       v1::CastBallotResponse* response) override;
  grpc::Status GetBox(grpc::ServerContext* context, const v1::GetBoxRequest* request,
                      v1::GetBoxResponse* response) override;
  grpc::Status ListCheckpoints(grpc::ServerContext* context, const v1::ListCheckpointsRequest* request,
                               v1::ListCheckpointsResponse* response) override;
  grpc::Status GetTile(grpc::ServerContext* context, const v1::GetTileRequest* request,
                       v1::GetTileResponse* response) override;
  grpc::Status ListEntries(grpc::ServerContext* context, const v1::ListEntriesRequest* request,
                           grpc::ServerWriter<v1::ListEntriesResponse>* writer) override;

 private:
  absl::Status Cast(const std::shared_ptr<rpc::LateCall>& call, OnItsWay on_its_way,
                    const v1::CastBallotRequest& request, v1::CastBallotResponse& response);
  absl::StatusOr<v1::GetBoxResponse> Get(const rpc::Call& call, const v1::GetBoxRequest& request);
  absl::StatusOr<v1::ListCheckpointsResponse> Checkpoints(const rpc::Call& call,
                                                          const v1::ListCheckpointsRequest& request);
  absl::StatusOr<v1::GetTileResponse> Tile(const rpc::Call& call, const v1::GetTileRequest& request);
  absl::Status Entries(const rpc::Call& call, const v1::ListEntriesRequest& request,
                       grpc::ServerWriter<v1::ListEntriesResponse>& writer);

  // What is published of an election; LOG_NOT_FOUND or BOX_NOT_FOUND when there is nothing.
  absl::StatusOr<std::shared_ptr<const PublishedLog>> FindLog(const rpc::Call& call,
                                                              const std::string& election);

  rpc::Guard guard_;
  BallotBox& box_;
};

}  // namespace plenary::election
