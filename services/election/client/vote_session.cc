#include "services/election/client/vote_session.h"

#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <utility>

#include "common/crypto/bytes.h"
#include "common/rpc/retry.h"
#include "common/status/grpc_status.h"
#include "common/status/macros.h"
#include "plenary/election/v1/ballot_box_service.grpc.pb.h"
#include "plenary/election/v1/election_service.grpc.pb.h"
#include "plenary/membership/v1/registrar_service.grpc.pb.h"
#include "services/election/client/anonymous_call.h"
#include "services/election/client/errors_voter.h"
#include "services/election/client/log_reader.h"
#include "services/election/errors.h"

namespace plenary::election::client {
namespace {

using Registrar = membership::v1::RegistrarService;

// How often a ballot is cast before the voter is told to try later, and the pause before the second time,
// which doubles.
constexpr int kMostCasts = 4;
constexpr absl::Duration kFirstPause = absl::Milliseconds(250);

// The call was cut off, or the box could not say what became of the ballot.
bool MayCastAgain(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) || absl::IsResourceExhausted(status);
}

absl::StatusOr<v1::GetBoxResponse> AskBox(v1::BallotBoxService::Stub& box, const std::string& election) {
  v1::GetBoxRequest request;
  request.set_election(election);
  return AskAnonymously<v1::GetBoxResponse>(
      [&](auto* context, auto* response) { return box.GetBox(context, request, response); });
}

void ShowToken(grpc::ClientContext& context, const std::string& token) {
  SetDeadline(context);
  context.AddMetadata("authorization", "Bearer " + token);
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
    : settings_(std::move(settings)), random_(random), tokens_(settings_.registrars.size()) {}

absl::Status VoteSession::CompareWith(const RegistrarAccess& access, const PublishedManifest& manifest) {
  const auto registrar = Registrar::NewStub(access.channel);
  membership::v1::GetManifestHashRequest request;
  request.set_election(settings_.election);
  ASSIGN_OR_RETURN(const auto accepted, AskAnonymously<membership::v1::GetManifestHashResponse>(
                                            [&](auto* context, auto* response) {
                                              return registrar->GetManifestHash(context, request, response);
                                            }));
  return accepted.manifest_hash() == manifest.hash() ? absl::OkStatus()
                                                     : errors::ManifestDiffers(access.name);
}

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
  if (manifest.registrars().size() != settings_.registrars.size()) {
    return errors::RegistrarsUnknown(manifest.registrars().size(), settings_.registrars.size());
  }
  if (kept_.state.empty()) {
    for (const RegistrarAccess& registrar : settings_.registrars) {
      RETURN_IF_ERROR(CompareWith(registrar, manifest));
    }
  }
  const auto box = v1::BallotBoxService::NewStub(settings_.fresh_box_channel());
  ASSIGN_OR_RETURN(const auto served, AskBox(*box, settings_.election));
  if (served.manifest_hash().empty()) return errors::ManifestNotTakenOver("The ballot box");
  if (served.manifest_hash() != manifest.hash()) return errors::ManifestDiffers("the ballot box");
  RETURN_IF_ERROR(ReadLog(*box, manifest, published.manifest(), "").status());
  manifest_bytes_ = published.manifest();
  return manifest;
}

absl::Status VoteSession::Keep() const {
  return settings_.state_path.empty() ? absl::OkStatus() : SaveBallot(settings_.state_path, kept_);
}

absl::Status VoteSession::Lock() {
  if (lock_ != nullptr || settings_.state_path.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(lock_, BallotFileLock::Take(settings_.state_path));
  return absl::OkStatus();
}

absl::Status VoteSession::LoadKept() {
  if (!kept_.state.empty() || settings_.state_path.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(auto kept, LoadBallot(settings_.state_path));
  if (kept.has_value()) kept_ = *std::move(kept);
  return absl::OkStatus();
}

absl::StatusOr<const PublishedManifest*> VoteSession::Open() {
  RETURN_IF_ERROR(Lock());
  RETURN_IF_ERROR(LoadKept());
  if (manifest_ == nullptr) {
    ASSIGN_OR_RETURN(PublishedManifest manifest, FetchManifest());
    manifest_ = std::make_unique<PublishedManifest>(std::move(manifest));
  }
  const bool other = kept_.election != settings_.election || kept_.manifest_hash != manifest_->hash();
  if (!kept_.state.empty() && other) {
    return errors::BallotStateUnusable(
        "The kept ballot is that of another election or manifest. Keep each election's ballot in a file of "
        "its own.");
  }
  return manifest_.get();
}

absl::Status VoteSession::MakeKey() {
  RETURN_IF_ERROR(Open().status());
  if (!kept_.state.empty()) return absl::OkStatus();
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

absl::StatusOr<std::string> VoteSession::TokenFor(std::size_t registrar) {
  std::string& token = tokens_[registrar];
  if (token.empty()) {
    ASSIGN_OR_RETURN(token, settings_.registrars[registrar].token());
  }
  return token;
}

absl::Status VoteSession::AskRegistrars() {
  ASSIGN_OR_RETURN(const CredentialState state, ParseState(kept_.state, settings_.registrars.size()));
  std::vector<std::string> blind_signatures;
  for (std::size_t i = 0; i < settings_.registrars.size(); ++i) {
    membership::v1::IssueCredentialRequest request;
    request.set_election(settings_.election);
    request.set_blinded_msg(state.blindings[i].blinded_msg);
    request.set_recovery_blob(kept_.recovery_blob);
    ASSIGN_OR_RETURN(const std::string token, TokenFor(i));
    grpc::ClientContext context;
    ShowToken(context, token);
    membership::v1::IssueCredentialResponse response;
    const auto registrar = Registrar::NewStub(settings_.registrars[i].channel);
    const grpc::Status status = registrar->IssueCredential(&context, request, &response);
    if (!status.ok()) {
      const absl::Status refused = FromGrpcStatus(status);
      const bool differ = i > 0 && ReasonOf(refused) == "CREDENTIAL_ALREADY_ISSUED";
      return differ ? errors::CredentialsDiffer(settings_.registrars[i].name, settings_.election,
                                                settings_.state_path)
                    : refused;
    }
    blind_signatures.push_back(response.blind_signature());
  }
  ASSIGN_OR_RETURN(kept_.credentials, FinalizeCredential(*manifest_, state, blind_signatures));
  return Keep();
}

absl::Status VoteSession::CollectCredential() {
  RETURN_IF_ERROR(MakeKey());
  return collected() ? absl::OkStatus() : AskRegistrars();
}

std::string VoteSession::RecoveryCode() const {
  return kept_.recovery_code.empty() ? "" : RecoveryCodeText(kept_.recovery_code);
}

absl::StatusOr<membership::v1::GetIssuanceResponse> VoteSession::AskForIssuance(std::size_t registrar) {
  ASSIGN_OR_RETURN(const std::string token, TokenFor(registrar));
  membership::v1::GetIssuanceRequest request;
  request.set_election(settings_.election);
  grpc::ClientContext context;
  ShowToken(context, token);
  membership::v1::GetIssuanceResponse response;
  const auto stub = Registrar::NewStub(settings_.registrars[registrar].channel);
  RETURN_IF_ERROR(FromGrpcStatus(stub->GetIssuance(&context, request, &response)));
  return response;
}

// The first that the code opens: the voter may have lost the device between one registrar and the other, and
// one that is away or keeps something else stops nobody.
absl::StatusOr<VoteSession::Recovered> VoteSession::FetchRecovery(const std::string& code) {
  absl::Status away, wrong, nothing = errors::NothingToRecover();
  for (std::size_t i = 0; i < settings_.registrars.size(); ++i) {
    auto issuance = AskForIssuance(i);
    if (!issuance.ok()) {
      if (ReasonOf(issuance.status()) != "CREDENTIAL_NOT_ISSUED") away.Update(issuance.status());
      continue;
    }
    if (issuance->recovery_blob().empty()) {
      // A registrar that has nothing but a dispute on record answers without a credential.
      if (!issuance->blinded_msg_sha256().empty()) nothing = errors::NothingLeftToRecover(settings_.election);
      continue;
    }
    auto state = OpenRecoveryBlob(issuance->recovery_blob(), code, settings_.registrars.size());
    if (state.ok()) return Recovered{*std::move(state), issuance->recovery_blob()};
    wrong.Update(state.status());
  }
  // No code is wrong before everybody was asked.
  if (!away.ok()) return away;
  return wrong.ok() ? nothing : wrong;
}

absl::Status VoteSession::Recover(const std::string& code_text) {
  RETURN_IF_ERROR(Open().status());
  const std::string code = crypto::Base32Decode(code_text).value_or("");
  if (!code.empty() && code == kept_.recovery_code) return absl::OkStatus();
  if (!kept_.credentials.empty()) return errors::BallotFixed();
  ASSIGN_OR_RETURN(const Recovered recovered, FetchRecovery(code));
  // A key of this device that never got its credentials gives way: the registrars sign the recovered one, and
  // no other.
  kept_ = {.election = settings_.election,
           .manifest_hash = manifest_->hash(),
           .state = SerializeState(recovered.state),
           .recovery_code = code,
           .recovery_blob = recovered.blob};
  return Keep();
}

// The ballot is kept before it is sent, and never made anew once it may have been, whatever the box answers:
// it could keep two, and choose. So none is made before voting opens by the clock here.
absl::Status VoteSession::Seal(const std::vector<Choice>& choices) {
  ASSIGN_OR_RETURN(const counting::Ballot marks, MarksFor(*manifest_, choices));
  ASSIGN_OR_RETURN(const CredentialState state, ParseState(kept_.state, manifest_->registrars().size()));
  ASSIGN_OR_RETURN(const std::string ballot, BuildBallot(*manifest_, state.seed, kept_.credentials, marks));
  if (kept_.ballot == ballot) return absl::OkStatus();
  if (!kept_.receipt.empty()) return errors::AlreadyVoted(settings_.election);
  if (!kept_.ballot.empty()) return errors::BallotFixed();
  const auto opens = absl::FromUnixSeconds(static_cast<std::int64_t>(manifest_->manifest().voting_opens()));
  if (const absl::Time now = settings_.now(); now < opens) return errors::VotingOpensLater(opens, now);
  kept_.ballot = ballot;
  return Keep();
}

// A ballot that was refused stays what it is, since the box might have kept it all the same.
absl::Status VoteSession::Refused(const absl::Status& refusal) {
  if (ReasonOf(refusal) != "BALLOT_ALREADY_CAST") return refusal;
  if (!kept_.receipt.empty()) return errors::ReceiptDisowned(settings_.election, settings_.state_path);
  kept_.another_stands = true;
  RETURN_IF_ERROR(Keep());
  return errors::AnotherBallotStands(settings_.election);
}

absl::Status VoteSession::CheckMayVote() {
  RETURN_IF_ERROR(Lock());
  RETURN_IF_ERROR(LoadKept());
  // That a file is another election's is for Open() to say.
  const bool stands = kept_.another_stands && kept_.election == settings_.election;
  return stands ? errors::AnotherBallotStands(settings_.election) : absl::OkStatus();
}

absl::Status VoteSession::Cast() {
  v1::CastBallotRequest request;
  request.set_ballot(kept_.ballot);
  absl::StatusOr<v1::CastBallotResponse> cast;
  absl::Duration pause = kFirstPause;
  for (int attempt = 1; attempt <= kMostCasts; ++attempt, pause *= 2) {
    if (attempt > 1) absl::SleepFor(pause);
    const auto box = v1::BallotBoxService::NewStub(settings_.fresh_box_channel());
    cast = AskAnonymously<v1::CastBallotResponse>(
        [&](auto* context, auto* response) { return box->CastBallot(context, request, response); });
    if (!MayCastAgain(cast.status())) break;
  }
  if (!cast.ok()) return Refused(cast.status());
  RETURN_IF_ERROR(VerifyReceipt(*manifest_, kept_.ballot, cast->receipt()));
  kept_.receipt = cast->receipt();
  kept_.another_stands = false;
  return Keep();
}

absl::StatusOr<VoteSession::Outcome> VoteSession::Vote(const std::vector<Choice>& choices) {
  RETURN_IF_ERROR(CheckMayVote());
  RETURN_IF_ERROR(CollectCredential());
  RETURN_IF_ERROR(Seal(choices));
  RETURN_IF_ERROR(Cast());
  return Outcome{.receipt = kept_.receipt,
                 .ballot_hash = crypto::Sha256(kept_.ballot),
                 .recovery_code_text = RecoveryCodeText(kept_.recovery_code),
                 .fingerprint = manifest_->Fingerprint()};
}

absl::StatusOr<VoteSession::Inclusion> VoteSession::CheckIncluded() {
  RETURN_IF_ERROR(Open().status());
  if (kept_.ballot.empty()) return errors::BallotNotCast();
  const auto box = v1::BallotBoxService::NewStub(settings_.fresh_box_channel());
  ASSIGN_OR_RETURN(const LogView log, ReadLog(*box, *manifest_, manifest_bytes_, kept_.checkpoint));
  kept_.checkpoint = log.note();
  const bool included = log.Contains(kept_.ballot);
  if (included) kept_.another_stands = false;
  RETURN_IF_ERROR(Keep());
  // The log itself says that it is closed: the box may be, before its last batch is published.
  ASSIGN_OR_RETURN(const bool closed, IsClosed(*box, *manifest_, log));
  const Inclusion seen{.included = included, .log_size = log.size(), .closed = closed};
  if (seen.included) return seen;
  if (closed && kept_.another_stands) return errors::RefusedForAnother(settings_.election);
  if (closed) return kept_.receipt.empty() ? errors::VotingClosed() : errors::BallotStolen();
  // Also one that was refused for another: the box alone said so, and the same bytes do no harm.
  RETURN_IF_ERROR(Cast());
  return seen;
}

}  // namespace plenary::election::client
