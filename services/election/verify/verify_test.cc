// Bundles that hold, and bundles that were tampered with in every way there is a check for.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>

#include "common/crypto/bytes.h"
#include "common/testing/status_matchers.h"
#include "services/election/testing/bundle_on_disk.h"
#include "services/election/testing/sample_bundle.h"
#include "services/election/testing/spoilt_ballots.h"
#include "services/election/testing/tampered_bundles.h"
#include "services/election/verify/bundle_log.h"
#include "services/election/verify/bundle_verifier.h"

namespace plenary::election::verify {
namespace {

using election::testing::BundleOnDisk;
using election::testing::Files;
using election::testing::FilesOf;
using election::testing::SampleBundle;
using election::testing::TamperedFiles;
using election::testing::Tampering;
using ::plenary::testing::IsError;
using ::testing::Contains;
using ::testing::ElementsAreArray;

namespace fs = std::filesystem;

constexpr int kBallots = election::testing::kBallotsToTamperWith;

const SampleBundle& Sample() { return election::testing::SampleToTamperWith(); }

Verdict VerdictOn(const Files& files, unsigned threads = 2) {
  const BundleOnDisk folder(files);
  auto verdict = VerifyBundle(folder.path().string(), {.threads = threads});
  EXPECT_OK(verdict);
  return verdict.ok() ? *std::move(verdict) : Verdict();
}

std::string ReasonAndPlace(const Verdict& verdict) {
  if (verdict.holds()) return "holds";
  std::string text(verdict.failure->code);
  if (verdict.failure->place.has_value()) text += " " + std::to_string(*verdict.failure->place);
  return text;
}

TEST(VerifyBundle, NamesTheFirstThingThatIsWrong) {
  const std::vector<Tampering> all = election::testing::Tamperings();
  for (const Tampering& tampering : all) {
    EXPECT_EQ(ReasonAndPlace(VerdictOn(TamperedFiles(tampering))), tampering.expected) << tampering.sentence;
  }
}

TEST(VerifyBundle, IsTamperedWithForEveryReasonThereIs) {
  std::set<std::string> reasons;
  const std::vector<Tampering> all = election::testing::Tamperings();
  for (const Tampering& tampering : all) {
    reasons.insert(tampering.expected.substr(0, tampering.expected.find(' ')));
  }
  const Verdict verdict = VerdictOn(TamperedFiles({}));
  for (const Check& check : verdict.checks) EXPECT_THAT(reasons, Contains(std::string(check.code)));
}

TEST(VerifyBundle, HoldsWhenNothingWasTamperedWithAndTellsEveryCheck) {
  const Verdict verdict = VerdictOn(TamperedFiles({}));
  EXPECT_EQ(ReasonAndPlace(verdict), "holds");
  std::vector<std::string_view> codes;
  for (const Check& check : verdict.checks) {
    EXPECT_TRUE(check.holds) << check.code;
    EXPECT_FALSE(check.found.empty()) << check.code;
    codes.push_back(check.code);
  }
  EXPECT_THAT(codes, ElementsAreArray({kFiles, kManifest, kCheckpoint, kTiles, kRoot, kConsistency,
                                       kFirstLeaf, kClose, kRoll, kList, kSecret, kBallotForm, kCredential,
                                       kBallotSignature, kDoubleKey, kOrder, kTurnout, kResult}));
  EXPECT_EQ(verdict.result.ballot_count(), kBallots);
  EXPECT_EQ(verdict.result.contests_size(), 4);
  EXPECT_EQ(verdict.units_on_all, kBallots + 2);
  EXPECT_EQ(verdict.manifest_hash, crypto::Sha256(Sample().manifest));
}

TEST(VerifyBundle, FindsTheBallotThatIsLookedForAndNoOther) {
  const Files files = FilesOf(Sample());
  const BundleOnDisk folder(files);
  const auto look = [&](const std::string& ballot) {
    auto verdict =
        VerifyBundle(folder.path().string(), {.threads = 2, .ballot_hash = crypto::Sha256(ballot)});
    EXPECT_OK(verdict);
    EXPECT_TRUE(verdict->holds());
    return verdict->found_at;
  };
  for (const std::size_t leaf : {std::size_t{1}, Sample().leaves.size() - 2}) {
    EXPECT_EQ(look(Sample().leaves[leaf]), leaf);
  }
  EXPECT_EQ(look(Sample().leaves.front()), std::nullopt) << "the manifest is no ballot";
  EXPECT_EQ(look(Sample().leaves.back()), std::nullopt) << "nor is the close record";
  EXPECT_EQ(look("another ballot"), std::nullopt);
}

TEST(VerifyBundle, FindsEverySpoiltBallotWithItsReason) {
  std::map<std::string, int> expected, found;
  for (const auto& kind : election::testing::SpoiltKinds()) ++expected[std::string(kind.reason)];
  expected.erase("");
  const Verdict verdict = VerdictOn(TamperedFiles({}));
  for (const auto& spoilt : verdict.result.spoilt()) ++found[spoilt.reason()];
  EXPECT_EQ(found, expected);
  EXPECT_EQ(found.size(), 5U);
}

TEST(VerifyBundle, HoldsNoMoreWhenAnyOneBitWasChanged) {
  const Files good = FilesOf(election::testing::MakeSampleBundle(4, "bits", 2));
  ASSERT_EQ(ReasonAndPlace(VerdictOn(good)), "holds");
  crypto::SeededRandom random("which bit");
  for (const auto& [name, bytes] : good) {
    for (int round = 0; round < 20; ++round) {
      const std::string drawn = random.Bytes(5);
      crypto::ByteReader reader(drawn);
      Files files = good;
      const std::size_t at = *reader.ReadU32() % bytes.size();
      files[name][at] = static_cast<char>(files[name][at] ^ (1 << (*reader.ReadU8() % 8)));
      EXPECT_FALSE(VerdictOn(files).holds()) << name << " byte " << at;
    }
  }
}

TEST(VerifyBundle, HoldsForLogsOfEverySizeAroundATile) {
  for (const int ballots : {0, 1, 2, 254, 255}) {
    const SampleBundle bundle = election::testing::MakeSampleBundle(ballots, "sizes", 2);
    EXPECT_EQ(ReasonAndPlace(VerdictOn(FilesOf(bundle))), "holds") << ballots;
  }
}

TEST(VerifyBundle, NamesTheLowestLeafHoweverManyThreadsThereAre) {
  const Tampering two_faults = {"two faults in one tile",
                                "BALLOT_SIGNATURE 30",
                                [](SampleBundle& bundle) {
                                  bundle.leaves[31] = "hello";
                                  bundle.leaves[30].back() ^= 1;
                                },
                                {}};
  for (const unsigned threads : {1U, 2U, 7U}) {
    EXPECT_EQ(ReasonAndPlace(VerdictOn(TamperedFiles(two_faults), threads)), two_faults.expected) << threads;
  }
}

TEST(VerifyBundle, LooksAtAllFiveChecksOfALeafBeforeTheNextLeaf) {
  // By check, the form of leaf 60 would come before the order of leaf 4.
  const Tampering two_faults = {"order, then form",
                                "ORDER 4",
                                [](SampleBundle& bundle) {
                                  std::swap(bundle.leaves[3], bundle.leaves[4]);
                                  bundle.leaves[60] = "hello";
                                },
                                {}};
  EXPECT_EQ(ReasonAndPlace(VerdictOn(TamperedFiles(two_faults))), two_faults.expected);
}

TEST(VerifyBundle, ComparesTheFirstBallotWithTheManifestUnlessItBeginsABatch) {
  // Without a checkpoint of the manifest alone, leaf 1 is within a batch that the manifest begins.
  SampleBundle bundle = Sample();
  const bool ascends = crypto::Sha256(bundle.leaves[1]) > crypto::Sha256(bundle.leaves[0]);
  bundle.checkpoint_sizes.erase(bundle.checkpoint_sizes.begin());
  EXPECT_EQ(ReasonAndPlace(VerdictOn(FilesOf(bundle))), ascends ? "holds" : "ORDER 1");
}

TEST(VerifyBundle, HoldsWithAsManyBallotsAsCredentials) {
  // The final root is in the result, so that it is counted again.
  const Tampering exactly = {"no credential was left over",
                             "holds",
                             [](SampleBundle& bundle) {
                               SetListsOf(bundle, kBallots);
                               CountAgain(bundle);
                             },
                             {}};
  EXPECT_EQ(ReasonAndPlace(VerdictOn(TamperedFiles(exactly))), "holds");
}

TEST(VerifyBundle, TakesALinkToAFileForAFileAndALinkToAFolderForAStrangeFile) {
  const BundleOnDisk folder(FilesOf(Sample())), elsewhere;
  fs::rename(folder.path() / "roll", elsewhere.path() / "roll");
  fs::create_symlink(elsewhere.path() / "roll", folder.path() / "roll");
  ASSERT_OK_AND_ASSIGN(const Verdict linked, VerifyBundle(folder.path().string(), {}));
  EXPECT_EQ(ReasonAndPlace(linked), "holds");
  fs::create_directory_symlink(elsewhere.path(), folder.path() / "more");
  ASSERT_OK_AND_ASSIGN(const Verdict strange, VerifyBundle(folder.path().string(), {}));
  EXPECT_EQ(ReasonAndPlace(strange), "FILES");
}

TEST(VerifyBundle, TakesNoNoticeOfEmptyFolders) {
  const BundleOnDisk folder(FilesOf(Sample()));
  fs::create_directory(folder.path() / "empty");
  ASSERT_OK_AND_ASSIGN(const Verdict verdict, VerifyBundle(folder.path().string(), {}));
  EXPECT_EQ(ReasonAndPlace(verdict), "holds");
}

TEST(VerifyBundle, GivesNoVerdictOnWhatIsNoFolder) {
  const auto unreadable = IsError(absl::StatusCode::kInvalidArgument, "BUNDLE_UNREADABLE");
  const BundleOnDisk folder(Files{{"manifest", "x"}});
  EXPECT_THAT(VerifyBundle((folder.path() / "nothing").string(), {}), unreadable);
  EXPECT_THAT(VerifyBundle((folder.path() / "manifest").string(), {}), unreadable);
}

TEST(VerifyBundle, TellsHowFarItIs) {
  const BundleOnDisk folder(FilesOf(Sample()));
  std::vector<std::uint64_t> done;
  ASSERT_OK(VerifyBundle(folder.path().string(), {.progress = [&](std::uint64_t now, std::uint64_t total) {
                           EXPECT_EQ(total, kBallots);
                           done.push_back(now);
                         }}));
  EXPECT_THAT(done, ElementsAreArray({255, kBallots}));
}

TEST(BundleTiles, AreTheSameBytesEachTimeTheyAreReadOrNoVerdictIsGiven) {
  const BundleOnDisk folder(FilesOf(Sample()));
  ASSERT_OK_AND_ASSIGN(const BundleFolder bundle, BundleFolder::Open(folder.path().string()));
  BundleTiles tiles(bundle, Sample().leaves.size());
  const auto read = [](std::uint64_t, const std::vector<std::string_view>&) -> absl::StatusOr<bool> {
    return true;
  };
  ASSERT_OK(tiles.Read(read));
  ASSERT_OK(tiles.Read(read));
  std::ofstream(folder.path() / "log/tile/entries/001.p/46", std::ios::app) << "x";
  EXPECT_THAT(tiles.Read(read), IsError(absl::StatusCode::kAborted, "BUNDLE_CHANGED"));
}

TEST(SampleBundle, IsTheSameHoweverManyThreadsDrawIt) {
  EXPECT_EQ(FilesOf(election::testing::MakeSampleBundle(20, "same", 1)),
            FilesOf(election::testing::MakeSampleBundle(20, "same", 3)));
}

TEST(SampleBundle, HasBatchesThatBeginBelowTheEndOfTheOneBefore) {
  // Else the exception in ORDER would never be tried.
  int below = 0;
  for (const std::uint64_t start : Sample().checkpoint_sizes) {
    if (start < 2 || start >= Sample().leaves.size()) continue;
    if (crypto::Sha256(Sample().leaves[start]) < crypto::Sha256(Sample().leaves[start - 1])) ++below;
  }
  EXPECT_GT(below, 3);
}

}  // namespace
}  // namespace plenary::election::verify
