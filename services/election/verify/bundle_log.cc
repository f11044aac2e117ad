#include "services/election/verify/bundle_log.h"

#include <fmt/format.h>

#include "common/crypto/bytes.h"
#include "common/crypto/merkle.h"
#include "common/crypto/tile.h"
#include "common/status/macros.h"
#include "services/election/verify/errors.h"

namespace plenary::election::verify {
namespace {

// The longest tile there can be, and a byte by which a longer file shows.
constexpr std::size_t kMostTileBytes = crypto::kTileWidth * (2 + crypto::kMostEntryBytes) + 1;

Failure CheckpointFailure(std::size_t number, std::string_view found) {
  return {kCheckpoint, number, fmt::format("checkpoint {}: {}", number, found)};
}

Failure TileFailure(std::uint64_t number, std::string found) { return {kTiles, number, std::move(found)}; }

// Each `u16 length || note`; the failure of the note that is cut off.
std::optional<Failure> SplitNotes(std::string_view bytes, std::vector<std::string_view>& notes) {
  crypto::ByteReader reader(bytes);
  while (reader.Remaining() != 0) {
    const auto length = reader.ReadU16();
    const auto note = length.has_value() ? reader.ReadBytes(*length) : std::nullopt;
    if (!note.has_value()) return CheckpointFailure(notes.size(), "the file ends in the middle of it");
    notes.push_back(*note);
  }
  return std::nullopt;
}

}  // namespace

std::optional<Failure> ReadCheckpoints(const PublishedManifest& manifest, std::string_view all,
                                       std::string_view last, std::vector<crypto::Checkpoint>& checkpoints) {
  std::vector<std::string_view> notes;
  if (auto failure = SplitNotes(all, notes); failure.has_value()) return failure;
  for (const std::string_view note : notes) {
    const std::size_t number = checkpoints.size();
    auto checkpoint = crypto::OpenCheckpoint(note, manifest.manifest().origin(), manifest.box_key());
    if (!checkpoint.ok()) {
      return CheckpointFailure(number, FoundIn(checkpoint.status()));
    }
    const std::uint64_t before = number == 0 ? 0 : checkpoints.back().size;
    if (checkpoint->size <= before) {
      return CheckpointFailure(number, fmt::format("{} leaves, and {} before", checkpoint->size, before));
    }
    checkpoints.push_back(*std::move(checkpoint));
  }
  if (notes.empty()) return CheckpointFailure(0, "there is none");
  if (notes.back() != last) {
    return CheckpointFailure(notes.size() - 1, "the last of all checkpoints is not the final one");
  }
  return std::nullopt;
}

std::string BundleTiles::PathOf(std::uint64_t tile) const {
  return "log/" + crypto::EntriesPath(tile, crypto::TileWidthAt(size_, tile));
}

std::optional<Failure> BundleTiles::CheckPaths() const {
  const std::uint64_t count = crypto::TileCount(size_);
  // Ends at the first that is missing, and so after as many steps as there are files, whatever the size.
  for (std::uint64_t tile = 0; tile < count; ++tile) {
    const std::string path = PathOf(tile);
    if (!folder_.files().contains(path)) return TileFailure(tile, fmt::format("there is no file {}", path));
  }
  std::uint64_t found = 0;
  for (auto file = folder_.files().lower_bound(kEntriesFolder);
       file != folder_.files().end() && file->starts_with(kEntriesFolder); ++file) {
    ++found;
  }
  if (found == count) return std::nullopt;
  return TileFailure(count,
                     fmt::format("{} tiles belong to {} leaves, and there are {}", count, size_, found));
}

absl::StatusOr<std::optional<Failure>> BundleTiles::Read(const Reader& reader) {
  for (std::uint64_t tile = 0; tile < crypto::TileCount(size_); ++tile) {
    const std::string path = PathOf(tile);
    ASSIGN_OR_RETURN(const std::string bytes, folder_.Read(path, kMostTileBytes));
    std::string sha256 = crypto::Sha256(bytes);
    if (tile == sha256_.size()) {
      sha256_.push_back(std::move(sha256));
    } else if (sha256_[tile] != sha256) {
      return errors::BundleChanged(path);
    }
    const unsigned width = crypto::TileWidthAt(size_, tile);
    const auto leaves = crypto::DecodeEntries(bytes, width);
    if (!leaves.ok())
      return TileFailure(tile, fmt::format("{} does not hold exactly {} leaves", path, width));
    ASSIGN_OR_RETURN(const bool more, reader(tile * crypto::kTileWidth, *leaves));
    if (!more) break;
  }
  return std::nullopt;
}

absl::StatusOr<std::optional<Failure>> ReadLog(BundleTiles& tiles,
                                               const std::vector<crypto::Checkpoint>& checkpoints,
                                               LogFacts& facts) {
  crypto::RootBuilder root;
  return tiles.Read(
      [&](std::uint64_t first, const std::vector<std::string_view>& leaves) -> absl::StatusOr<bool> {
        if (first == 0) facts.first_leaf = leaves.front();
        for (const std::string_view leaf : leaves) {
          root.AppendLeaf(leaf);
          if (root.size() == checkpoints[facts.roots.size()].size) facts.roots.push_back(root.Root());
          if (root.size() == tiles.size()) facts.last_leaf = leaf;
        }
        return true;
      });
}

}  // namespace plenary::election::verify
