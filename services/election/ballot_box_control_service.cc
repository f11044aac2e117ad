#include "services/election/ballot_box_control_service.h"

#include <algorithm>
#include <vector>

#include "common/crypto/bytes.h"
#include "common/db/transact.h"
#include "common/ids/id.h"
#include "common/status/macros.h"
#include "services/election/errors.h"
#include "services/election/errors_box.h"
#include "services/election/rules/names.h"
#include "services/election/store/log_store.h"

namespace plenary::election {
namespace {

constexpr char kService[] = "plenary.election.v1.BallotBoxControlService";

absl::Status CheckManifest(const PublishedManifest& manifest, const std::string& election,
                           const crypto::Ed25519KeyPair& box_key) {
  if (manifest.manifest().origin() != election) {
    return errors::ManifestMismatch(
        "The manifest is that of another election. Send the one of this election.");
  }
  if (!(manifest.box_key() == box_key.public_key())) {
    return errors::ManifestMismatch(
        "The manifest names another box key. Prepare this box, and publish its key.");
  }
  return absl::OkStatus();
}

bool NamesEveryList(const std::vector<std::string>& lists, const PublishedManifest& manifest) {
  return lists.size() == manifest.registrars().size() &&
         std::all_of(lists.begin(), lists.end(),
                     [](const std::string& list) { return list.size() == crypto::kSha256Size; });
}

}  // namespace

BallotBoxControlServiceImpl::BallotBoxControlServiceImpl(rpc::Edge& edge, crypto::RandomSource& random,
                                                         BallotBox& box)
    : guard_(edge, kService), random_(random), box_(box), pool_(box.pool()) {}

grpc::Status BallotBoxControlServiceImpl::PrepareBox(grpc::ServerContext* context,
                                                     const v1::PrepareBoxRequest* request,
                                                     v1::PrepareBoxResponse* response) {
  return guard_.Unary(context, "PrepareBox", *request, *response,
                      [&](rpc::Call& call) { return Prepare(call, *request); });
}
grpc::Status BallotBoxControlServiceImpl::OpenBox(grpc::ServerContext* context,
                                                  const v1::OpenBoxRequest* request,
                                                  v1::OpenBoxResponse* response) {
  return guard_.Unary(context, "OpenBox", *request, *response,
                      [&](rpc::Call& call) { return Open(call, *request); });
}
grpc::Status BallotBoxControlServiceImpl::CloseBox(grpc::ServerContext* context,
                                                   const v1::CloseBoxRequest* request,
                                                   v1::CloseBoxResponse* response) {
  return guard_.Unary(context, "CloseBox", *request, *response,
                      [&](rpc::Call& call) { return Close(call, *request); });
}

absl::StatusOr<StoredBox> BallotBoxControlServiceImpl::Load(const rpc::Call& call,
                                                            const std::string& election) const {
  ASSIGN_OR_RETURN(const auto box, db::Autocommit(pool_, call.deadline(), [&](db::Session& session) {
                     return BoxStore::Load(session, ElectionId(election));
                   }));
  if (!box.has_value()) return errors::BoxNotFound();
  return *box;
}

absl::StatusOr<v1::PrepareBoxResponse> BallotBoxControlServiceImpl::Prepare(
    const rpc::Call& call, const v1::PrepareBoxRequest& request) {
  const std::string id = ElectionId(request.election());
  if (!ParseId(id).has_value()) return errors::ElectionNotFound(request.election());
  // Whoever comes first makes the key; everybody reads it back.
  const std::string seed = random_.Bytes(crypto::kEd25519SeedSize);
  RETURN_IF_ERROR(db::Autocommit(pool_, call.deadline(), [&](db::Session& session) {
                    return BoxStore::Insert(session, id, seed);
                  }).status());
  ASSIGN_OR_RETURN(const StoredBox box, Load(call, request.election()));
  ASSIGN_OR_RETURN(const auto key, crypto::Ed25519KeyPair::FromSeed(box.key_seed));
  v1::PrepareBoxResponse response;
  response.set_box_key(std::string(key.public_key().bytes()));
  return response;
}

absl::StatusOr<v1::OpenBoxResponse> BallotBoxControlServiceImpl::Open(const rpc::Call& call,
                                                                      const v1::OpenBoxRequest& request) {
  ASSIGN_OR_RETURN(const PublishedManifest manifest, PublishedManifest::Parse(request.manifest()));
  ASSIGN_OR_RETURN(StoredBox box, Load(call, request.election()));
  ASSIGN_OR_RETURN(const auto key, crypto::Ed25519KeyPair::FromSeed(box.key_seed));
  RETURN_IF_ERROR(CheckManifest(manifest, request.election(), key));
  if (box_.sequencer().fenced()) return errors::LogFenced();
  if (box.state == StoredBox::State::kPrepared) {
    // Before the box is open, so that an open box always has its mark.
    RETURN_IF_ERROR(box_.PrepareMark(box));
    RETURN_IF_ERROR(db::Transact(pool_, call.deadline(), [&](db::Transaction& tx) -> absl::Status {
      ASSIGN_OR_RETURN(const bool opened,
                       BoxStore::Open(tx, box.election, manifest.hash(), request.manifest()));
      return opened ? LogStore::Begin(tx, box.election, manifest.hash()) : absl::OkStatus();
    }));
  }
  ASSIGN_OR_RETURN(box, Load(call, request.election()));
  if (box.manifest_hash != manifest.hash()) return errors::ManifestFixed();
  RETURN_IF_ERROR(box_.Serve(box, call.deadline()));
  v1::OpenBoxResponse response;
  response.set_manifest_hash(manifest.hash());
  return response;
}

absl::StatusOr<v1::CloseBoxResponse> BallotBoxControlServiceImpl::Close(const rpc::Call& call,
                                                                        const v1::CloseBoxRequest& request) {
  ASSIGN_OR_RETURN(const StoredBox box, Load(call, request.election()));
  const auto served = box_.boxes().Find(box.manifest_hash);
  if (served == nullptr) return errors::BoxNotFound();
  const std::vector<std::string> lists(request.issuance_list_sha256().begin(),
                                       request.issuance_list_sha256().end());
  if (!NamesEveryList(lists, served->manifest)) {
    return errors::CloseRecordInvalid(served->manifest.registrars().size());
  }
  if (call.now() < served->voting_closes()) return errors::VotingStillOpen(served->voting_closes());
  ASSIGN_OR_RETURN(const Sequencer::ClosedLog closed,
                   box_.sequencer().Close(*served, lists, call.deadline()));
  v1::CloseBoxResponse response;
  response.set_ballot_count(static_cast<std::int32_t>(closed.ballots));
  response.set_checkpoint(closed.checkpoint);
  return response;
}

}  // namespace plenary::election
