// The log inside a bundle: its checkpoints and its leaves, tile by tile.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/crypto/signed_note.h"
#include "services/election/rules/published_manifest.h"
#include "services/election/verify/bundle_folder.h"
#include "services/election/verify/verdict.h"

namespace plenary::election::verify {

// Reads all checkpoints, oldest first; a failure of CHECKPOINT otherwise. `all` is the file of all
// checkpoints, `last` that of the final one.
std::optional<Failure> ReadCheckpoints(const PublishedManifest& manifest, std::string_view all,
                                       std::string_view last, std::vector<crypto::Checkpoint>& checkpoints);

// The entry tiles of a log of `size` leaves. Borrows the folder. Not thread-safe.
class BundleTiles {
 public:
  BundleTiles(const BundleFolder& folder, std::uint64_t size) : folder_(folder), size_(size) {}

  std::uint64_t size() const { return size_; }

  // A failure of TILES when tiles are missing or there are others.
  std::optional<Failure> CheckPaths() const;

  // What a reader of leaves sees at once: the leaves of one tile, the first of which has the number `first`.
  // False: it has seen enough.
  using Reader =
      std::function<absl::StatusOr<bool>(std::uint64_t first, const std::vector<std::string_view>&)>;

  // All leaves in order, one tile in memory at a time. A failure of TILES where one does not hold exactly its
  // leaves. A second reading finds the same bytes or ends in BUNDLE_CHANGED.
  absl::StatusOr<std::optional<Failure>> Read(const Reader& reader);

 private:
  std::string PathOf(std::uint64_t tile) const;

  const BundleFolder& folder_;
  const std::uint64_t size_;
  std::vector<std::string> sha256_;  // of the tiles that were read before
};

// What is known of a log once its leaves were read.
struct LogFacts {
  std::string first_leaf;
  std::string last_leaf;
  std::vector<std::string> roots;  // at the size of each checkpoint
};

// Reads every leaf. A failure of TILES.
absl::StatusOr<std::optional<Failure>> ReadLog(BundleTiles& tiles,
                                               const std::vector<crypto::Checkpoint>& checkpoints,
                                               LogFacts& facts);

}  // namespace plenary::election::verify
