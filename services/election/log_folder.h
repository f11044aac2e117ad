// What the box keeps outside its database, in one folder:
//
//   lock                      held by the one process that uses the folder
//   marks/<election>          how many ballots were acknowledged (box_marks.h)
//   published/<election>/     the log, as any web server or memory stick may hold it:
//     checkpoint              the newest one
//     checkpoints             all of them, oldest first, each u16 length || note
//     tile/...                c2sp tlog-tiles: hashes of all levels and entries
//
// Source: c2sp.org/tlog-checkpoint, c2sp.org/tlog-tiles.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/election/box_files.h"
#include "services/election/box_marks.h"

namespace plenary::election {

// Reading is thread-safe; one thread at a time publishes. Elections are ids. Every failure of a file is
// LOG_FOLDER_UNUSABLE.
class LogFolder {
 public:
  // Makes the folder unless it is there. LOG_FOLDER_UNUSABLE when another process has it.
  static absl::StatusOr<std::unique_ptr<LogFolder>> Open(const std::string& path);

  BoxMarks& marks() { return *marks_; }
  std::string PublishedFolder(const std::string& election) const;

  // Every election that something is published of.
  absl::StatusOr<std::vector<std::string>> Elections() const;

  // The notes of `checkpoints`, unverified; none when there is no such file. Refuses a `checkpoint` that is
  // none of them: the two were not kept together.
  absl::StatusOr<std::vector<std::string>> Checkpoints(const std::string& election) const;

  // Whether `checkpoint` is the last of these notes.
  absl::StatusOr<bool> NewestIs(const std::string& election, const std::vector<std::string>& notes) const;

  // A file below "tile/"; nullopt when it is not there. The path is one that ParseTilePath takes.
  absl::StatusOr<std::optional<std::string>> Tile(const std::string& election, const std::string& path) const;

  // Durable. Tiles come before the checkpoints that cover them.
  absl::Status PutTile(const std::string& election, const std::string& path, std::string_view content);
  absl::Status PutCheckpoints(const std::string& election, const std::vector<std::string>& notes);

 private:
  LogFolder(std::string path, Descriptor lock) : path_(std::move(path)), lock_(std::move(lock)) {}
  absl::Status Put(const std::string& election, const std::string& name, std::string_view content);

  const std::string path_;
  const Descriptor lock_;
  std::unique_ptr<BoxMarks> marks_;
};

// All notes behind their lengths.
std::string JoinNotes(const std::vector<std::string>& notes);

}  // namespace plenary::election
