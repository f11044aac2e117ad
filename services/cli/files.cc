#include "services/cli/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <utility>

#include "fmt/format.h"
#include "services/cli/errors.h"

namespace plenary::cli {

namespace fs = std::filesystem;

namespace {

// A file descriptor that closes itself.
class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

bool WriteAll(int file, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

absl::Status Write(const std::string& path, std::string_view bytes, mode_t mode) {
  if (absl::Status made = MakeFolderOf(path); !made.ok()) return made;
  const std::string next = fmt::format("{}.new.{}", path, ::getpid());
  const File file(::open(next.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode));
  if (file.get() < 0 || !WriteAll(file.get(), bytes) || ::fsync(file.get()) != 0 ||
      std::rename(next.c_str(), path.c_str()) != 0) {
    const std::string because = std::strerror(errno);
    if (file.get() >= 0) ::unlink(next.c_str());
    return errors::FileUnwritable(path, because);
  }
  // The rename itself lives in the folder.
  const std::string folder = fs::path(path).parent_path().string();
  const File directory(::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.get() < 0 || ::fsync(directory.get()) != 0) {
    return errors::FileUnwritable(path, std::strerror(errno));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) {
    if (errno == ENOENT || errno == ENOTDIR) return absl::NotFoundError(path);
    return errors::FileUnreadable(path, std::strerror(errno));
  }
  std::string bytes;
  char buffer[64 * 1024];
  while (true) {
    const ssize_t size = ::read(file.get(), buffer, sizeof buffer);
    if (size == 0) return bytes;
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return errors::FileUnreadable(path, std::strerror(errno));
    bytes.append(buffer, static_cast<std::size_t>(size));
  }
}

absl::StatusOr<std::string> ReadNamedFile(const std::string& path) {
  auto bytes = ReadFile(path);
  if (absl::IsNotFound(bytes.status())) return errors::FileUnreadable(path, "there is no such file");
  return bytes;
}

std::vector<std::string> LinesOf(std::string_view content) {
  std::vector<std::string> lines;
  while (!content.empty()) {
    const std::size_t end = std::min(content.find('\n'), content.size());
    std::string_view line = content.substr(0, end);
    content.remove_prefix(std::min(end + 1, content.size()));
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (!line.empty()) lines.emplace_back(line);
  }
  return lines;
}

absl::Status MakeFolderOf(const std::string& path) {
  const fs::path folder = fs::path(path).parent_path();
  std::error_code error;
  if (folder.empty() || fs::is_directory(folder, error)) return absl::OkStatus();
  const mode_t before = ::umask(0077);
  fs::create_directories(folder, error);
  ::umask(before);
  if (error) return errors::FileUnwritable(folder.string(), error.message());
  return absl::OkStatus();
}

absl::Status WriteSecretFile(const std::string& path, std::string_view bytes) {
  return Write(path, bytes, S_IRUSR | S_IWUSR);
}

absl::Status WritePublicFile(const std::string& path, std::string_view bytes) {
  return Write(path, bytes, S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH);
}

}  // namespace plenary::cli
