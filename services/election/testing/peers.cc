#include "services/election/testing/peers.h"

#include <cctype>

#include "common/crypto/blind_rsa.h"
#include "common/crypto/bytes.h"
#include "common/status/error.h"
#include "common/status/grpc_status.h"
#include "services/election/testing/sample.h"

namespace plenary::election::testing {
namespace {

constexpr ErrorDomain kDomain("plenary.fake");

grpc::Status Refuse(absl::StatusCode code, const char* reason) {
  return ToGrpcStatus(kDomain.Error(code, reason, "The stand-in refuses."));
}

std::string TokenOf(const grpc::ServerContext& context) {
  const auto found = context.client_metadata().find("authorization");
  return found == context.client_metadata().end() ? ""
                                                  : std::string(found->second.data(), found->second.size());
}

}  // namespace

grpc::Status FakeRegister::ExplainRight(grpc::ServerContext*,
                                        const membership::v1::ExplainRightRequest* request,
                                        membership::v1::ExplainRightResponse* response) {
  const auto found = refused.find(request->person());
  response->set_allowed(found == refused.end() && request->act() == membership::v1::ACT_HOLD_OFFICE);
  if (found != refused.end()) response->set_reason(found->second);
  response->set_remedy("Ask the office.");
  std::string name = request->person().substr(request->person().rfind('/') + 1);
  name[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(name[0])));
  response->set_full_name(name);
  return grpc::Status::OK;
}

grpc::Status FakeRolls::GetRoll(grpc::ServerContext*, const membership::v1::GetRollRequest* request,
                                membership::v1::Roll* response) {
  if (!frozen) return Refuse(absl::StatusCode::kNotFound, "ROLL_NOT_FOUND");
  response->set_election(request->election());
  response->set_count(40);
  response->set_sha256(std::string(32, 'r'));
  response->set_record_date(record_date);
  response->set_unit(unit);
  response->set_act(act);
  return grpc::Status::OK;
}

grpc::Status FakeRegistrar::PrepareRegistrar(grpc::ServerContext*,
                                             const membership::v1::PrepareRegistrarRequest*,
                                             membership::v1::PrepareRegistrarResponse* response) {
  if (challenged) return Refuse(absl::StatusCode::kFailedPrecondition, "ROLL_CHALLENGED");
  const auto entry = RegistrarEntry();
  response->set_rsa_n(entry.rsa_n());
  response->set_rsa_e(entry.rsa_e());
  response->set_list_key(entry.list_key());
  return grpc::Status::OK;
}

grpc::Status FakeRegistrar::AcceptManifest(grpc::ServerContext*,
                                           const membership::v1::AcceptManifestRequest* request,
                                           membership::v1::AcceptManifestResponse* response) {
  if (challenged) return Refuse(absl::StatusCode::kFailedPrecondition, "ROLL_CHALLENGED");
  manifest = request->manifest();
  response->set_manifest_hash(crypto::Sha256(manifest));
  return grpc::Status::OK;
}

grpc::Status FakeRegistrar::GetManifestHash(grpc::ServerContext*,
                                            const membership::v1::GetManifestHashRequest*,
                                            membership::v1::GetManifestHashResponse* response) {
  response->set_manifest_hash(hash_to_show.empty() ? crypto::Sha256(manifest) : hash_to_show);
  return grpc::Status::OK;
}

grpc::Status FakeRegistrar::IssueCredential(grpc::ServerContext* context,
                                            const membership::v1::IssueCredentialRequest* request,
                                            membership::v1::IssueCredentialResponse* response) {
  const std::lock_guard lock(mutex);
  const auto [entry, fresh] = issued.emplace(TokenOf(*context), *request);
  if (!fresh && entry->second.blinded_msg() != request->blinded_msg()) {
    return Refuse(absl::StatusCode::kAlreadyExists, "CREDENTIAL_ALREADY_ISSUED");
  }
  response->set_blind_signature(crypto::BlindSign(RegistrarKey(), request->blinded_msg()).value());
  return grpc::Status::OK;
}

grpc::Status FakeRegistrar::GetIssuance(grpc::ServerContext* context,
                                        const membership::v1::GetIssuanceRequest*,
                                        membership::v1::GetIssuanceResponse* response) {
  const std::lock_guard lock(mutex);
  const auto found = issued.find(TokenOf(*context));
  if (found == issued.end()) return Refuse(absl::StatusCode::kNotFound, "CREDENTIAL_NOT_ISSUED");
  response->set_recovery_blob(found->second.recovery_blob());
  return grpc::Status::OK;
}

grpc::Status FakeRegistrar::CountIssuances(grpc::ServerContext*, const membership::v1::CountIssuancesRequest*,
                                           membership::v1::CountIssuancesResponse* response) {
  response->set_roll_count(40);
  response->set_issued_count(static_cast<int>(issued.size()) - issued_fewer);
  return grpc::Status::OK;
}

grpc::Status FakeBodies::ListHoldings(grpc::ServerContext*, const committee::v1::ListHoldingsRequest* request,
                                      committee::v1::ListHoldingsResponse* response) {
  for (const auto& holding : holdings[request->person()]) *response->add_holdings() = holding;
  return grpc::Status::OK;
}

grpc::Status FakeBodies::SeatWinners(grpc::ServerContext*, const committee::v1::SeatWinnersRequest* request,
                                     committee::v1::SeatWinnersResponse*) {
  ++calls;
  seatings.emplace(request->request_id(), *request);
  if (seatings.size() > 1) return Refuse(absl::StatusCode::kAlreadyExists, "ELECTION_ALREADY_SEATED");
  if (answers_to_lose > 0) {
    --answers_to_lose;
    return Refuse(absl::StatusCode::kUnavailable, "ANSWER_LOST");
  }
  return grpc::Status::OK;
}

grpc::Status FakeCode::CheckAcceptance(grpc::ServerContext*, const ethics::v1::CheckAcceptanceRequest*,
                                       ethics::v1::CheckAcceptanceResponse* response) {
  response->set_code_version("codeVersions/2022-1");
  response->set_blocks(blocks);
  return grpc::Status::OK;
}

}  // namespace plenary::election::testing
