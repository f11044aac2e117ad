// The services that this one asks: membership, committee, ethics, and the ballot box. Never called inside a
// transaction. Deadlines are real time. Errors of a peer are passed on unless said otherwise.
#pragma once

#include <grpcpp/channel.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/rpc/peer.h"
#include "plenary/committee/v1/body_service.grpc.pb.h"
#include "plenary/election/v1/ballot_box_service.grpc.pb.h"
#include "plenary/ethics/v1/code_service.grpc.pb.h"
#include "plenary/membership/v1/register_service.grpc.pb.h"
#include "plenary/membership/v1/registrar_service.grpc.pb.h"
#include "plenary/membership/v1/roll_service.grpc.pb.h"

namespace plenary::election {

// Thread-safe.
class Peers {
 public:
  struct Channels {
    std::shared_ptr<grpc::Channel> membership;
    std::shared_ptr<grpc::Channel> committee;
    std::shared_ptr<grpc::Channel> ethics;
    std::shared_ptr<grpc::Channel> ballot_box;
  };

  // Borrows the caller.
  Peers(const rpc::PeerCaller& caller, const Channels& channels);

  // Membership.
  absl::StatusOr<membership::v1::PrepareRegistrarResponse> PrepareRegistrar(const std::string& election,
                                                                            absl::Time deadline) const;
  absl::StatusOr<membership::v1::Roll> GetRoll(const std::string& election, absl::Time deadline) const;
  absl::Status AcceptManifest(const membership::v1::AcceptManifestRequest& request,
                              absl::Time deadline) const;
  absl::StatusOr<membership::v1::CountIssuancesResponse> CountIssuances(const std::string& election,
                                                                        absl::Time deadline) const;
  // Whether the person may hold office today.
  absl::StatusOr<membership::v1::ExplainRightResponse> ExplainOffice(const std::string& person,
                                                                     absl::Time deadline) const;

  // Committee: all of a person's holdings, and the seating of winners.
  absl::StatusOr<std::vector<committee::v1::Holding>> ListHoldings(const std::string& person,
                                                                   absl::Time deadline) const;
  absl::Status SeatWinners(const committee::v1::SeatWinnersRequest& request, absl::Time deadline) const;

  // Ethics.
  absl::StatusOr<ethics::v1::CheckAcceptanceResponse> CheckAcceptance(const std::string& person,
                                                                      absl::Time deadline) const;

  // The ballot box.
  absl::StatusOr<std::string> PrepareBox(const std::string& election, absl::Time deadline) const;
  absl::Status OpenBox(const v1::OpenBoxRequest& request, absl::Time deadline) const;
  absl::StatusOr<int> CloseBox(const std::string& election, absl::Time deadline) const;
  // Calls `each` for every ballot; stops at its first error.
  absl::Status ListBallots(const std::string& election, absl::Time deadline,
                           const std::function<absl::Status(std::string_view)>& each) const;

 private:
  const rpc::PeerCaller& caller_;
  std::unique_ptr<membership::v1::RegistrarService::Stub> registrar_;
  std::unique_ptr<membership::v1::RollService::Stub> roll_;
  std::unique_ptr<membership::v1::RegisterService::Stub> register_;
  std::unique_ptr<committee::v1::BodyService::Stub> bodies_;
  std::unique_ptr<ethics::v1::CodeService::Stub> code_;
  std::unique_ptr<v1::BallotBoxControlService::Stub> box_control_;
  std::unique_ptr<v1::BallotBoxService::Stub> box_;
};

}  // namespace plenary::election
