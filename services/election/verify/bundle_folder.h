// The files of a bundle, wherever the folder lies.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace plenary::election::verify {

inline constexpr std::string_view kManifestFile = "manifest";
inline constexpr std::string_view kRollFile = "roll";
inline constexpr std::string_view kFinalCheckpointFile = "log/checkpoint";
inline constexpr std::string_view kCheckpointsFile = "log/checkpoints";
inline constexpr std::string_view kTallySecretsFile = "tally-secrets";
inline constexpr std::string_view kResultFile = "result";
// Everything below is an entry tile.
inline constexpr std::string_view kEntriesFolder = "log/tile/entries/";

// "issuance-1" for the first registrar.
std::string IssuanceFile(std::size_t number);
// More registrars no manifest names.
inline constexpr std::size_t kMostIssuanceFiles = 9;

// Whether a file of that name may be in a bundle, as far as can be said without its manifest.
bool MayBeInBundle(std::string_view file);

// One file, read from front to back. Not thread-safe.
class BundleFile {
 public:
  // BUNDLE_UNREADABLE when it cannot be opened or is no file: nothing else has an end, or bytes that stay.
  static absl::StatusOr<BundleFile> Open(std::string path);

  BundleFile(BundleFile&& other) noexcept;
  BundleFile& operator=(BundleFile&&) = delete;
  ~BundleFile();

  const std::string& path() const { return path_; }
  // In bytes, when it was opened.
  std::uint64_t size() const { return size_; }

  // Fills `buffer` with the next bytes, and tells how many; fewer than it holds only at the end.
  // BUNDLE_UNREADABLE.
  absl::StatusOr<std::size_t> Read(std::span<char> buffer);

 private:
  BundleFile(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}

  std::string path_;
  int descriptor_;
  std::uint64_t size_ = 0;
};

// Const use is thread-safe.
class BundleFolder {
 public:
  // Lists the folder. BUNDLE_UNREADABLE when it is none or cannot be listed.
  static absl::StatusOr<BundleFolder> Open(const std::string& folder);

  // Everything in it that is no folder, by path inside it ("log/checkpoint"); a symbolic link is what it
  // leads to, unless that is a folder: then it counts as a file that does not belong here.
  const std::set<std::string, std::less<>>& files() const { return files_; }

  // A file to be read in pieces. BUNDLE_UNREADABLE.
  absl::StatusOr<BundleFile> OpenFile(std::string_view file) const;

  // The file's bytes, the first `most` of them. BUNDLE_UNREADABLE when it cannot be read.
  absl::StatusOr<std::string> Read(std::string_view file, std::size_t most) const;
  // The same, behind `bytes`.
  absl::Status Append(std::string_view file, std::size_t most, std::string& bytes) const;

  // Of all its bytes, however many; a piece at a time is in memory.
  absl::StatusOr<std::string> Sha256(std::string_view file) const;

 private:
  explicit BundleFolder(std::string folder) : folder_(std::move(folder)) {}

  std::string folder_;
  std::set<std::string, std::less<>> files_;
};

}  // namespace plenary::election::verify
