// Tiles: a log cut into files of 256 entries or hashes that any web server can hand out.
// Source: c2sp.org/tlog-tiles. Everything here is thread-safe.
//
//   tile/<level>/<N>[.p/<W>]   W hashes of 32 bytes: roots of complete subtrees of 256^level leaves
//   tile/entries/<N>[.p/<W>]   W entries, each u16 length || bytes
//
// A tile is full with 256 and has no ".p/<W>" then; N is cut into groups of three digits, of which all but
// the last begin with "x": 1234067 is x001/x234/067.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace plenary::crypto {

// Entries or hashes in a full tile.
inline constexpr unsigned kTileWidth = 256;
// Levels of hash tiles go from 0 to this; 256^6 leaves are more than any log has.
inline constexpr unsigned kMostTileLevel = 5;
// The largest entry in bytes: its length takes two of them.
inline constexpr std::size_t kMostEntryBytes = 65535;

// One tile. `level` is absent for a tile of entries.
struct TileName {
  std::optional<unsigned> level;
  std::uint64_t index = 0;
  unsigned width = kTileWidth;  // 1..256

  friend bool operator==(const TileName&, const TileName&) = default;
};

// Relative paths, beginning with "tile/". A width outside 1..256 ends the process.
std::string TilePath(unsigned level, std::uint64_t index, unsigned width);
std::string EntriesPath(std::uint64_t index, unsigned width);

// The tile of a path, in the one spelling that TilePath and EntriesPath have; otherwise nullopt.
std::optional<TileName> ParseTilePath(std::string_view path);

// Over `count` entries (or hashes of one level): the number of tiles, and how many of them tile `index`
// holds (0 when there is no such tile).
std::uint64_t TileCount(std::uint64_t count);
unsigned TileWidthAt(std::uint64_t count, std::uint64_t index);
// The hashes of tile level `level` in a tree of `size` leaves: size / 256^level.
std::uint64_t HashCount(unsigned level, std::uint64_t size);

// One entry at the end of a tile. ENTRY_TOO_LONG over kMostEntryBytes; nothing is appended then.
absl::Status AppendEntry(std::string& tile, std::string_view entry);
absl::StatusOr<std::string> EncodeEntries(std::span<const std::string> entries);
// The entries, which borrow from `tile`. TILE_INVALID unless there are exactly `width` and no rest.
absl::StatusOr<std::vector<std::string_view>> DecodeEntries(std::string_view tile, unsigned width);

// Hashes of 32 bytes, one after another. LENGTH_UNEXPECTED for a hash of another length.
absl::StatusOr<std::string> EncodeHashes(std::span<const std::string> hashes);
// TILE_INVALID unless there are exactly `width`.
absl::StatusOr<std::vector<std::string>> DecodeHashes(std::string_view tile, unsigned width);

}  // namespace plenary::crypto
