#include "services/election/box_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "common/status/macros.h"
#include "services/election/errors_box.h"

namespace plenary::election {
namespace {

mode_t FileMode(Readers readers) { return readers == Readers::kOwner ? 0600 : 0644; }
mode_t FolderMode(Readers readers) { return readers == Readers::kOwner ? 0700 : 0755; }

std::string FolderOf(const std::string& path) {
  std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

// Makes the names in a folder durable.
absl::Status SyncFolder(const std::string& folder) {
  const Descriptor file(folder, O_RDONLY | O_DIRECTORY);
  if (file.get() < 0 || fsync(file.get()) != 0) return FileError(folder);
  return absl::OkStatus();
}

absl::Status WriteAndSync(const std::string& path, std::string_view bytes, Readers readers) {
  const Descriptor file(path, O_WRONLY | O_CREAT | O_TRUNC, readers);
  if (file.get() < 0) return FileError(path);
  while (!bytes.empty()) {
    const ssize_t written = write(file.get(), bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return FileError(path);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return fsync(file.get()) == 0 ? absl::OkStatus() : FileError(path);
}

}  // namespace

Descriptor::Descriptor(const std::string& path, int flags, Readers readers)
    : fd_(open(path.c_str(), flags | O_CLOEXEC, FileMode(readers))) {}
Descriptor::Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
Descriptor::~Descriptor() {
  if (fd_ >= 0) close(fd_);
}

absl::Status FileError(const std::string& path) {
  return errors::LogFolderUnusable(path, std::strerror(errno));
}

absl::Status MakeFolder(const std::string& path, Readers readers) {
  if (mkdir(path.c_str(), FolderMode(readers)) == 0) return SyncFolder(FolderOf(path));
  if (errno == EEXIST) return absl::OkStatus();
  if (errno != ENOENT) return FileError(path);
  RETURN_IF_ERROR(MakeFolder(FolderOf(path)));
  if (mkdir(path.c_str(), FolderMode(readers)) != 0 && errno != EEXIST) return FileError(path);
  return SyncFolder(FolderOf(path));
}

absl::Status PutFile(const std::string& path, const std::string& aside, std::string_view bytes,
                     Readers readers) {
  const std::string folder = FolderOf(path);
  RETURN_IF_ERROR(MakeFolder(folder));
  RETURN_IF_ERROR(WriteAndSync(aside, bytes, readers));
  if (rename(aside.c_str(), path.c_str()) != 0) return FileError(path);
  return SyncFolder(folder);
}

absl::StatusOr<std::optional<std::string>> ReadFile(const std::string& path) {
  const Descriptor file(path, O_RDONLY);
  if (file.get() < 0 && (errno == ENOENT || errno == ENOTDIR)) return std::optional<std::string>();
  if (file.get() < 0) return FileError(path);
  std::string content;
  char buffer[1 << 16];
  for (;;) {
    const ssize_t size = read(file.get(), buffer, sizeof buffer);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return FileError(path);
    if (size == 0) return std::optional<std::string>(std::move(content));
    content.append(buffer, static_cast<std::size_t>(size));
  }
}

}  // namespace plenary::election
