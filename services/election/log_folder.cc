#include "services/election/log_folder.h"

#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>
#include <filesystem>

#include "common/crypto/bytes.h"
#include "common/ids/id.h"
#include "common/status/macros.h"
#include "services/election/errors_box.h"

namespace plenary::election {
namespace {

constexpr char kCheckpoint[] = "checkpoint";
constexpr char kCheckpoints[] = "checkpoints";

std::optional<std::vector<std::string>> SplitNotes(std::string_view bytes) {
  std::vector<std::string> notes;
  crypto::ByteReader reader(bytes);
  while (reader.Remaining() > 0) {
    const auto length = reader.ReadU16();
    const auto note = length.has_value() ? reader.ReadBytes(*length) : std::nullopt;
    if (!note.has_value()) return std::nullopt;
    notes.emplace_back(*note);
  }
  return notes;
}

}  // namespace

std::string JoinNotes(const std::vector<std::string>& notes) {
  std::string bytes;
  for (const std::string& note : notes) {
    crypto::AppendU16(bytes, static_cast<std::uint16_t>(note.size()));
    bytes += note;
  }
  return bytes;
}

absl::StatusOr<std::unique_ptr<LogFolder>> LogFolder::Open(const std::string& path) {
  if (path.empty()) {
    return errors::LogFolderUnusable(
        "--log_dir", "it is not set, and the box keeps its log and its count of receipts there");
  }
  RETURN_IF_ERROR(MakeFolder(path));
  Descriptor lock(path + "/lock", O_RDWR | O_CREAT, Readers::kOwner);
  if (lock.get() < 0) return FileError(path + "/lock");
  if (flock(lock.get(), LOCK_EX | LOCK_NB) != 0)
    return errors::LogFolderUnusable(path, "another ballot box has it");
  RETURN_IF_ERROR(MakeFolder(path + "/marks", Readers::kOwner));
  for (const char* part : {"/published", "/aside"}) RETURN_IF_ERROR(MakeFolder(path + part));
  std::unique_ptr<LogFolder> folder(new LogFolder(path, std::move(lock)));
  ASSIGN_OR_RETURN(folder->marks_, BoxMarks::Open(path + "/marks"));
  return folder;
}

std::string LogFolder::PublishedFolder(const std::string& election) const {
  return path_ + "/published/" + election;
}

absl::StatusOr<std::vector<std::string>> LogFolder::Elections() const {
  std::vector<std::string> elections;
  std::error_code failure;
  const std::string published = path_ + "/published";
  for (const auto& entry : std::filesystem::directory_iterator(published, failure)) {
    const std::string name = entry.path().filename().string();
    if (!ParseId(name).has_value()) {
      return errors::LogFolderUnusable(entry.path().string(), "it is no election's log");
    }
    elections.push_back(name);
  }
  if (failure) return errors::LogFolderUnusable(published, failure.message());
  return elections;
}

absl::StatusOr<std::vector<std::string>> LogFolder::Checkpoints(const std::string& election) const {
  const std::string folder = PublishedFolder(election) + "/";
  ASSIGN_OR_RETURN(const auto all, ReadFile(folder + kCheckpoints));
  ASSIGN_OR_RETURN(const auto newest, ReadFile(folder + kCheckpoint));
  auto notes = SplitNotes(all.value_or(""));
  if (!notes.has_value()) return errors::LogFolderUnusable(folder + kCheckpoints, "it is cut short");
  if (newest.has_value() && std::find(notes->begin(), notes->end(), *newest) == notes->end()) {
    return errors::LogFolderUnusable(folder + kCheckpoint, "it is none of the checkpoints beside it");
  }
  return *std::move(notes);
}

absl::StatusOr<bool> LogFolder::NewestIs(const std::string& election,
                                         const std::vector<std::string>& notes) const {
  ASSIGN_OR_RETURN(const auto newest, ReadFile(PublishedFolder(election) + "/" + kCheckpoint));
  return newest.has_value() && !notes.empty() && *newest == notes.back();
}

absl::StatusOr<std::optional<std::string>> LogFolder::Tile(const std::string& election,
                                                           const std::string& path) const {
  return ReadFile(PublishedFolder(election) + "/" + path);
}

absl::Status LogFolder::PutTile(const std::string& election, const std::string& path,
                                std::string_view content) {
  return Put(election, path, content);
}

absl::Status LogFolder::PutCheckpoints(const std::string& election, const std::vector<std::string>& notes) {
  RETURN_IF_ERROR(Put(election, kCheckpoints, JoinNotes(notes)));
  return Put(election, kCheckpoint, notes.back());
}

absl::Status LogFolder::Put(const std::string& election, const std::string& name, std::string_view content) {
  return PutFile(PublishedFolder(election) + "/" + name, path_ + "/aside/file", content);
}

}  // namespace plenary::election
