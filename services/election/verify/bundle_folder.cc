#include "services/election/verify/bundle_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <set>
#include <utility>

#include "common/crypto/bytes.h"
#include "common/status/macros.h"
#include "services/election/verify/errors.h"

namespace plenary::election::verify {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kReadAtOnce = 64 * 1024;
constexpr int kNoDescriptor = -1;

}  // namespace

std::string IssuanceFile(std::size_t number) { return fmt::format("issuance-{}", number); }

bool MayBeInBundle(std::string_view file) {
  static const auto& fixed = *new std::set<std::string_view>{
      kManifestFile, kRollFile, kFinalCheckpointFile, kCheckpointsFile, kTallySecretsFile, kResultFile};
  if (fixed.contains(file) || file.starts_with(kEntriesFolder)) return true;
  for (std::size_t number = 1; number <= kMostIssuanceFiles; ++number) {
    if (file == IssuanceFile(number)) return true;
  }
  return false;
}

absl::StatusOr<BundleFile> BundleFile::Open(std::string path) {
  // Without O_NONBLOCK the opening of a pipe that nobody writes to would never end.
  BundleFile file(std::move(path), kNoDescriptor);
  file.descriptor_ = ::open(file.path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file.descriptor_ == kNoDescriptor) return errors::BundleUnreadable(file.path_, std::strerror(errno));
  struct stat facts {};
  if (::fstat(file.descriptor_, &facts) != 0) {
    return errors::BundleUnreadable(file.path_, std::strerror(errno));
  }
  if (!S_ISREG(facts.st_mode)) return errors::BundleUnreadable(file.path_, "it is no file");
  file.size_ = static_cast<std::uint64_t>(facts.st_size);
  return file;
}

BundleFile::BundleFile(BundleFile&& other) noexcept
    : path_(std::move(other.path_)),
      descriptor_(std::exchange(other.descriptor_, kNoDescriptor)),
      size_(other.size_) {}

BundleFile::~BundleFile() {
  if (descriptor_ != kNoDescriptor) ::close(descriptor_);
}

absl::StatusOr<std::size_t> BundleFile::Read(std::span<char> buffer) {
  std::size_t filled = 0;
  while (filled < buffer.size()) {
    const ssize_t read = ::read(descriptor_, buffer.data() + filled, buffer.size() - filled);
    if (read < 0 && errno == EINTR) continue;
    if (read < 0) return errors::BundleUnreadable(path_, std::strerror(errno));
    if (read == 0) break;
    filled += static_cast<std::size_t>(read);
  }
  return filled;
}

absl::StatusOr<BundleFolder> BundleFolder::Open(const std::string& folder) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    return errors::BundleUnreadable(folder, error ? error.message() : "a bundle is a folder");
  }
  BundleFolder bundle(folder);
  fs::recursive_directory_iterator entry(folder, error);
  for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    std::error_code of_entry;
    // A link to a folder is not followed, so it is listed as a file.
    if (fs::is_directory(entry->symlink_status(of_entry))) continue;
    bundle.files_.insert(entry->path().lexically_relative(folder).generic_string());
  }
  if (error) return errors::BundleUnreadable(folder, error.message());
  return bundle;
}

absl::StatusOr<BundleFile> BundleFolder::OpenFile(std::string_view file) const {
  return BundleFile::Open((fs::path(folder_) / file).string());
}

absl::StatusOr<std::string> BundleFolder::Read(std::string_view file, std::size_t most) const {
  std::string bytes;
  RETURN_IF_ERROR(Append(file, most, bytes));
  return bytes;
}

absl::Status BundleFolder::Append(std::string_view file, std::size_t most, std::string& bytes) const {
  ASSIGN_OR_RETURN(BundleFile opened, OpenFile(file));
  // At once: what grows by itself is held twice for a moment.
  bytes.reserve(bytes.size() + static_cast<std::size_t>(std::min<std::uint64_t>(opened.size(), most)));
  std::string piece(kReadAtOnce, '\0');
  while (most > 0) {
    ASSIGN_OR_RETURN(const std::size_t read,
                     opened.Read(std::span(piece.data(), std::min(piece.size(), most))));
    bytes.append(piece, 0, read);
    if (read < piece.size()) break;
    most -= read;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> BundleFolder::Sha256(std::string_view file) const {
  ASSIGN_OR_RETURN(BundleFile opened, OpenFile(file));
  crypto::Sha256Hasher hasher;
  std::string piece(kReadAtOnce, '\0');
  for (std::size_t read = piece.size(); read == piece.size();) {
    ASSIGN_OR_RETURN(read, opened.Read(std::span(piece.data(), piece.size())));
    hasher.Update(std::string_view(piece).substr(0, read));
  }
  return hasher.Finish();
}

}  // namespace plenary::election::verify
