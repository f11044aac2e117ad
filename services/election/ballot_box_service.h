// BallotBoxService: takes ballots from nobody in particular. Logs nothing of a ballot, keeps no time of it.
#pragma once

#include "absl/status/statusor.h"
#include "common/db/pool.h"
#include "common/rpc/edge.h"
#include "plenary/election/v1/ballot_box_service.grpc.pb.h"
#include "services/election/served_boxes.h"

namespace plenary::election {

// Thread-safe; borrows everything.
class BallotBoxServiceImpl final : public v1::BallotBoxService::Service {
 public:
  BallotBoxServiceImpl(rpc::Edge& edge, db::Pool& pool, const ServedBoxes& boxes);

  grpc::Status CastBallot(grpc::ServerContext* context, const v1::CastBallotRequest* request,
                          v1::CastBallotResponse* response) override;
  grpc::Status GetBox(grpc::ServerContext* context, const v1::GetBoxRequest* request,
                      v1::GetBoxResponse* response) override;
  grpc::Status ListBallots(grpc::ServerContext* context, const v1::ListBallotsRequest* request,
                           grpc::ServerWriter<v1::ListBallotsResponse>* writer) override;

 private:
  absl::StatusOr<v1::CastBallotResponse> Cast(const rpc::Call& call, const v1::CastBallotRequest& request);
  absl::StatusOr<v1::GetBoxResponse> Get(const rpc::Call& call, const v1::GetBoxRequest& request);
  absl::Status List(const rpc::Call& call, const v1::ListBallotsRequest& request,
                    grpc::ServerWriter<v1::ListBallotsResponse>& writer);

  // The receipt when the ballot under that key is this one, BALLOT_ALREADY_CAST when it is another, and
  // `when_absent` when there is none.
  absl::StatusOr<v1::CastBallotResponse> AnswerFromBox(absl::Time deadline, const ServedBox& box,
                                                       const NewBallot& ballot,
                                                       const absl::Status& when_absent);

  rpc::Guard guard_;
  db::Pool& pool_;
  const ServedBoxes& boxes_;
};

}  // namespace plenary::election
