#include "services/election/peers.h"

#include "common/status/macros.h"

namespace plenary::election {
namespace {
constexpr int kHoldingsPage = 200;
}  // namespace

Peers::Peers(const rpc::PeerCaller& caller, const Channels& channels)
    : caller_(caller),
      registrar_(membership::v1::RegistrarService::NewStub(channels.membership)),
      roll_(membership::v1::RollService::NewStub(channels.membership)),
      register_(membership::v1::RegisterService::NewStub(channels.membership)),
      bodies_(committee::v1::BodyService::NewStub(channels.committee)),
      code_(ethics::v1::CodeService::NewStub(channels.ethics)),
      box_control_(v1::BallotBoxControlService::NewStub(channels.ballot_box)),
      box_(v1::BallotBoxService::NewStub(channels.ballot_box)) {}

absl::StatusOr<membership::v1::PrepareRegistrarResponse> Peers::PrepareRegistrar(const std::string& election,
                                                                                 absl::Time deadline) const {
  membership::v1::PrepareRegistrarRequest request;
  request.set_election(election);
  return caller_.Ask<membership::v1::PrepareRegistrarResponse>(
      [&](auto* context, auto* response) { return registrar_->PrepareRegistrar(context, request, response); },
      deadline);
}

absl::StatusOr<membership::v1::Roll> Peers::GetRoll(const std::string& election, absl::Time deadline) const {
  membership::v1::GetRollRequest request;
  request.set_election(election);
  return caller_.Ask<membership::v1::Roll>(
      [&](auto* context, auto* response) { return roll_->GetRoll(context, request, response); }, deadline);
}

absl::Status Peers::AcceptManifest(const membership::v1::AcceptManifestRequest& request,
                                   absl::Time deadline) const {
  return caller_
      .Ask<membership::v1::AcceptManifestResponse>(
          [&](auto* context, auto* response) {
            return registrar_->AcceptManifest(context, request, response);
          },
          deadline)
      .status();
}

absl::StatusOr<membership::v1::CountIssuancesResponse> Peers::CountIssuances(const std::string& election,
                                                                             absl::Time deadline) const {
  membership::v1::CountIssuancesRequest request;
  request.set_election(election);
  return caller_.Ask<membership::v1::CountIssuancesResponse>(
      [&](auto* context, auto* response) { return registrar_->CountIssuances(context, request, response); },
      deadline);
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

absl::StatusOr<int> Peers::CloseBox(const std::string& election, absl::Time deadline) const {
  v1::CloseBoxRequest request;
  request.set_election(election);
  ASSIGN_OR_RETURN(const auto response, caller_.Ask<v1::CloseBoxResponse>(
                                            [&](auto* context, auto* answer) {
                                              return box_control_->CloseBox(context, request, answer);
                                            },
                                            deadline));
  return response.ballot_count();
}

absl::Status Peers::ListBallots(const std::string& election, absl::Time deadline,
                                const std::function<absl::Status(std::string_view)>& each) const {
  grpc::ClientContext context;
  caller_.Prepare(context, *v1::ListBallotsRequest::descriptor()->file(), deadline);
  v1::ListBallotsRequest request;
  request.set_election(election);
  const auto reader = box_->ListBallots(&context, request);
  v1::ListBallotsResponse response;
  absl::Status status;
  while (status.ok() && reader->Read(&response)) {
    for (const std::string& ballot : response.ballots()) {
      status = each(ballot);
      if (!status.ok()) break;
    }
  }
  if (!status.ok()) context.TryCancel();
  const grpc::Status finished = reader->Finish();
  RETURN_IF_ERROR(status);
  return finished.ok() ? absl::OkStatus() : rpc::PeerError(finished);
}

}  // namespace plenary::election
