// The box's memory outside its database: how many ballots of each election were acknowledged. The number is
// on the disk before a receipt leaves, so a database that was set back, by accident or on purpose, is found
// out at the next start. It holds no order and no time: one number an election, in a file that never grows.
//
// A file has two places for the number, each with a checksum, written in turn: a write that a power cut tears
// leaves the one before, and the receipts of that write were not given yet.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/election/box_files.h"

namespace plenary::election {

// Thread-safe. One process at a time: LogFolder holds the lock.
class BoxMarks {
 public:
  // Reads every mark in `folder`, an existing one. LOG_FOLDER_UNUSABLE when a file is no mark.
  static absl::StatusOr<std::unique_ptr<BoxMarks>> Open(const std::string& folder);

  const std::string& folder() const { return folder_; }
  // Every election with a mark and its number; elections are ids.
  std::map<std::string, std::uint64_t> All() const;
  std::optional<std::uint64_t> Count(const std::string& election) const;

  // Makes the mark of an election, 0; one that is there stays as it is.
  absl::Status Create(const std::string& election);
  // OK once at least `count` is on the disk. LOG_FOLDER_UNUSABLE after any failure to write, for ever: what
  // the disk holds then is known only after a restart. Create comes before it.
  absl::Status Raise(const std::string& election, std::uint64_t count);

 private:
  struct Mark {
    Descriptor file;
    std::uint64_t count;  // on the disk
    int place;            // of `count`
  };

  explicit BoxMarks(std::string folder) : folder_(std::move(folder)) {}
  absl::Status Load(const std::string& election);

  const std::string folder_;
  mutable std::mutex mutex_;
  std::map<std::string, Mark> marks_;
  bool broken_ = false;
};

}  // namespace plenary::election
