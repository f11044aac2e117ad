#include "common/crypto/tile.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "common/crypto/bytes.h"
#include "common/crypto/errors.h"
#include "common/crypto/merkle.h"
#include "common/crypto/openssl_ptr.h"

namespace plenary::crypto {
namespace {

constexpr std::string_view kTilePrefix = "tile/";
constexpr std::string_view kEntriesLevel = "entries";
constexpr unsigned kBitsPerLevel = 8;
static_assert(1u << kBitsPerLevel == kTileWidth);

// N of tlog-tiles: 1234067 is x001/x234/067.
std::string IndexPath(std::uint64_t index) {
  std::string path = fmt::format("{:03}", index % 1000);
  while ((index /= 1000) > 0) path = fmt::format("x{:03}/{}", index % 1000, path);
  return path;
}

std::string PathOf(std::string_view level, std::uint64_t index, unsigned width) {
  internal::Require(width >= 1 && width <= kTileWidth, "a tile of 1 to 256");
  std::string path = fmt::format("{}{}/{}", kTilePrefix, level, IndexPath(index));
  if (width < kTileWidth) path += fmt::format(".p/{}", width);
  return path;
}

// Decimal digits only; nothing about leading zeros.
template <typename T>
std::optional<T> ParseNumber(std::string_view digits) {
  T value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

// The digits of N in any grouping: whoever calls writes the path again and compares.
std::optional<std::uint64_t> ParseIndexPath(std::string_view path) {
  std::string digits(path);
  std::erase_if(digits, [](char c) { return c == 'x' || c == '/'; });
  return ParseNumber<std::uint64_t>(digits);
}

std::string SpellingOf(const TileName& tile) {
  return tile.level.has_value() ? TilePath(*tile.level, tile.index, tile.width)
                                : EntriesPath(tile.index, tile.width);
}

}  // namespace

std::string TilePath(unsigned level, std::uint64_t index, unsigned width) {
  return PathOf(fmt::format("{}", level), index, width);
}

std::string EntriesPath(std::uint64_t index, unsigned width) { return PathOf(kEntriesLevel, index, width); }

std::optional<TileName> ParseTilePath(std::string_view path) {
  if (!path.starts_with(kTilePrefix)) return std::nullopt;
  std::string_view rest = path.substr(kTilePrefix.size());
  TileName tile;
  const std::size_t slash = rest.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::string_view level = rest.substr(0, slash);
  rest.remove_prefix(slash + 1);
  if (level != kEntriesLevel) {
    tile.level = ParseNumber<unsigned>(level);
    if (!tile.level.has_value() || *tile.level > kMostTileLevel) return std::nullopt;
  }
  if (const std::size_t partial = rest.find(".p/"); partial != std::string_view::npos) {
    const std::optional<unsigned> width = ParseNumber<unsigned>(rest.substr(partial + 3));
    if (!width.has_value() || *width == 0 || *width >= kTileWidth) return std::nullopt;
    tile.width = *width;
    rest = rest.substr(0, partial);
  }
  const std::optional<std::uint64_t> index = ParseIndexPath(rest);
  if (!index.has_value()) return std::nullopt;
  tile.index = *index;
  // One tile has one path.
  if (SpellingOf(tile) != path) return std::nullopt;
  return tile;
}

std::uint64_t TileCount(std::uint64_t count) {
  return count / kTileWidth + (count % kTileWidth != 0 ? 1 : 0);
}

unsigned TileWidthAt(std::uint64_t count, std::uint64_t index) {
  if (index >= TileCount(count)) return 0;
  return static_cast<unsigned>(std::min<std::uint64_t>(kTileWidth, count - index * kTileWidth));
}

std::uint64_t HashCount(unsigned level, std::uint64_t size) {
  const unsigned bits = level * kBitsPerLevel;
  return bits >= 64 ? 0 : size >> bits;
}

absl::Status AppendEntry(std::string& tile, std::string_view entry) {
  if (entry.size() > kMostEntryBytes) return errors::EntryTooLong(entry.size(), kMostEntryBytes);
  AppendU16(tile, static_cast<std::uint16_t>(entry.size()));
  tile += entry;
  return absl::OkStatus();
}

absl::StatusOr<std::string> EncodeEntries(std::span<const std::string> entries) {
  std::string tile;
  for (const std::string& entry : entries) {
    absl::Status appended = AppendEntry(tile, entry);
    if (!appended.ok()) return appended;
  }
  return tile;
}

absl::StatusOr<std::vector<std::string_view>> DecodeEntries(std::string_view tile, unsigned width) {
  ByteReader reader(tile);
  std::vector<std::string_view> entries;
  entries.reserve(std::min(width, kTileWidth));
  for (unsigned i = 0; i < width; ++i) {
    const std::optional<std::uint16_t> length = reader.ReadU16();
    const std::optional<std::string_view> entry =
        length.has_value() ? reader.ReadBytes(*length) : std::nullopt;
    if (!entry.has_value()) return errors::TileInvalid(width);
    entries.push_back(*entry);
  }
  if (reader.Remaining() != 0) return errors::TileInvalid(width);
  return entries;
}

absl::StatusOr<std::string> EncodeHashes(std::span<const std::string> hashes) {
  std::string tile;
  for (const std::string& hash : hashes) {
    if (hash.size() != kMerkleHashSize) {
      return errors::LengthUnexpected("a hash", kMerkleHashSize, hash.size());
    }
    tile += hash;
  }
  return tile;
}

absl::StatusOr<std::vector<std::string>> DecodeHashes(std::string_view tile, unsigned width) {
  if (tile.size() != width * kMerkleHashSize) return errors::TileInvalid(width);
  std::vector<std::string> hashes;
  hashes.reserve(width);
  for (; !tile.empty(); tile.remove_prefix(kMerkleHashSize))
    hashes.emplace_back(tile.substr(0, kMerkleHashSize));
  return hashes;
}

}  // namespace plenary::crypto
