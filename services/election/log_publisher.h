// The log of one election as it is published. What it signs it has read from the database afresh, after the
// commit, and a checkpoint that is out binds it: it never signs a log that does not begin with the published
// one.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/crypto/merkle.h"
#include "common/db/pool.h"
#include "services/election/log_folder.h"
#include "services/election/served_boxes.h"

namespace plenary::election {

// The checkpoints that are out. Immutable.
struct PublishedLog {
  std::uint64_t size = 0;          // of the newest one
  std::vector<std::string> notes;  // oldest first
};

// One thread at a time loads and publishes; published() is thread-safe. Borrows pool and folder.
class LogPublisher {
 public:
  LogPublisher(db::Pool& pool, LogFolder& folder, std::shared_ptr<const ServedBox> box);

  const std::shared_ptr<const ServedBox>& box() const { return box_; }

  // Reads what is published and the database's log as far. LOG_BEHIND when the database has less, or other
  // leaves; LOG_FOLDER_UNUSABLE when what is published was not signed by this box. First of all.
  absl::Status Load(absl::Time deadline);

  // The same box in the epoch that was taken over.
  void ServeAs(std::shared_ptr<const ServedBox> box) { box_ = std::move(box); }

  // Publishes every batch of the database that is not out yet: tiles, then the checkpoint. Repeating it is
  // safe.
  absl::Status PublishMissing(absl::Time deadline);

  // Never null.
  std::shared_ptr<const PublishedLog> published() const;

 private:
  absl::Status OpenNotes(PublishedLog& log, std::string& root) const;
  absl::StatusOr<std::vector<std::string>> ReadTile(std::uint64_t first, std::uint64_t end,
                                                    absl::Time deadline);
  absl::Status PublishBatch(std::uint64_t size, absl::Time deadline);
  absl::Status PutHashTiles(std::uint64_t from, std::uint64_t to);
  absl::Status Behind(std::string_view what) const;

  db::Pool& pool_;
  LogFolder& folder_;
  std::shared_ptr<const ServedBox> box_;
  crypto::MerkleTree tree_;  // of the leaves read; at least what is published
  mutable std::mutex mutex_;
  std::shared_ptr<const PublishedLog> published_;
};

}  // namespace plenary::election
