#include "services/election/peers.h"

#include <algorithm>

#include "common/status/macros.h"

namespace plenary::election {
namespace {
constexpr int kHoldingsPage = 200;

// Whom the tokens shown to each registrar are for.
constexpr std::array<const char*, kRegistrars.size()> kRegistrarAudiences = {"membership", "registrar"};

std::size_t IndexOf(Registrar registrar) { return static_cast<std::size_t>(registrar); }

// Hands every message of a stream over; its error, or the first of `take`.
template <typename Message, typename Take>
absl::Status ReadStream(grpc::ClientContext& context, grpc::ClientReader<Message>& reader, const Take& take) {
  Message message;
  absl::Status status;
  while (status.ok() && reader.Read(&message)) status = take(message);
  if (!status.ok()) context.TryCancel();
  const grpc::Status finished = reader.Finish();
  RETURN_IF_ERROR(status);
  return finished.ok() ? absl::OkStatus() : rpc::PeerError(finished);
}

}  // namespace

Peers::Peers(const rpc::PeerCaller& caller, const Channels& channels)
    : caller_(caller),
      registrars_{membership::v1::RegistrarService::NewStub(channels.membership),
                  membership::v1::RegistrarService::NewStub(channels.auditor)},
      roll_(membership::v1::RollService::NewStub(channels.membership)),
      register_(membership::v1::RegisterService::NewStub(channels.membership)),
      bodies_(committee::v1::BodyService::NewStub(channels.committee)),
      code_(ethics::v1::CodeService::NewStub(channels.ethics)),
      box_control_(v1::BallotBoxControlService::NewStub(channels.ballot_box)),
      box_(v1::BallotBoxService::NewStub(channels.ballot_box)) {}

template <typename Request, typename Response>
absl::StatusOr<Response> Peers::AskRegistrar(Registrar registrar,
                                             grpc::Status (RegistrarStub::*method)(grpc::ClientContext*,
                                                                                   const Request&, Response*),
                                             const Request& request, absl::Time deadline) const {
  RegistrarStub& stub = *registrars_[IndexOf(registrar)];
  return caller_.AskService<Response>(
      kRegistrarAudiences[IndexOf(registrar)],
      [&](auto* context, auto* response) { return (stub.*method)(context, request, response); }, deadline);
}

absl::StatusOr<v1::Manifest::Registrar> Peers::PrepareRegistrar(Registrar registrar,
                                                                const std::string& election,
                                                                absl::Time deadline) const {
  membership::v1::PrepareRegistrarRequest request;
  request.set_election(election);
  ASSIGN_OR_RETURN(const auto response,
                   AskRegistrar(registrar, &RegistrarStub::PrepareRegistrar, request, deadline));
  v1::Manifest::Registrar keys;
  keys.set_rsa_n(response.rsa_n());
  keys.set_rsa_e(response.rsa_e());
  keys.set_list_key(response.list_key());
  return keys;
}

absl::Status Peers::AcceptManifest(Registrar registrar, const membership::v1::AcceptManifestRequest& request,
                                   absl::Time deadline) const {
  return AskRegistrar(registrar, &RegistrarStub::AcceptManifest, request, deadline).status();
}

absl::StatusOr<std::string> Peers::GetIssuanceList(Registrar registrar, const std::string& election,
                                                   absl::Time deadline) const {
  membership::v1::GetIssuanceListRequest request;
  request.set_election(election);
  ASSIGN_OR_RETURN(const auto response,
                   AskRegistrar(registrar, &RegistrarStub::GetIssuanceList, request, deadline));
  return response.issuance_list();
}

absl::StatusOr<int> Peers::CountOpenDisputes(Registrar registrar, const std::string& election,
                                             absl::Time deadline) const {
  membership::v1::ListDisputesRequest request;
  request.set_election(election);
  ASSIGN_OR_RETURN(const auto response,
                   AskRegistrar(registrar, &RegistrarStub::ListDisputes, request, deadline));
  return static_cast<int>(
      std::count_if(response.disputes().begin(), response.disputes().end(),
                    [](const membership::v1::Dispute& dispute) { return dispute.answer().empty(); }));
}

absl::Status Peers::DestroyKeys(Registrar registrar, const std::string& election, absl::Time deadline) const {
  membership::v1::DestroyKeysRequest request;
  request.set_election(election);
  return AskRegistrar(registrar, &RegistrarStub::DestroyKeys, request, deadline).status();
}

absl::StatusOr<membership::v1::Roll> Peers::GetRoll(const std::string& election, absl::Time deadline) const {
  membership::v1::GetRollRequest request;
  request.set_election(election);
  return caller_.Ask<membership::v1::Roll>(
      [&](auto* context, auto* response) { return roll_->GetRoll(context, request, response); }, deadline);
}

absl::StatusOr<std::string> Peers::GetRollBytes(const std::string& election, absl::Time deadline) const {
  membership::v1::StreamRollBytesRequest request;
  request.set_election(election);
  grpc::ClientContext context;
  caller_.Prepare(context, *membership::v1::StreamRollBytesRequest::descriptor()->file(), deadline);
  const auto reader = roll_->StreamRollBytes(&context, request);
  std::string bytes;
  RETURN_IF_ERROR(
      ReadStream<membership::v1::StreamRollBytesResponse>(context, *reader, [&](const auto& part) {
        bytes += part.content();
        return absl::OkStatus();
      }));
  return bytes;
}

absl::StatusOr<membership::v1::ExplainRightResponse> Peers::ExplainOffice(const std::string& person,
                                                                          absl::Time deadline) const {
  membership::v1::ExplainRightRequest request;
  request.set_person(person);
  request.set_act(membership::v1::ACT_HOLD_OFFICE);
  return caller_.Ask<membership::v1::ExplainRightResponse>(
      [&](auto* context, auto* response) { return register_->ExplainRight(context, request, response); },
      deadline);
}

absl::StatusOr<std::vector<committee::v1::Holding>> Peers::ListHoldings(const std::string& person,
                                                                        absl::Time deadline) const {
  std::vector<committee::v1::Holding> holdings;
  committee::v1::ListHoldingsRequest request;
  request.set_person(person);
  request.set_page_size(kHoldingsPage);
  do {
    ASSIGN_OR_RETURN(const auto page, caller_.Ask<committee::v1::ListHoldingsResponse>(
                                          [&](auto* context, auto* response) {
                                            return bodies_->ListHoldings(context, request, response);
                                          },
                                          deadline));
    holdings.insert(holdings.end(), page.holdings().begin(), page.holdings().end());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return holdings;
}

absl::Status Peers::SeatWinners(const committee::v1::SeatWinnersRequest& request, absl::Time deadline) const {
  return caller_
      .Ask<committee::v1::SeatWinnersResponse>(
          [&](auto* context, auto* response) { return bodies_->SeatWinners(context, request, response); },
          deadline)
      .status();
}

absl::StatusOr<ethics::v1::CheckAcceptanceResponse> Peers::CheckAcceptance(const std::string& person,
                                                                           absl::Time deadline) const {
  ethics::v1::CheckAcceptanceRequest request;
  request.set_person(person);
  return caller_.Ask<ethics::v1::CheckAcceptanceResponse>(
      [&](auto* context, auto* response) { return code_->CheckAcceptance(context, request, response); },
      deadline);
}

absl::StatusOr<std::string> Peers::PrepareBox(const std::string& election, absl::Time deadline) const {
  v1::PrepareBoxRequest request;
  request.set_election(election);
  ASSIGN_OR_RETURN(const auto response, caller_.Ask<v1::PrepareBoxResponse>(
                                            [&](auto* context, auto* answer) {
                                              return box_control_->PrepareBox(context, request, answer);
                                            },
                                            deadline));
  return response.box_key();
}

absl::Status Peers::OpenBox(const v1::OpenBoxRequest& request, absl::Time deadline) const {
  return caller_
      .Ask<v1::OpenBoxResponse>(
          [&](auto* context, auto* response) { return box_control_->OpenBox(context, request, response); },
          deadline)
      .status();
}

absl::StatusOr<v1::CloseBoxResponse> Peers::CloseBox(const v1::CloseBoxRequest& request,
                                                     absl::Time deadline) const {
  return caller_.Ask<v1::CloseBoxResponse>(
      [&](auto* context, auto* answer) { return box_control_->CloseBox(context, request, answer); },
      deadline);
}

absl::Status Peers::ListEntries(const std::string& election, absl::Time deadline,
                                const std::function<absl::Status(std::string_view)>& each) const {
  v1::ListEntriesRequest request;
  request.set_election(election);
  grpc::ClientContext context;
  caller_.Prepare(context, *v1::ListEntriesRequest::descriptor()->file(), deadline);
  const auto reader = box_->ListEntries(&context, request);
  return ReadStream<v1::ListEntriesResponse>(context, *reader, [&](const auto& part) -> absl::Status {
    for (const std::string& entry : part.entries()) RETURN_IF_ERROR(each(entry));
    return absl::OkStatus();
  });
}

}  // namespace plenary::election
