// Small stand-ins for the peers: each remembers what it was told, and answers what the test set.
#pragma once

#include <grpcpp/server_context.h>

#include <map>
#include <mutex>
#include <set>
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

// The companies of the roll are called "company-1" to "company-40"; their ids follow from their names.
inline constexpr int kCompanies = 40;
std::string UnitIdOf(const std::string& company);  // 16 bytes
std::string SampleRoll();                          // "PLR1 …"

class FakeRolls final : public membership::v1::RollService::Service {
 public:
  grpc::Status GetRoll(grpc::ServerContext* context, const membership::v1::GetRollRequest* request,
                       membership::v1::Roll* response) override;
  grpc::Status StreamRollBytes(grpc::ServerContext* context,
                               const membership::v1::StreamRollBytesRequest* request,
                               grpc::ServerWriter<membership::v1::StreamRollBytesResponse>* writer) override;
  bool frozen = true;
  std::string record_date = "2022-08-31";
  membership::v1::Unit unit = membership::v1::UNIT_COMPANY;
  membership::v1::Act act = membership::v1::ACT_VOTE;
  std::string roll = SampleRoll();
};

// Signs with a sample key. The token shown is the company.
class FakeRegistrar final : public membership::v1::RegistrarService::Service {
 public:
  // `number` in the manifest, from 0.
  explicit FakeRegistrar(int number) : number_(number) {}

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
  grpc::Status GetIssuanceList(grpc::ServerContext* context,
                               const membership::v1::GetIssuanceListRequest* request,
                               membership::v1::GetIssuanceListResponse* response) override;
  grpc::Status ListDisputes(grpc::ServerContext* context, const membership::v1::ListDisputesRequest* request,
                            membership::v1::ListDisputesResponse* response) override;
  grpc::Status DestroyKeys(grpc::ServerContext* context, const membership::v1::DestroyKeysRequest* request,
                           membership::v1::DestroyKeysResponse* response) override;

  // The signed list of those who collected, but for `hidden`.
  std::string IssuanceList() const;

  std::mutex mutex;
  std::string manifest;
  std::string hash_to_show;                                              // when not that of `manifest`
  std::map<std::string, membership::v1::IssueCredentialRequest> issued;  // by company
  std::string refusal;                                                   // of keys and manifest: a reason
  std::set<std::string> hidden;                                          // left out of the list
  std::string list_to_show;                                              // when not the right one
  std::vector<membership::v1::Dispute> disputes;
  int destroyed = 0;  // calls of DestroyKeys

 private:
  const int number_;
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
