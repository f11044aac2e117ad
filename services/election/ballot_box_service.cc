#include "services/election/ballot_box_service.h"

#include <cstdint>
#include <utility>

#include "common/crypto/bytes.h"
#include "common/crypto/tile.h"
#include "common/db/transact.h"
#include "common/ids/id.h"
#include "common/status/macros.h"
#include "services/election/box_limits.h"
#include "services/election/errors.h"
#include "services/election/errors_box.h"
#include "services/election/rules/names.h"

namespace plenary::election {
namespace {

constexpr char kService[] = "plenary.election.v1.BallotBoxService";

absl::StatusOr<StoredBox> LoadBox(db::Pool& pool, absl::Time deadline, const std::string& election) {
  ASSIGN_OR_RETURN(const auto box, db::Autocommit(pool, deadline, [&](db::Session& session) {
                     return BoxStore::Load(session, ElectionId(election));
                   }));
  if (!box.has_value()) return errors::BoxNotFound();
  return *box;
}

// Sends entries in answers of bounded size.
class EntryWriter {
 public:
  explicit EntryWriter(grpc::ServerWriter<v1::ListEntriesResponse>& writer) : writer_(writer) {}

  absl::Status Add(std::string_view entry) {
    if (bytes_ + entry.size() > kListedEntryBytes) RETURN_IF_ERROR(Flush());
    response_.add_entries(std::string(entry));
    bytes_ += entry.size();
    return absl::OkStatus();
  }

  absl::Status Flush() {
    if (response_.entries().empty()) return absl::OkStatus();
    if (!writer_.Write(response_)) return absl::CancelledError("The reader went away.");
    response_.Clear();
    bytes_ = 0;
    return absl::OkStatus();
  }

 private:
  grpc::ServerWriter<v1::ListEntriesResponse>& writer_;
  v1::ListEntriesResponse response_;
  std::size_t bytes_ = 0;
};

}  // namespace

BallotBoxServiceImpl::BallotBoxServiceImpl(rpc::Edge& edge, BallotBox& box)
    : guard_(edge, kService), box_(box) {}

grpc::ServerUnaryReactor* BallotBoxServiceImpl::CastBallot(grpc::CallbackServerContext* context,
                                                           const v1::CastBallotRequest* request,
                                                           v1::CastBallotResponse* response) {
  return guard_.UnaryLater(context, "CastBallot", *request, [&](const std::shared_ptr<rpc::LateCall>& call) {
    // Also those whose signatures wait to be checked: a transaction waits a moment for them.
    box_.signatures().Add([this, call, request, response, on_its_way = box_.intake().Announce()]() mutable {
      call->Do([&] { return Cast(call, std::move(on_its_way), *request, *response); });
    });
  });
}
grpc::Status BallotBoxServiceImpl::GetBox(grpc::ServerContext* context, const v1::GetBoxRequest* request,
                                          v1::GetBoxResponse* response) {
  return guard_.Unary(context, "GetBox", *request, *response,
                      [&](rpc::Call& call) { return Get(call, *request); });
}
grpc::Status BallotBoxServiceImpl::ListCheckpoints(grpc::ServerContext* context,
                                                   const v1::ListCheckpointsRequest* request,
                                                   v1::ListCheckpointsResponse* response) {
  return guard_.Unary(context, "ListCheckpoints", *request, *response,
                      [&](rpc::Call& call) { return Checkpoints(call, *request); });
}
grpc::Status BallotBoxServiceImpl::GetTile(grpc::ServerContext* context, const v1::GetTileRequest* request,
                                           v1::GetTileResponse* response) {
  return guard_.Unary(context, "GetTile", *request, *response,
                      [&](rpc::Call& call) { return Tile(call, *request); });
}
grpc::Status BallotBoxServiceImpl::ListEntries(grpc::ServerContext* context,
                                               const v1::ListEntriesRequest* request,
                                               grpc::ServerWriter<v1::ListEntriesResponse>* writer) {
  return guard_.ServerStream(context, "ListEntries", *request,
                             [&](rpc::Call& call) { return Entries(call, *request, *writer); });
}

absl::Status BallotBoxServiceImpl::Cast(const std::shared_ptr<rpc::LateCall>& call, OnItsWay on_its_way,
                                        const v1::CastBallotRequest& request,
                                        v1::CastBallotResponse& response) {
  const std::string& bytes = request.ballot();
  const auto manifest_hash = ManifestHashOf(bytes);
  if (!manifest_hash.has_value()) return errors::UnreadableBallot(bytes.size());
  const auto box = box_.boxes().Find(*manifest_hash);
  if (box == nullptr) return errors::ManifestUnknown();
  if (box_.sequencer().fenced()) return errors::LogFenced();
  ASSIGN_OR_RETURN(const BallotView view, box->manifest.ReadBallot(bytes));
  const absl::Time now = call->call().now();
  if (now < box->voting_opens()) return errors::VotingNotOpen(box->voting_opens());
  // Whoever cast in time and lost the answer still gets the receipt after the close, for the same bytes.
  const bool in_time = now < box->voting_closes();
  if (in_time) RETURN_IF_ERROR(box->manifest.CheckSignatures(view));

  response.set_ballot_hash(crypto::Sha256(bytes));
  CheckedBallot ballot = {.on_its_way = std::move(on_its_way),
                          .box = box,
                          .ballot = {.id = BallotId(view.manifest_hash, view.pk),
                                     .ballot_hash = response.ballot_hash(),
                                     .ballot = bytes},
                          .may_store = in_time,
                          .deadline = call->call().deadline()};
  box_.intake().Take(std::move(ballot), [this, call, box, &response](const absl::Status& stored) {
    // Not by the thread that stores, for which the next ballots wait.
    call->Do([&] {
      box_.signatures().Add([call, box, &response, stored] {
        call->Do([&]() -> absl::Status {
          RETURN_IF_ERROR(stored);
          response.set_receipt(box->Receipt(response.ballot_hash()));
          call->Answer(absl::OkStatus());
          return absl::OkStatus();
        });
      });
      return absl::OkStatus();
    });
  });
  return absl::OkStatus();
}

absl::StatusOr<v1::GetBoxResponse> BallotBoxServiceImpl::Get(const rpc::Call& call,
                                                             const v1::GetBoxRequest& request) {
  ASSIGN_OR_RETURN(const StoredBox box, LoadBox(box_.pool(), call.deadline(), request.election()));
  ASSIGN_OR_RETURN(const auto key, crypto::Ed25519KeyPair::FromSeed(box.key_seed));
  v1::GetBoxResponse response;
  response.set_state(v1::GetBoxResponse::STATE_PREPARED);
  if (box.state == StoredBox::State::kOpen) response.set_state(v1::GetBoxResponse::STATE_OPEN);
  if (box.state == StoredBox::State::kClosed) response.set_state(v1::GetBoxResponse::STATE_CLOSED);
  response.set_manifest_hash(box.manifest_hash);
  response.set_box_key(std::string(key.public_key().bytes()));
  return response;
}

absl::StatusOr<std::shared_ptr<const PublishedLog>> BallotBoxServiceImpl::FindLog(
    const rpc::Call& call, const std::string& election) {
  auto log = box_.sequencer().Published(ElectionId(election));
  if (log != nullptr) return log;
  RETURN_IF_ERROR(LoadBox(box_.pool(), call.deadline(), election).status());
  return errors::LogNotFound();
}

absl::StatusOr<v1::ListCheckpointsResponse> BallotBoxServiceImpl::Checkpoints(
    const rpc::Call& call, const v1::ListCheckpointsRequest& request) {
  ASSIGN_OR_RETURN(const auto log, FindLog(call, request.election()));
  v1::ListCheckpointsResponse response;
  for (const std::string& note : log->notes) response.add_checkpoints(note);
  return response;
}

absl::StatusOr<v1::GetTileResponse> BallotBoxServiceImpl::Tile(const rpc::Call& call,
                                                               const v1::GetTileRequest& request) {
  if (box_.sequencer().Published(ElectionId(request.election())) == nullptr) {
    RETURN_IF_ERROR(LoadBox(box_.pool(), call.deadline(), request.election()).status());
    return errors::TileNotFound();
  }
  // Only a path in the one spelling of tiles leads to a file.
  if (!crypto::ParseTilePath(request.path()).has_value()) return errors::TileNotFound();
  ASSIGN_OR_RETURN(auto content, box_.folder().Tile(ElectionId(request.election()), request.path()));
  if (!content.has_value()) return errors::TileNotFound();
  v1::GetTileResponse response;
  response.set_content(*std::move(content));
  return response;
}

absl::Status BallotBoxServiceImpl::Entries(const rpc::Call& call, const v1::ListEntriesRequest& request,
                                           grpc::ServerWriter<v1::ListEntriesResponse>& writer) {
  ASSIGN_OR_RETURN(const auto log, FindLog(call, request.election()));
  if (request.first_index() < 0 || static_cast<std::uint64_t>(request.first_index()) > log->size) {
    return errors::IndexInvalid(log->size);
  }
  const auto first = static_cast<std::uint64_t>(request.first_index());
  EntryWriter entries(writer);
  for (std::uint64_t tile = first / crypto::kTileWidth; tile < crypto::TileCount(log->size); ++tile) {
    const unsigned width = crypto::TileWidthAt(log->size, tile);
    const std::string path = crypto::EntriesPath(tile, width);
    ASSIGN_OR_RETURN(const auto content, box_.folder().Tile(ElectionId(request.election()), path));
    if (!content.has_value()) {
      return errors::LogFolderUnusable(
          box_.folder().PublishedFolder(ElectionId(request.election())) + "/" + path, "it is missing");
    }
    ASSIGN_OR_RETURN(const auto leaves, crypto::DecodeEntries(*content, width));
    for (std::uint64_t i = 0; i < width; ++i) {
      if (tile * crypto::kTileWidth + i >= first) RETURN_IF_ERROR(entries.Add(leaves[i]));
    }
  }
  return entries.Flush();
}

}  // namespace plenary::election
