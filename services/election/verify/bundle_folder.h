// The files of a bundle, wherever the folder lies.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <string_view>

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

// Const use is thread-safe.
class BundleFolder {
 public:
  // Lists the folder. BUNDLE_UNREADABLE when it is none or cannot be listed.
  static absl::StatusOr<BundleFolder> Open(const std::string& folder);

  // Everything in it that is no folder, by path inside it ("log/checkpoint"); a symbolic link is what it
  // leads to, unless that is a folder: then it counts as a file that does not belong here.
  const std::set<std::string, std::less<>>& files() const { return files_; }

  // The file's bytes, the first `most` of them. BUNDLE_UNREADABLE when it cannot be read.
  absl::StatusOr<std::string> Read(std::string_view file,
                                   std::size_t most = std::numeric_limits<std::size_t>::max()) const;

 private:
  explicit BundleFolder(std::string folder) : folder_(std::move(folder)) {}

  std::string folder_;
  std::set<std::string, std::less<>> files_;
};

}  // namespace plenary::election::verify
