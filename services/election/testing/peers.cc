#include "services/election/testing/peers.h"

#include <cctype>

#include "common/crypto/blind_rsa.h"
#include "common/crypto/bytes.h"
#include "common/status/error.h"
#include "common/status/grpc_status.h"
#include "services/election/rules/log_records.h"
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

// "company-1" of a call that shows it, whatever the scheme.
std::string CompanyOf(const grpc::ServerContext& context) {
  const std::string token = TokenOf(context);
  return token.substr(token.rfind(' ') + 1);
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

std::string UnitIdOf(const std::string& company) { return crypto::Sha256(company).substr(0, kUnitIdSize); }

std::string SampleRoll() {
  std::set<std::string> units;
  for (int i = 1; i <= kCompanies; ++i) units.insert(UnitIdOf("company-" + std::to_string(i)));
  std::string roll = "PLR1";
  crypto::AppendU32(roll, kCompanies);
  for (const std::string& unit : units) roll += unit;
  return roll;
}

grpc::Status FakeRolls::GetRoll(grpc::ServerContext*, const membership::v1::GetRollRequest* request,
                                membership::v1::Roll* response) {
  if (!frozen) return Refuse(absl::StatusCode::kNotFound, "ROLL_NOT_FOUND");
  response->set_election(request->election());
  response->set_count(kCompanies);
  response->set_sha256(crypto::Sha256(SampleRoll()));
  response->set_record_date(record_date);
  response->set_unit(unit);
  response->set_act(act);
  return grpc::Status::OK;
}

grpc::Status FakeRolls::StreamRollBytes(grpc::ServerContext*, const membership::v1::StreamRollBytesRequest*,
                                        grpc::ServerWriter<membership::v1::StreamRollBytesResponse>* writer) {
  membership::v1::StreamRollBytesResponse part;
  const std::size_t half = roll.size() / 2;
  part.set_content(roll.substr(0, half));
  writer->Write(part);
  part.set_content(roll.substr(half));
  writer->Write(part);
  return grpc::Status::OK;
}

grpc::Status FakeRegistrar::PrepareRegistrar(grpc::ServerContext*,
                                             const membership::v1::PrepareRegistrarRequest*,
                                             membership::v1::PrepareRegistrarResponse* response) {
  if (!refusal.empty()) return Refuse(absl::StatusCode::kFailedPrecondition, refusal.c_str());
  const auto entry = RegistrarEntry(number_);
  response->set_rsa_n(entry.rsa_n());
  response->set_rsa_e(entry.rsa_e());
  response->set_list_key(entry.list_key());
  return grpc::Status::OK;
}

grpc::Status FakeRegistrar::AcceptManifest(grpc::ServerContext*,
                                           const membership::v1::AcceptManifestRequest* request,
                                           membership::v1::AcceptManifestResponse* response) {
  if (!refusal.empty()) return Refuse(absl::StatusCode::kFailedPrecondition, refusal.c_str());
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
  const auto [entry, fresh] = issued.emplace(CompanyOf(*context), *request);
  if (!fresh && entry->second.blinded_msg() != request->blinded_msg()) {
    return Refuse(absl::StatusCode::kAlreadyExists, "CREDENTIAL_ALREADY_ISSUED");
  }
  response->set_blind_signature(crypto::BlindSign(RegistrarKey(number_), request->blinded_msg()).value());
  return grpc::Status::OK;
}

grpc::Status FakeRegistrar::GetIssuance(grpc::ServerContext* context,
                                        const membership::v1::GetIssuanceRequest*,
                                        membership::v1::GetIssuanceResponse* response) {
  const std::lock_guard lock(mutex);
  const auto found = issued.find(CompanyOf(*context));
  if (found == issued.end()) return Refuse(absl::StatusCode::kNotFound, "CREDENTIAL_NOT_ISSUED");
  response->set_blinded_msg_sha256(crypto::Sha256(found->second.blinded_msg()));
  response->set_recovery_blob(found->second.recovery_blob());
  return grpc::Status::OK;
}

std::string FakeRegistrar::IssuanceList() const {
  std::map<std::string, std::string> lines;
  for (const auto& [company, request] : issued) {
    if (!hidden.contains(company)) lines[UnitIdOf(company)] = crypto::Sha256(request.blinded_msg());
  }
  std::string list = "PLI1" + crypto::Sha256(manifest);
  crypto::AppendU8(list, static_cast<std::uint8_t>(number_));
  crypto::AppendU32(list, static_cast<std::uint32_t>(lines.size()));
  for (const auto& [unit, sha256] : lines) list += unit + sha256;
  return list + ListKey(number_).Sign(IssuanceListMessage(list));
}

grpc::Status FakeRegistrar::GetIssuanceList(grpc::ServerContext*,
                                            const membership::v1::GetIssuanceListRequest*,
                                            membership::v1::GetIssuanceListResponse* response) {
  const std::lock_guard lock(mutex);
  response->set_issuance_list(list_to_show.empty() ? IssuanceList() : list_to_show);
  return grpc::Status::OK;
}

grpc::Status FakeRegistrar::ListDisputes(grpc::ServerContext*, const membership::v1::ListDisputesRequest*,
                                         membership::v1::ListDisputesResponse* response) {
  response->mutable_disputes()->Assign(disputes.begin(), disputes.end());
  return grpc::Status::OK;
}

grpc::Status FakeRegistrar::DestroyKeys(grpc::ServerContext*, const membership::v1::DestroyKeysRequest*,
                                        membership::v1::DestroyKeysResponse* response) {
  if (!refusal.empty()) return Refuse(absl::StatusCode::kFailedPrecondition, refusal.c_str());
  ++destroyed;
  response->set_destroyed_at(1);
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
