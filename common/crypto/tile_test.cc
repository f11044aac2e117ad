#include "common/crypto/tile.h"

#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"

namespace plenary::crypto {
namespace {

using testing::IsError;

const auto kInvalid = IsError(absl::StatusCode::kInvalidArgument, "TILE_INVALID");

TEST(TilePaths, AreThoseOfTheSpecificationAndReadBack) {
  struct Row {
    TileName tile;
    std::string path;
  };
  const Row rows[] = {
      {{0, 0, 256}, "tile/0/000"},
      {{0, 273, 256}, "tile/0/273"},
      {{1, 0, 112}, "tile/1/000.p/112"},
      {{5, 1, 1}, "tile/5/001.p/1"},
      {{2, 1234067, 256}, "tile/2/x001/x234/067"},
      {{std::nullopt, 1234067, 8}, "tile/entries/x001/x234/067.p/8"},
      {{std::nullopt, 1000, 256}, "tile/entries/x001/000"},
      {{std::nullopt, 999, 255}, "tile/entries/999.p/255"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(row.tile.level.has_value() ? TilePath(*row.tile.level, row.tile.index, row.tile.width)
                                         : EntriesPath(row.tile.index, row.tile.width),
              row.path);
    EXPECT_EQ(ParseTilePath(row.path), row.tile) << row.path;
  }
}

TEST(TilePaths, HaveOneSpelling) {
  for (const char* path : {"",
                           "tile",
                           "tile/",
                           "tile/0",
                           "tile/0/",
                           "tile/6/000",
                           "tile/00/000",
                           "tile/-1/000",
                           "tile/0/0",
                           "tile/0/00",
                           "tile/0/0000",
                           "tile/0/x000/001",
                           "tile/0/001/067",
                           "tile/0/x001/x067",
                           "tile/0/000.p/0",
                           "tile/0/000.p/256",
                           "tile/0/000.p/05",
                           "tile/0/000.p/",
                           "tile/0/000.p/1/",
                           "tile/0/000.p",
                           "tile/0/000/",
                           "/tile/0/000",
                           "tile/Entries/000",
                           "tile/entries/x1/000",
                           "tile/entries/../000",
                           "tile/entries/+01",
                           "tile/entries/x99/x999/x999/x999/x999/x999/999"}) {
    EXPECT_EQ(ParseTilePath(path), std::nullopt) << path;
  }
}

TEST(TilePathsDeathTest, ATileWithoutEntriesEndsTheProcess) {
  EXPECT_DEATH(EntriesPath(0, 0), "1 to 256");
  EXPECT_DEATH(TilePath(0, 0, 257), "1 to 256");
}

TEST(TilesOfALog, AreFullUpToTheLastOne) {
  EXPECT_EQ(TileCount(0), 0);
  EXPECT_EQ(TileWidthAt(0, 0), 0);
  EXPECT_EQ(TileCount(256), 1);
  EXPECT_EQ(TileWidthAt(256, 0), 256);
  EXPECT_EQ(TileWidthAt(256, 1), 0);
  EXPECT_EQ(TileCount(257), 2);
  EXPECT_EQ(TileWidthAt(257, 0), 256);
  EXPECT_EQ(TileWidthAt(257, 1), 1);
  EXPECT_EQ(HashCount(0, 70000), 70000);
  EXPECT_EQ(HashCount(1, 70000), 273);
  EXPECT_EQ(HashCount(2, 70000), 1);
  EXPECT_EQ(HashCount(3, 70000), 0);
  EXPECT_EQ(HashCount(8, ~std::uint64_t{0}), 0);
}

TEST(EntryTiles, DecodeToWhatWasEncoded) {
  const std::vector<std::string> entries = {"one", "", std::string(kMostEntryBytes, 'x')};
  ASSERT_OK_AND_ASSIGN(const std::string tile, EncodeEntries(entries));
  EXPECT_EQ(tile.substr(0, 7), std::string("\0\3one\0\0", 7));
  ASSERT_OK_AND_ASSIGN(const std::vector<std::string_view> decoded, DecodeEntries(tile, 3));
  EXPECT_EQ(std::vector<std::string>(decoded.begin(), decoded.end()), entries);
}

TEST(EntryTiles, HaveExactlyTheirEntriesAndNoRest) {
  const std::string tile = *EncodeEntries(std::vector<std::string>{"one", "two"});
  EXPECT_THAT(DecodeEntries(tile, 1), kInvalid);
  EXPECT_THAT(DecodeEntries(tile, 3), kInvalid);
  EXPECT_THAT(DecodeEntries(tile + '\0', 2), kInvalid);
  EXPECT_THAT(DecodeEntries(tile.substr(0, tile.size() - 1), 2), kInvalid);
}

TEST(EntryTiles, TakeNoEntryThatIsTooLong) {
  std::string tile = "before";
  EXPECT_THAT(AppendEntry(tile, std::string(kMostEntryBytes + 1, 'x')),
              IsError(absl::StatusCode::kInvalidArgument, "ENTRY_TOO_LONG"));
  EXPECT_EQ(tile, "before");
}

TEST(HashTiles, DecodeToWhatWasEncodedAndHaveExactlyTheirHashes) {
  const std::vector<std::string> hashes = {std::string(32, 'a'), std::string(32, 'b')};
  ASSERT_OK_AND_ASSIGN(const std::string tile, EncodeHashes(hashes));
  ASSERT_OK_AND_ASSIGN(const std::vector<std::string> decoded, DecodeHashes(tile, 2));
  EXPECT_EQ(decoded, hashes);
  EXPECT_THAT(DecodeHashes(tile, 1), kInvalid);
  EXPECT_THAT(DecodeHashes(tile + "x", 2), kInvalid);
  EXPECT_THAT(EncodeHashes(std::vector<std::string>{"short"}),
              IsError(absl::StatusCode::kInvalidArgument, "LENGTH_UNEXPECTED"));
}

}  // namespace
}  // namespace plenary::crypto
