#include "services/election/log_publisher.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "common/crypto/signed_note.h"
#include "common/crypto/tile.h"
#include "common/db/transact.h"
#include "common/status/macros.h"
#include "services/election/errors_box.h"
#include "services/election/store/log_store.h"

namespace plenary::election {
namespace {

// A tile of level n holds roots of subtrees over 2^(8n) leaves.
constexpr unsigned kLevelsATile = 8;

}  // namespace

LogPublisher::LogPublisher(db::Pool& pool, LogFolder& folder, std::shared_ptr<const ServedBox> box)
    : pool_(pool),
      folder_(folder),
      box_(std::move(box)),
      published_(std::make_shared<const PublishedLog>()) {}

std::shared_ptr<const PublishedLog> LogPublisher::published() const {
  const std::lock_guard lock(mutex_);
  return published_;
}

absl::Status LogPublisher::Behind(std::string_view what) const {
  return errors::LogBehind(box_->election, what, folder_.PublishedFolder(box_->election));
}

// Only what this box signed counts as published.
absl::Status LogPublisher::OpenNotes(PublishedLog& log, std::string& root) const {
  ASSIGN_OR_RETURN(log.notes, folder_.Checkpoints(box_->election));
  for (const std::string& note : log.notes) {
    const auto opened =
        crypto::OpenCheckpoint(note, box_->manifest.manifest().origin(), box_->key.public_key());
    if (!opened.ok() || opened->size <= log.size) {
      return errors::LogFolderUnusable(folder_.PublishedFolder(box_->election) + "/checkpoints",
                                       "it holds what is no checkpoint of this box");
    }
    log.size = opened->size;
    root = opened->root;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> LogPublisher::ReadTile(std::uint64_t first, std::uint64_t end,
                                                                absl::Time deadline) {
  ASSIGN_OR_RETURN(auto leaves, db::Autocommit(pool_, deadline, [&](db::Session& session) {
                     return LogStore::Leaves(session, box_->election, first, end);
                   }));
  for (std::uint64_t index = first; index < first + leaves.size(); ++index) {
    const std::string hash = crypto::LeafHash(leaves[index - first]);
    if (index == tree_.size()) tree_.AppendLeafHash(hash);
    ASSIGN_OR_RETURN(const std::string known, tree_.SubtreeRoot(0, index));
    if (known != hash) return Behind(fmt::format("entry {} is another than it was", index));
  }
  if (first + leaves.size() != end) return Behind(fmt::format("entry {} is missing", first + leaves.size()));
  return leaves;
}

absl::Status LogPublisher::Load(absl::Time deadline) {
  PublishedLog log;
  std::string root;
  RETURN_IF_ERROR(OpenNotes(log, root));
  ASSIGN_OR_RETURN(const auto head, db::Autocommit(pool_, deadline, [&](db::Session& session) {
                     return LogStore::Load(session, box_->election);
                   }));
  const std::uint64_t size = head.has_value() ? head->size : 0;
  if (size < log.size) return Behind(fmt::format("it has {} entries, and {} are published", size, log.size));
  for (std::uint64_t first = 0; first < log.size; first += crypto::kTileWidth) {
    RETURN_IF_ERROR(ReadTile(first, std::min(first + crypto::kTileWidth, log.size), deadline).status());
  }
  if (log.size > 0 && tree_.Root() != root)
    return Behind(fmt::format("its first {} entries are others", log.size));
  const std::lock_guard lock(mutex_);
  published_ = std::make_shared<const PublishedLog>(std::move(log));
  return absl::OkStatus();
}

absl::Status LogPublisher::PublishMissing(absl::Time deadline) {
  ASSIGN_OR_RETURN(const auto batches, db::Autocommit(pool_, deadline, [&](db::Session& session) {
                     return LogStore::Batches(session, box_->election);
                   }));
  for (const std::uint64_t size : batches) {
    if (size > published()->size) RETURN_IF_ERROR(PublishBatch(size, deadline));
  }
  // Of a process that ended between the two files.
  const auto log = published();
  ASSIGN_OR_RETURN(const bool whole, folder_.NewestIs(box_->election, log->notes));
  return whole ? absl::OkStatus() : folder_.PutCheckpoints(box_->election, log->notes);
}

absl::Status LogPublisher::PublishBatch(std::uint64_t size, absl::Time deadline) {
  const auto before = published();
  // From the tile that the last checkpoint left unfinished.
  for (std::uint64_t tile = before->size / crypto::kTileWidth; tile < crypto::TileCount(size); ++tile) {
    const std::uint64_t first = tile * crypto::kTileWidth;
    const unsigned width = crypto::TileWidthAt(size, tile);
    ASSIGN_OR_RETURN(const auto leaves, ReadTile(first, first + width, deadline));
    ASSIGN_OR_RETURN(const std::string content, crypto::EncodeEntries(leaves));
    RETURN_IF_ERROR(folder_.PutTile(box_->election, crypto::EntriesPath(tile, width), content));
  }
  RETURN_IF_ERROR(PutHashTiles(before->size, size));
  ASSIGN_OR_RETURN(std::string root, tree_.RootAt(size));
  ASSIGN_OR_RETURN(
      std::string note,
      crypto::SignCheckpoint({box_->manifest.manifest().origin(), size, std::move(root)}, box_->key));
  PublishedLog after{size, before->notes};
  after.notes.push_back(std::move(note));
  RETURN_IF_ERROR(folder_.PutCheckpoints(box_->election, after.notes));
  const std::lock_guard lock(mutex_);
  published_ = std::make_shared<const PublishedLog>(std::move(after));
  return absl::OkStatus();
}

// Every tile that the tree of `to` leaves has and that of `from` had not.
absl::Status LogPublisher::PutHashTiles(std::uint64_t from, std::uint64_t to) {
  for (unsigned level = 0; crypto::HashCount(level, to) > 0; ++level) {
    const std::uint64_t had = crypto::HashCount(level, from);
    const std::uint64_t has = crypto::HashCount(level, to);
    if (had == has) continue;
    for (std::uint64_t tile = had / crypto::kTileWidth; tile < crypto::TileCount(has); ++tile) {
      const unsigned width = crypto::TileWidthAt(has, tile);
      std::vector<std::string> hashes;
      for (unsigned i = 0; i < width; ++i) {
        ASSIGN_OR_RETURN(hashes.emplace_back(),
                         tree_.SubtreeRoot(kLevelsATile * level, tile * crypto::kTileWidth + i));
      }
      ASSIGN_OR_RETURN(const std::string content, crypto::EncodeHashes(hashes));
      RETURN_IF_ERROR(folder_.PutTile(box_->election, crypto::TilePath(level, tile, width), content));
    }
  }
  return absl::OkStatus();
}

}  // namespace plenary::election
