#include "services/election/client/log_reader.h"

#include <grpcpp/client_context.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

#include "common/crypto/merkle.h"
#include "common/crypto/signed_note.h"
#include "common/crypto/tile.h"
#include "common/status/error.h"
#include "common/status/grpc_status.h"
#include "common/status/macros.h"
#include "services/election/client/anonymous_call.h"
#include "services/election/errors.h"
#include "services/election/rules/log_records.h"

namespace plenary::election::client {
namespace {

using crypto::kMerkleHashSize;

// A batch that is merged between two calls replaces a tile; more often than once in a while it does not.
constexpr int kMostReadings = 3;

absl::StatusOr<std::string> NewestNote(v1::BallotBoxService::Stub& box, const std::string& election) {
  v1::ListCheckpointsRequest request;
  request.set_election(election);
  ASSIGN_OR_RETURN(const auto listed,
                   AskAnonymously<v1::ListCheckpointsResponse>([&](auto* context, auto* response) {
                     return box.ListCheckpoints(context, request, response);
                   }));
  if (listed.checkpoints().empty()) return errors::LogForged("it has no checkpoint");
  return listed.checkpoints(listed.checkpoints_size() - 1);
}

absl::StatusOr<std::string> ReadLeafHashes(v1::BallotBoxService::Stub& box, const std::string& election,
                                           std::uint64_t size) {
  std::string hashes;
  for (std::uint64_t index = 0; index < crypto::TileCount(size); ++index) {
    const unsigned width = crypto::TileWidthAt(size, index);
    v1::GetTileRequest request;
    request.set_election(election);
    request.set_path(crypto::TilePath(0, index, width));
    ASSIGN_OR_RETURN(const auto tile, AskAnonymously<v1::GetTileResponse>([&](auto* context, auto* response) {
                       return box.GetTile(context, request, response);
                     }));
    if (tile.content().size() != width * kMerkleHashSize)
      return errors::LogForged("a tile has another length");
    hashes += tile.content();
  }
  return hashes;
}

std::string RootOf(std::string_view leaf_hashes, std::uint64_t size) {
  crypto::RootBuilder root;
  for (std::uint64_t i = 0; i < size; ++i) {
    root.AppendLeafHash(leaf_hashes.substr(i * kMerkleHashSize, kMerkleHashSize));
  }
  return root.Root();
}

// Whether the tree of these leaves is, or begins with, what the checkpoint says.
bool BeginsWith(std::string_view leaf_hashes, const crypto::Checkpoint& checkpoint) {
  return checkpoint.size >= 1 && checkpoint.size <= leaf_hashes.size() / kMerkleHashSize &&
         RootOf(leaf_hashes, checkpoint.size) == checkpoint.root;
}

absl::StatusOr<LogView> ReadOnce(v1::BallotBoxService::Stub& box, const PublishedManifest& manifest,
                                 std::string_view manifest_bytes, std::string_view seen) {
  const std::string& election = manifest.manifest().origin();
  ASSIGN_OR_RETURN(std::string note, NewestNote(box, election));
  const auto newest = crypto::OpenCheckpoint(note, election, manifest.box_key());
  if (!newest.ok()) return errors::LogForged("its checkpoint is not signed by the box of this election");
  // The manifest, a ballot for each on the roll, and the close record; more is not worth reading.
  if (newest->size > std::uint64_t{manifest.manifest().roll_count()} + 2) {
    return errors::LogForged("it has more leaves than there are voters");
  }
  ASSIGN_OR_RETURN(std::string hashes, ReadLeafHashes(box, election, newest->size));
  if (!BeginsWith(hashes, *newest))
    return errors::LogForged("its checkpoint does not follow from its leaves");
  if (hashes.substr(0, kMerkleHashSize) != crypto::LeafHash(manifest_bytes)) {
    return errors::LogForged("it begins with another manifest");
  }
  if (!seen.empty()) {
    const auto before = crypto::OpenCheckpoint(seen, election, manifest.box_key());
    if (!before.ok() || !BeginsWith(hashes, *before)) {
      return errors::LogForged("it does not continue the log that was seen before");
    }
  }
  return LogView(std::move(note), std::move(hashes));
}

}  // namespace

std::uint64_t LogView::size() const { return leaf_hashes_.size() / kMerkleHashSize; }

bool LogView::Contains(std::string_view leaf) const {
  const std::string wanted = crypto::LeafHash(leaf);
  const std::string_view hashes = leaf_hashes_;
  for (std::uint64_t i = 0; i < size(); ++i) {
    if (hashes.substr(i * kMerkleHashSize, kMerkleHashSize) == wanted) return true;
  }
  return false;
}

bool LogView::EndsIn(std::string_view leaf) const { return leaf_hashes_.ends_with(crypto::LeafHash(leaf)); }

absl::StatusOr<LogView> ReadLog(v1::BallotBoxService::Stub& box, const PublishedManifest& manifest,
                                std::string_view manifest_bytes, std::string_view seen) {
  absl::StatusOr<LogView> log = ReadOnce(box, manifest, manifest_bytes, seen);
  for (int reading = 1; reading < kMostReadings && ReasonOf(log.status()) == "TILE_NOT_FOUND"; ++reading) {
    log = ReadOnce(box, manifest, manifest_bytes, seen);
  }
  return log;
}

absl::StatusOr<bool> IsClosed(v1::BallotBoxService::Stub& box, const PublishedManifest& manifest,
                              const LogView& log) {
  grpc::ClientContext context;
  SetDeadline(context);
  v1::ListEntriesRequest request;
  request.set_election(manifest.manifest().origin());
  request.set_first_index(static_cast<std::int64_t>(log.size() - 1));
  const auto reader = box.ListEntries(&context, request);
  v1::ListEntriesResponse first;
  const bool answered = reader->Read(&first) && !first.entries().empty();
  // A log that has grown since has more to say.
  context.TryCancel();
  const grpc::Status status = reader->Finish();
  if (!answered) return FromGrpcStatus(status);
  const std::string& leaf = first.entries(0);
  if (!log.EndsIn(leaf)) return errors::LogForged("its last leaf is not the one of its checkpoint");
  return log.size() > 1 && ReadCloseRecord(leaf, manifest.registrars().size()).has_value();
}

}  // namespace plenary::election::client
