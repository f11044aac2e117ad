// What lets a verifier do with little memory: keys by their tags, units one by one, files in pieces; and what
// it does with files that are no files, or change under its hands.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "common/crypto/bytes.h"
#include "common/testing/status_matchers.h"
#include "services/election/testing/bundle_on_disk.h"
#include "services/election/testing/sample_bundle.h"
#include "services/election/testing/tampered_bundles.h"
#include "services/election/verify/ballot_checks.h"
#include "services/election/verify/bundle_verifier.h"
#include "services/election/verify/seen_keys.h"
#include "services/election/verify/unit_file.h"

namespace plenary::election::verify {
namespace {

using absl::StatusCode;
using election::testing::BundleOnDisk;
using election::testing::Files;
using election::testing::FilesOf;
using election::testing::SampleBundle;
using ::plenary::testing::IsError;

namespace fs = std::filesystem;

const SampleBundle& Sample() { return election::testing::SampleToTamperWith(); }

std::string KeyNumber(std::uint32_t number) {
  std::string bytes;
  crypto::AppendU32(bytes, number);
  return crypto::Sha256(bytes);
}

TEST(SeenKeys, KnowsEveryKeyAgainAndNoOtherWhenItIsFull) {
  for (const std::uint32_t most : {0U, 1U, 2U, 7U, 5000U}) {
    SeenKeys keys(most);
    for (std::uint32_t i = 0; i < most; ++i) EXPECT_TRUE(keys.Add(KeyNumber(i))) << i << " of " << most;
    for (std::uint32_t i = 0; i < most; ++i) EXPECT_FALSE(keys.Add(KeyNumber(i))) << i << " of " << most;
  }
}

TEST(SeenKeys, TakesKeysWithOneTagForOne) {
  SeenKeys keys(10, [](std::string_view key) { return std::uint64_t{static_cast<unsigned char>(key[0])}; });
  EXPECT_TRUE(keys.Add("a1"));
  EXPECT_FALSE(keys.Add("a2"));
  EXPECT_TRUE(keys.Add("b1"));
  EXPECT_TRUE(keys.Add(std::string(1, '\0'))) << "a tag of 0 is one like the others";
  EXPECT_FALSE(keys.Add(std::string(1, '\0')));
}

// The ballots of the sample, checked with tags that are all the same.
class LookalikeKeysTest : public ::testing::Test {
 protected:
  absl::StatusOr<std::optional<Failure>> Check(const std::vector<std::string>& leaves) {
    BallotChecks::Log log{
        .ballots = leaves.size(),
        .batch_starts = Sample().checkpoint_sizes,
        .cast_before = [&](std::uint64_t leaf, std::string_view pk) -> absl::StatusOr<bool> {
          ++asked_;
          for (std::size_t i = 0; i + 1 < leaf; ++i) {
            if (manifest_.ReadBallot(leaves[i])->pk == pk) return true;
          }
          return false;
        },
        .tag = [](std::string_view) { return std::uint64_t{7}; }};
    BallotChecks checks(manifest_, Sample().tally_secrets, std::move(log), 2);
    checks.SetLeafBefore(Sample().leaves[0]);
    const std::vector<std::string_view> views(leaves.begin(), leaves.end());
    return checks.Add(1, views);
  }

  const PublishedManifest manifest_ = PublishedManifest::Parse(Sample().manifest).value();
  int asked_ = 0;
};

TEST_F(LookalikeKeysTest, AreLookedAtBeforeAnybodyIsAccused) {
  const std::vector<std::string> some(Sample().leaves.begin() + 1, Sample().leaves.begin() + 21);
  ASSERT_OK_AND_ASSIGN(const auto failure, Check(some));
  EXPECT_FALSE(failure.has_value());
  EXPECT_EQ(asked_, 19);
}

TEST_F(LookalikeKeysTest, AreFoundWhenTheyAreTheSame) {
  std::vector<std::string> some(Sample().leaves.begin() + 1, Sample().leaves.begin() + 21);
  some.push_back(some[3]);
  ASSERT_OK_AND_ASSIGN(const auto failure, Check(some));
  ASSERT_TRUE(failure.has_value());
  EXPECT_EQ(failure->code, kDoubleKey);
  EXPECT_EQ(failure->place, 21U);
}

std::string UnitNumber(std::uint32_t number) { return KeyNumber(number).substr(0, kUnitIdSize); }

// Units that each list of two has at random, so many that they are read in several pieces.
class UnitFileTest : public ::testing::Test {
 protected:
  UnitFileTest() {
    constexpr std::uint32_t kUnits = 5000;
    for (std::uint32_t i = 0; i < kUnits; ++i) {
      roll_.insert(UnitNumber(i));
      if (i % 3 != 0) first_[UnitNumber(i)] = std::string(kHashSize, 'h');
      if (i % 5 != 0) second_[UnitNumber(i)] = std::string(kHashSize, 'k');
    }
    const std::string hash(kHashSize, 'm');
    files_["roll"] = election::testing::EncodeRoll({roll_.begin(), roll_.end()});
    files_["issuance-1"] = election::testing::SignedIssuanceList(hash, 0, first_);
    files_["issuance-2"] = election::testing::SignedIssuanceList(hash, 1, second_);
  }

  static absl::StatusOr<UnitFile> Open(const BundleOnDisk& disk, std::string_view file,
                                       const UnitLayout& layout) {
    const auto folder = BundleFolder::Open(disk.path().string());
    if (!folder.ok()) return folder.status();
    return UnitFile::Open(*folder, file, layout);
  }

  std::set<std::string> roll_;
  std::map<std::string, std::string> first_, second_;
  Files files_;
};

TEST_F(UnitFileTest, GivesEveryUnitOnceAndTheHashOfTheWholeFile) {
  const BundleOnDisk disk(files_);
  for (const auto& [file, layout] : {std::pair("roll", kRollLayout), {"issuance-2", kIssuanceListLayout}}) {
    ASSERT_OK_AND_ASSIGN(UnitFile units, Open(disk, file, layout));
    std::vector<std::string> found;
    while (true) {
      ASSERT_OK_AND_ASSIGN(const auto unit, units.Next());
      if (!unit.has_value()) break;
      found.emplace_back(*unit);
    }
    const UnitsView expected =
        layout.tail == 0 ? ReadRoll(files_[file]).value() : ReadIssuanceList(files_[file])->units;
    ASSERT_EQ(found.size(), expected.size());
    EXPECT_EQ(units.size(), expected.size());
    for (std::size_t i = 0; i < found.size(); ++i) ASSERT_EQ(found[i], expected[i]) << i;
    EXPECT_EQ(*units.Finish(), crypto::Sha256(files_[file]));
  }
}

TEST_F(UnitFileTest, HasTheSameHashHoweverFarItWasRead) {
  const BundleOnDisk disk(files_);
  for (const int read : {0, 1, 1023, 1024, 1025, 4999}) {
    ASSERT_OK_AND_ASSIGN(UnitFile units, Open(disk, "roll", kRollLayout));
    for (int i = 0; i < read; ++i) ASSERT_OK(units.Next());
    EXPECT_EQ(*units.Finish(), crypto::Sha256(files_["roll"])) << read;
  }
}

TEST_F(UnitFileTest, CountsWhoStandsOnEveryList) {
  const BundleOnDisk disk(files_);
  std::vector<UnitFile> lists;
  for (const char* file : {"issuance-1", "issuance-2"}) {
    ASSERT_OK_AND_ASSIGN(UnitFile list, Open(disk, file, kIssuanceListLayout));
    lists.push_back(std::move(list));
  }
  const std::size_t expected = election::CountOnEvery(
      {ReadIssuanceList(files_["issuance-1"])->units, ReadIssuanceList(files_["issuance-2"])->units});
  ASSERT_GT(expected, 2000U);
  EXPECT_EQ(*CountOnEvery(lists), expected);
}

TEST_F(UnitFileTest, TellsUnitsThatDoNotAscend) {
  std::vector<std::string> units(roll_.begin(), roll_.end());
  const auto ascends = [&]() -> absl::StatusOr<bool> {
    const BundleOnDisk disk(Files{{"roll", election::testing::EncodeRoll(units)}});
    auto file = Open(disk, "roll", kRollLayout);
    if (!file.ok()) return file.status();
    return AscendsStrictly(*file);
  };
  EXPECT_TRUE(*ascends());
  // On both sides of the end of a piece.
  std::swap(units[1023], units[1024]);
  EXPECT_FALSE(*ascends());
  std::swap(units[1023], units[1024]);
  units.back() = units[units.size() - 2];
  EXPECT_FALSE(*ascends()) << "a unit twice";
  units.clear();
  EXPECT_TRUE(*ascends());
}

TEST_F(UnitFileTest, HasNoSizeWithABrokenRecordAndEndsWhereAFileWasCutOff) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{7}, std::size_t{9}, files_["roll"].size() - 1}) {
    const BundleOnDisk disk(Files{{"roll", files_["roll"].substr(0, size)}});
    ASSERT_OK_AND_ASSIGN(const UnitFile units, Open(disk, "roll", kRollLayout));
    EXPECT_EQ(units.size(), std::nullopt) << size;
  }
  const BundleOnDisk disk(files_);
  ASSERT_OK_AND_ASSIGN(UnitFile units, Open(disk, "roll", kRollLayout));
  fs::resize_file(disk.path() / "roll", 8 + 16 * 100 + 3);
  int found = 0;
  while (true) {
    ASSERT_OK_AND_ASSIGN(const auto unit, units.Next());
    if (!unit.has_value()) break;
    ++found;
  }
  EXPECT_EQ(found, 100);
  EXPECT_NE(*units.Finish(), crypto::Sha256(files_["roll"]));
}

TEST(VerifyBundle, ReadsNoRollThatIsLongerThanTheManifestSays) {
  const BundleOnDisk disk(FilesOf(Sample()));
  // A hole in a file takes no disk; to read it would take minutes.
  fs::resize_file(disk.path() / "roll", std::uintmax_t{1} << 40);
  ASSERT_OK_AND_ASSIGN(const Verdict verdict, VerifyBundle(disk.path().string(), {}));
  ASSERT_FALSE(verdict.holds());
  EXPECT_EQ(verdict.failure->code, kRoll);
}

TEST(VerifyBundle, GivesNoVerdictOnMoreCheckpointsThanALogCanHave) {
  const BundleOnDisk disk(FilesOf(Sample()));
  constexpr std::uintmax_t kMost = 64 * 1024 * 1024;
  fs::resize_file(disk.path() / "log/checkpoints", kMost + 1);
  EXPECT_THAT(VerifyBundle(disk.path().string(), {}),
              IsError(StatusCode::kInvalidArgument, "BUNDLE_UNREADABLE"));
  fs::resize_file(disk.path() / "log/checkpoints", kMost);
  ASSERT_OK_AND_ASSIGN(const Verdict verdict, VerifyBundle(disk.path().string(), {}));
  EXPECT_EQ(verdict.failure->code, kCheckpoint);
}

TEST(VerifyBundle, DoesNotWaitForAPipeThatNobodyWritesTo) {
  const BundleOnDisk disk(FilesOf(Sample())), elsewhere;
  for (const char* file : {"roll", "issuance-2", "result"}) {
    const fs::path path = disk.path() / file;
    fs::rename(path, elsewhere.path() / file);
    ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
    EXPECT_THAT(VerifyBundle(disk.path().string(), {}),
                IsError(StatusCode::kInvalidArgument, "BUNDLE_UNREADABLE"))
        << file;
    fs::rename(elsewhere.path() / file, path);
  }
}

TEST(VerifyBundle, GivesNoVerdictOnALogThatChangesWhileItIsRead) {
  const BundleOnDisk disk(FilesOf(Sample()));
  // After the ballots of the first tile, and so after all tiles were read for their hashes.
  const auto change = [&](std::uint64_t done, std::uint64_t) {
    if (done == 255) std::ofstream(disk.path() / "log/tile/entries/001.p/46", std::ios::app) << "x";
  };
  EXPECT_THAT(VerifyBundle(disk.path().string(), {.progress = change}),
              IsError(StatusCode::kAborted, "BUNDLE_CHANGED"));
}

}  // namespace
}  // namespace plenary::election::verify
