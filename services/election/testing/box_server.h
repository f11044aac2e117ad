// The real ballot box behind a loopback server, with a database of its own; and the sample election in it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/crypto/random.h"
#include "common/testing/loopback.h"
#include "common/testing/mariadb.h"
#include "services/election/ballot_box_control_service.h"
#include "services/election/ballot_box_service.h"
#include "services/election/limits.h"
#include "services/election/served_boxes.h"

namespace plenary::election::testing {

class BoxServer {
 public:
  explicit BoxServer(plenary::testing::TestSuite& suite)
      : database({plenary::testing::MigrationsOf("ballot-box", "services/election/schema/box")}),
        box(suite.edge(), database.pool(), boxes),
        control(suite.edge(), database.pool(), random, boxes),
        server({&box, &control}, kBoxMessageBytes),
        box_stub(v1::BallotBoxService::NewStub(server.channel())),
        control_stub(v1::BallotBoxControlService::NewStub(server.channel())) {}

  absl::StatusOr<v1::CastBallotResponse> Cast(const std::string& ballot,
                                              std::unique_ptr<grpc::ClientContext> context) {
    v1::CastBallotRequest request;
    request.set_ballot(ballot);
    return plenary::testing::Invoke(&v1::BallotBoxService::Stub::CastBallot, *box_stub, std::move(context),
                                    request);
  }
  absl::StatusOr<v1::CastBallotResponse> Cast(const std::string& ballot) {
    return Cast(ballot, plenary::testing::TestSuite::Anonymous());
  }

  absl::StatusOr<std::vector<std::string>> List(const std::string& election) {
    v1::ListBallotsRequest request;
    request.set_election(election);
    const auto context = plenary::testing::TestSuite::Anonymous();
    const auto reader = box_stub->ListBallots(context.get(), request);
    std::vector<std::string> ballots;
    v1::ListBallotsResponse response;
    while (reader->Read(&response)) {
      largest_answer = std::max(largest_answer, response.ByteSizeLong());
      ballots.insert(ballots.end(), response.ballots().begin(), response.ballots().end());
    }
    const grpc::Status status = reader->Finish();
    if (!status.ok()) return FromGrpcStatus(status);
    return ballots;
  }

  plenary::testing::TestDatabase database;
  crypto::SystemRandom random;
  ServedBoxes boxes;
  BallotBoxServiceImpl box;
  BallotBoxControlServiceImpl control;
  plenary::testing::Loopback server;
  std::unique_ptr<v1::BallotBoxService::Stub> box_stub;
  std::unique_ptr<v1::BallotBoxControlService::Stub> control_stub;
  std::size_t largest_answer = 0;
};

}  // namespace plenary::election::testing
