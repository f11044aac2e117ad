#include "services/election/ballot_box_service.h"

#include <algorithm>

#include "absl/time/clock.h"
#include "common/crypto/bytes.h"
#include "common/db/transact.h"
#include "common/ids/id.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "services/election/errors.h"
#include "services/election/limits.h"
#include "services/election/rules/names.h"

namespace plenary::election {
namespace {

constexpr char kService[] = "plenary.election.v1.BallotBoxService";
// The database's word for a write whose answer was lost.
constexpr char kOutcomeUnknown[] = "COMMIT_OUTCOME_UNKNOWN";

v1::CastBallotResponse ReceiptFor(const ServedBox& box, const std::string& ballot_hash) {
  v1::CastBallotResponse response;
  response.set_receipt(box.Receipt(ballot_hash));
  response.set_ballot_hash(ballot_hash);
  return response;
}

absl::Time FromSeconds(std::uint64_t seconds) {
  return absl::FromUnixSeconds(static_cast<std::int64_t>(seconds));
}

absl::StatusOr<StoredBox> LoadBox(db::Pool& pool, absl::Time deadline, const std::string& election) {
  ASSIGN_OR_RETURN(const auto box, db::Autocommit(pool, deadline, [&](db::Session& session) {
                     return BoxStore::Load(session, ElectionId(election));
                   }));
  if (!box.has_value()) return errors::BoxNotFound();
  return *box;
}

}  // namespace

BallotBoxServiceImpl::BallotBoxServiceImpl(rpc::Edge& edge, db::Pool& pool, const ServedBoxes& boxes)
    : guard_(edge, kService), pool_(pool), boxes_(boxes) {}

grpc::Status BallotBoxServiceImpl::CastBallot(grpc::ServerContext* context,
                                              const v1::CastBallotRequest* request,
                                              v1::CastBallotResponse* response) {
  return guard_.Unary(context, "CastBallot", *request, *response,
                      [&](rpc::Call& call) { return Cast(call, *request); });
}
grpc::Status BallotBoxServiceImpl::GetBox(grpc::ServerContext* context, const v1::GetBoxRequest* request,
                                          v1::GetBoxResponse* response) {
  return guard_.Unary(context, "GetBox", *request, *response,
                      [&](rpc::Call& call) { return Get(call, *request); });
}
grpc::Status BallotBoxServiceImpl::ListBallots(grpc::ServerContext* context,
                                               const v1::ListBallotsRequest* request,
                                               grpc::ServerWriter<v1::ListBallotsResponse>* writer) {
  return guard_.ServerStream(context, "ListBallots", *request,
                             [&](rpc::Call& call) { return List(call, *request, *writer); });
}

absl::StatusOr<v1::CastBallotResponse> BallotBoxServiceImpl::Cast(const rpc::Call& call,
                                                                  const v1::CastBallotRequest& request) {
  const std::string& bytes = request.ballot();
  const auto manifest_hash = ManifestHashOf(bytes);
  if (!manifest_hash.has_value()) return errors::UnreadableBallot(bytes.size());
  const auto box = boxes_.Find(*manifest_hash);
  if (box == nullptr) return errors::ManifestUnknown();
  const PublishedManifest& manifest = box->manifest;
  ASSIGN_OR_RETURN(const BallotView view, manifest.ReadBallot(bytes));
  const absl::Time opens = FromSeconds(manifest.manifest().voting_opens());
  if (call.now() < opens) return errors::VotingNotOpen(opens);

  const NewBallot ballot{.id = BallotId(view.manifest_hash, view.pk),
                         .ballot_hash = crypto::Sha256(bytes),
                         .manifest_hash = manifest.hash(),
                         .ballot = bytes};
  // Whoever cast in time and lost the answer still gets the receipt after the close.
  if (call.now() >= FromSeconds(manifest.manifest().voting_closes())) {
    return AnswerFromBox(call.deadline(), *box, ballot, errors::VotingClosed());
  }
  RETURN_IF_ERROR(manifest.CheckSignatures(view));
  RETURN_IF_ERROR(PlaintextError(manifest.Open(view).fault));
  const auto stored = db::Autocommit(
      pool_, call.deadline(), [&](db::Session& session) { return BoxStore::StoreBallot(session, ballot); });
  if (ReasonOf(stored.status()) == kOutcomeUnknown) {
    return AnswerFromBox(absl::Now() + kLookUpPatience, *box, ballot, errors::BallotOutcomeUnknown());
  }
  RETURN_IF_ERROR(stored.status());
  if (*stored == Stored::kStored) return ReceiptFor(*box, ballot.ballot_hash);
  return AnswerFromBox(call.deadline(), *box, ballot, errors::VotingClosed());
}

absl::StatusOr<v1::CastBallotResponse> BallotBoxServiceImpl::AnswerFromBox(absl::Time deadline,
                                                                           const ServedBox& box,
                                                                           const NewBallot& ballot,
                                                                           const absl::Status& when_absent) {
  const auto found = db::Autocommit(
      pool_, deadline, [&](db::Session& session) { return BoxStore::FindBallot(session, ballot.id); });
  if (!found.ok()) return errors::BallotOutcomeUnknown();
  if (!found->has_value()) return when_absent;
  if (**found != ballot.ballot) return errors::BallotAlreadyCast();
  return ReceiptFor(box, ballot.ballot_hash);
}

absl::StatusOr<v1::GetBoxResponse> BallotBoxServiceImpl::Get(const rpc::Call& call,
                                                             const v1::GetBoxRequest& request) {
  ASSIGN_OR_RETURN(const StoredBox box, LoadBox(pool_, call.deadline(), request.election()));
  ASSIGN_OR_RETURN(const auto key, crypto::Ed25519KeyPair::FromSeed(box.key_seed));
  v1::GetBoxResponse response;
  response.set_state(v1::GetBoxResponse::STATE_PREPARED);
  if (box.state == StoredBox::State::kOpen) response.set_state(v1::GetBoxResponse::STATE_OPEN);
  if (box.state == StoredBox::State::kClosed) response.set_state(v1::GetBoxResponse::STATE_CLOSED);
  response.set_manifest_hash(box.manifest_hash);
  response.set_box_key(std::string(key.public_key().bytes()));
  return response;
}

absl::Status BallotBoxServiceImpl::List(const rpc::Call& call, const v1::ListBallotsRequest& request,
                                        grpc::ServerWriter<v1::ListBallotsResponse>& writer) {
  ASSIGN_OR_RETURN(const StoredBox box, LoadBox(pool_, call.deadline(), request.election()));
  if (box.state != StoredBox::State::kClosed) return errors::BoxNotClosed();
  const auto served = boxes_.Find(box.manifest_hash);
  if (served == nullptr) return errors::ManifestUnknown();
  const auto in_one_answer =
      static_cast<int>(std::max<std::size_t>(1, kListedBallotBytes / served->manifest.ballot_length()));
  std::string after;
  for (;;) {
    ASSIGN_OR_RETURN(const auto ballots, db::Autocommit(pool_, call.deadline(), [&](db::Session& session) {
                       return BoxStore::ListBallots(session, box.election, after, in_one_answer);
                     }));
    if (ballots.empty()) return absl::OkStatus();
    v1::ListBallotsResponse response;
    for (const std::string& ballot : ballots) response.add_ballots(ballot);
    if (!writer.Write(response)) return absl::CancelledError("The reader went away.");
    after = crypto::Sha256(ballots.back());
  }
}

}  // namespace plenary::election
