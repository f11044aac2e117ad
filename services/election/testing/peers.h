// Small stand-ins for the peers: each remembers what it was told, and answers what the test set.
#pragma once

#include <grpcpp/server_context.h>

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "plenary/committee/v1/body_service.grpc.pb.h"
#include "plenary/ethics/v1/code_service.grpc.pb.h"
#include "plenary/membership/v1/register_service.grpc.pb.h"
#include "plenary/membership/v1/registrar_service.grpc.pb.h"
#include "plenary/membership/v1/roll_service.grpc.pb.h"

namespace plenary::election::testing {

// Grants the right to hold office to everybody but those in `refused` (person -> reason). The full name of
// "people/ada" is "Ada".
class FakeRegister final : public membership::v1::RegisterService::Service {
 public:
  grpc::Status ExplainRight(grpc::ServerContext* context, const membership::v1::ExplainRightRequest* request,
                            membership::v1::ExplainRightResponse* response) override;
  std::map<std::string, std::string> refused;
};

class FakeRolls final : public membership::v1::RollService::Service {
 public:
  grpc::Status GetRoll(grpc::ServerContext* context, const membership::v1::GetRollRequest* request,
                       membership::v1::Roll* response) override;
  bool frozen = true;
  std::string record_date = "2022-08-31";
  membership::v1::Unit unit = membership::v1::UNIT_COMPANY;
  membership::v1::Act act = membership::v1::ACT_VOTE;
};

// Signs with the sample key. The token shown is the company.
class FakeRegistrar final : public membership::v1::RegistrarService::Service {
 public:
  grpc::Status PrepareRegistrar(grpc::ServerContext* context,
                                const membership::v1::PrepareRegistrarRequest* request,
                                membership::v1::PrepareRegistrarResponse* response) override;
  grpc::Status AcceptManifest(grpc::ServerContext* context,
                              const membership::v1::AcceptManifestRequest* request,
                              membership::v1::AcceptManifestResponse* response) override;
  grpc::Status GetManifestHash(grpc::ServerContext* context,
                               const membership::v1::GetManifestHashRequest* request,
                               membership::v1::GetManifestHashResponse* response) override;
  grpc::Status IssueCredential(grpc::ServerContext* context,
                               const membership::v1::IssueCredentialRequest* request,
                               membership::v1::IssueCredentialResponse* response) override;
  grpc::Status GetIssuance(grpc::ServerContext* context, const membership::v1::GetIssuanceRequest* request,
                           membership::v1::GetIssuanceResponse* response) override;
  grpc::Status CountIssuances(grpc::ServerContext* context,
                              const membership::v1::CountIssuancesRequest* request,
                              membership::v1::CountIssuancesResponse* response) override;

  std::mutex mutex;
  std::string manifest;
  std::string hash_to_show;                                              // when not that of `manifest`
  std::map<std::string, membership::v1::IssueCredentialRequest> issued;  // by token
  bool challenged = false;                                               // a challenge of the roll is open
  int issued_fewer = 0;                                                  // a registrar that counts too low
};

class FakeBodies final : public committee::v1::BodyService::Service {
 public:
  grpc::Status ListHoldings(grpc::ServerContext* context, const committee::v1::ListHoldingsRequest* request,
                            committee::v1::ListHoldingsResponse* response) override;
  // Idempotent by its request id; loses `answers_to_lose` answers after it has acted.
  grpc::Status SeatWinners(grpc::ServerContext* context, const committee::v1::SeatWinnersRequest* request,
                           committee::v1::SeatWinnersResponse* response) override;

  std::map<std::string, std::vector<committee::v1::Holding>> holdings;  // by person
  int answers_to_lose = 0;
  int calls = 0;
  std::map<std::string, committee::v1::SeatWinnersRequest> seatings;  // by request id
};

class FakeCode final : public ethics::v1::CodeService::Service {
 public:
  grpc::Status CheckAcceptance(grpc::ServerContext* context,
                               const ethics::v1::CheckAcceptanceRequest* request,
                               ethics::v1::CheckAcceptanceResponse* response) override;
  bool blocks = false;
};

}  // namespace plenary::election::testing
