// The services that this one asks: the registrars (membership and the auditor's), committee, ethics, and the
// ballot box. Never called inside a transaction. Deadlines are real time. Errors of a peer are passed on
// unless said otherwise.
#pragma once

#include <grpcpp/channel.h>

#include <array>
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
#include "plenary/election/v1/manifest.pb.h"
#include "plenary/ethics/v1/code_service.grpc.pb.h"
#include "plenary/membership/v1/register_service.grpc.pb.h"
#include "plenary/membership/v1/registrar_service.grpc.pb.h"
#include "plenary/membership/v1/roll_service.grpc.pb.h"

namespace plenary::election {

// The registrars in the order of the manifest.
enum class Registrar { kMembership, kAuditor };
inline constexpr std::array kRegistrars = {Registrar::kMembership, Registrar::kAuditor};

// Thread-safe.
class Peers {
 public:
  struct Channels {
    std::shared_ptr<grpc::Channel> membership;
    std::shared_ptr<grpc::Channel> auditor;
    std::shared_ptr<grpc::Channel> committee;
    std::shared_ptr<grpc::Channel> ethics;
    std::shared_ptr<grpc::Channel> ballot_box;
  };

  // Borrows the caller.
  Peers(const rpc::PeerCaller& caller, const Channels& channels);

  // A registrar.
  absl::StatusOr<v1::Manifest::Registrar> PrepareRegistrar(Registrar registrar, const std::string& election,
                                                           absl::Time deadline) const;
  absl::Status AcceptManifest(Registrar registrar, const membership::v1::AcceptManifestRequest& request,
                              absl::Time deadline) const;
  // The signed list as bytes, "PLI1 …".
  absl::StatusOr<std::string> GetIssuanceList(Registrar registrar, const std::string& election,
                                              absl::Time deadline) const;
  // Disputes that wait for an answer.
  absl::StatusOr<int> CountOpenDisputes(Registrar registrar, const std::string& election,
                                        absl::Time deadline) const;
  absl::Status DestroyKeys(Registrar registrar, const std::string& election, absl::Time deadline) const;

  // Membership.
  absl::StatusOr<membership::v1::Roll> GetRoll(const std::string& election, absl::Time deadline) const;
  // The roll as bytes, "PLR1 …".
  absl::StatusOr<std::string> GetRollBytes(const std::string& election, absl::Time deadline) const;
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
  absl::StatusOr<v1::CloseBoxResponse> CloseBox(const v1::CloseBoxRequest& request,
                                                absl::Time deadline) const;
  // Calls `each` for every leaf of the log, from the manifest on; stops at its first error.
  absl::Status ListEntries(const std::string& election, absl::Time deadline,
                           const std::function<absl::Status(std::string_view)>& each) const;

 private:
  using RegistrarStub = membership::v1::RegistrarService::Stub;
  // A call of one of the registrars, each of which takes tokens of its own.
  template <typename Request, typename Response>
  absl::StatusOr<Response> AskRegistrar(Registrar registrar,
                                        grpc::Status (RegistrarStub::*method)(grpc::ClientContext*,
                                                                              const Request&, Response*),
                                        const Request& request, absl::Time deadline) const;

  const rpc::PeerCaller& caller_;
  std::array<std::unique_ptr<RegistrarStub>, kRegistrars.size()> registrars_;
  std::unique_ptr<membership::v1::RollService::Stub> roll_;
  std::unique_ptr<membership::v1::RegisterService::Stub> register_;
  std::unique_ptr<committee::v1::BodyService::Stub> bodies_;
  std::unique_ptr<ethics::v1::CodeService::Stub> code_;
  std::unique_ptr<v1::BallotBoxControlService::Stub> box_control_;
  std::unique_ptr<v1::BallotBoxService::Stub> box_;
};

}  // namespace plenary::election
