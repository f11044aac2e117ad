#include "services/election/client/vote_session.h"

#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <utility>

#include "absl/time/clock.h"
#include "common/crypto/bytes.h"
#include "common/rpc/retry.h"
#include "common/status/grpc_status.h"
#include "common/status/macros.h"
#include "plenary/election/v1/ballot_box_service.grpc.pb.h"
#include "plenary/election/v1/election_service.grpc.pb.h"
#include "plenary/membership/v1/registrar_service.grpc.pb.h"
#include "services/election/errors.h"

namespace plenary::election::client {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(20);

void SetDeadline(grpc::ClientContext& context) {
  context.set_deadline(absl::ToChronoTime(absl::Now() + kPatience));
}

// A call that shows no identity.
template <typename Response, typename Invoke>
absl::StatusOr<Response> AskAnonymously(Invoke invoke) {
  grpc::ClientContext context;
  SetDeadline(context);
  Response response;
  const grpc::Status status = invoke(&context, &response);
  if (!status.ok()) return FromGrpcStatus(status);
  return response;
}

}  // namespace

std::shared_ptr<grpc::Channel> FreshChannel(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetServiceConfigJSON(rpc::kRetryUnavailable);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

VoteSession::VoteSession(Settings settings, crypto::RandomSource& random)
    : settings_(std::move(settings)), random_(random) {}

absl::StatusOr<PublishedManifest> VoteSession::FetchManifest() {
  const auto elections = v1::ElectionService::NewStub(settings_.election_channel);
  v1::GetManifestRequest request;
  request.set_name(settings_.election);
  ASSIGN_OR_RETURN(const auto published,
                   AskAnonymously<v1::GetManifestResponse>([&](auto* context, auto* response) {
                     return elections->GetManifest(context, request, response);
                   }));
  ASSIGN_OR_RETURN(PublishedManifest manifest, PublishedManifest::Parse(published.manifest()));
  if (manifest.manifest().origin() != settings_.election || manifest.hash() != published.manifest_hash()) {
    return errors::ManifestForged();
  }
  const auto registrar = membership::v1::RegistrarService::NewStub(settings_.registrar_channel);
  membership::v1::GetManifestHashRequest hash_request;
  hash_request.set_election(settings_.election);
  ASSIGN_OR_RETURN(
      const auto accepted,
      AskAnonymously<membership::v1::GetManifestHashResponse>([&](auto* context, auto* response) {
        return registrar->GetManifestHash(context, hash_request, response);
      }));
  if (accepted.manifest_hash() != manifest.hash()) return errors::ManifestDiffers("the registrar");
  const auto box = v1::BallotBoxService::NewStub(settings_.fresh_box_channel());
  v1::GetBoxRequest box_request;
  box_request.set_election(settings_.election);
  ASSIGN_OR_RETURN(const auto served, AskAnonymously<v1::GetBoxResponse>([&](auto* context, auto* response) {
                     return box->GetBox(context, box_request, response);
                   }));
  if (served.manifest_hash() != manifest.hash()) return errors::ManifestDiffers("the ballot box");
  return manifest;
}

absl::Status VoteSession::Keep() const {
  return settings_.state_path.empty() ? absl::OkStatus() : SaveBallot(settings_.state_path, kept_);
}

// Reads back what an earlier run kept, and fetches the manifest.
absl::Status VoteSession::Begin() {
  if (manifest_ == nullptr) {
    ASSIGN_OR_RETURN(PublishedManifest manifest, FetchManifest());
    manifest_ = std::make_unique<PublishedManifest>(std::move(manifest));
  }
  if (kept_.state.empty() && !settings_.state_path.empty()) {
    ASSIGN_OR_RETURN(auto kept, LoadBallot(settings_.state_path));
    if (kept.has_value()) kept_ = *std::move(kept);
  }
  if (kept_.state.empty()) return MakeKey();
  if (kept_.election != settings_.election || kept_.manifest_hash != manifest_->hash()) {
    return errors::BallotStateUnusable(
        "The kept ballot is that of another election or manifest. Keep each election's ballot in a file of "
        "its own.");
  }
  return absl::OkStatus();
}

absl::Status VoteSession::MakeKey() {
  ASSIGN_OR_RETURN(const CredentialState state,
                   PrepareCredential(*manifest_, MakeBallotKey(random_), random_));
  KeptBallot made;
  made.election = settings_.election;
  made.manifest_hash = manifest_->hash();
  made.state = SerializeState(state);
  made.recovery_code = MakeRecoveryCode(random_);
  ASSIGN_OR_RETURN(made.recovery_blob, MakeRecoveryBlob(state, made.recovery_code, random_));
  kept_ = std::move(made);
  return Keep();
}

absl::Status VoteSession::AskRegistrar() {
  ASSIGN_OR_RETURN(const CredentialState state, ParseState(kept_.state, manifest_->registrars().size()));
  const auto registrar = membership::v1::RegistrarService::NewStub(settings_.registrar_channel);
  std::vector<std::string> blind_signatures;
  for (const Blinding& blinding : state.blindings) {
    membership::v1::IssueCredentialRequest request;
    request.set_election(settings_.election);
    request.set_blinded_msg(blinding.blinded_msg);
    request.set_recovery_blob(kept_.recovery_blob);
    grpc::ClientContext context;
    SetDeadline(context);
    context.AddMetadata("authorization", "Bearer " + settings_.token);
    membership::v1::IssueCredentialResponse response;
    const grpc::Status status = registrar->IssueCredential(&context, request, &response);
    if (!status.ok()) return FromGrpcStatus(status);
    blind_signatures.push_back(response.blind_signature());
  }
  ASSIGN_OR_RETURN(kept_.credentials, FinalizeCredential(*manifest_, state, blind_signatures));
  return Keep();
}

absl::Status VoteSession::CollectCredential() {
  RETURN_IF_ERROR(Begin());
  return kept_.credentials.empty() ? AskRegistrar() : absl::OkStatus();
}

absl::Status VoteSession::Recover(const std::string& code_text) {
  ASSIGN_OR_RETURN(PublishedManifest manifest, FetchManifest());
  manifest_ = std::make_unique<PublishedManifest>(std::move(manifest));
  const std::string code = crypto::Base32Decode(code_text).value_or("");
  const auto registrar = membership::v1::RegistrarService::NewStub(settings_.registrar_channel);
  membership::v1::GetIssuanceRequest request;
  request.set_election(settings_.election);
  grpc::ClientContext context;
  SetDeadline(context);
  context.AddMetadata("authorization", "Bearer " + settings_.token);
  membership::v1::GetIssuanceResponse response;
  const grpc::Status status = registrar->GetIssuance(&context, request, &response);
  if (!status.ok()) return FromGrpcStatus(status);
  ASSIGN_OR_RETURN(const CredentialState state,
                   OpenRecoveryBlob(response.recovery_blob(), code, manifest_->registrars().size()));
  if (!settings_.state_path.empty()) {
    ASSIGN_OR_RETURN(const auto kept, LoadBallot(settings_.state_path));
    // A key that never got its credential gives way: the registrar signed the recovered one, and no other.
    const bool idle = kept.has_value() && kept->election == settings_.election && kept->credentials.empty();
    if (kept.has_value() && !idle) return errors::BallotFixed();
  }
  kept_ = {.election = settings_.election,
           .manifest_hash = manifest_->hash(),
           .state = SerializeState(state),
           .recovery_code = code,
           .recovery_blob = response.recovery_blob()};
  return Keep();
}

// The ballot is kept before it is sent, and never made anew once it may have been.
absl::Status VoteSession::Seal(const std::vector<Choice>& choices) {
  ASSIGN_OR_RETURN(const counting::Ballot marks, MarksFor(*manifest_, choices));
  ASSIGN_OR_RETURN(const CredentialState state, ParseState(kept_.state, manifest_->registrars().size()));
  ASSIGN_OR_RETURN(const std::string ballot, BuildBallot(*manifest_, state.seed, kept_.credentials, marks));
  if (kept_.ballot == ballot) return absl::OkStatus();
  if (!kept_.ballot.empty()) return errors::BallotFixed();
  kept_.ballot = ballot;
  return Keep();
}

absl::Status VoteSession::Cast() {
  const auto box = v1::BallotBoxService::NewStub(settings_.fresh_box_channel());
  v1::CastBallotRequest request;
  request.set_ballot(kept_.ballot);
  const auto cast = AskAnonymously<v1::CastBallotResponse>(
      [&](auto* context, auto* response) { return box->CastBallot(context, request, response); });
  if (ReasonOf(cast.status()) == "VOTING_NOT_OPEN") {
    kept_.ballot.clear();  // the box says that it was not taken: the choices may still change
    RETURN_IF_ERROR(Keep());
  }
  RETURN_IF_ERROR(cast.status());
  RETURN_IF_ERROR(VerifyReceipt(*manifest_, kept_.ballot, cast->receipt()));
  kept_.receipt = cast->receipt();
  return Keep();
}

absl::StatusOr<VoteSession::Outcome> VoteSession::Vote(const std::vector<Choice>& choices) {
  RETURN_IF_ERROR(CollectCredential());
  RETURN_IF_ERROR(Seal(choices));
  RETURN_IF_ERROR(Cast());
  return Outcome{.receipt = kept_.receipt,
                 .ballot_hash = crypto::Sha256(kept_.ballot),
                 .recovery_code_text = RecoveryCodeText(kept_.recovery_code),
                 .fingerprint = manifest_->Fingerprint()};
}

}  // namespace plenary::election::client
