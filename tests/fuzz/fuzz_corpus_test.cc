// The kept corpus of the fuzzers, through the same checks, in every test run.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "tests/fuzz/ballot_checks.h"
#include "tests/fuzz/proof_checks.h"

namespace plenary::fuzz {
namespace {

using election::ballot_files::CheckBlt;
using election::ballot_files::CheckCsv;
using election::ballot_files::CheckPrefLib;

// Most files of a target's corpus: those that reach what the others do not, and those that found a fault.
constexpr int kMostFiles = 50;

void Replay(const std::string& target, void (*check)(std::string_view)) {
  const char* root = std::getenv("PLENARY_SOURCE_DIR");
  ASSERT_NE(root, nullptr) << "PLENARY_SOURCE_DIR names the source tree; ctest sets it";
  int files = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::string(root) + "/tests/fuzz/corpus/" + target)) {
    SCOPED_TRACE(entry.path());
    std::ifstream in(entry.path(), std::ios::binary);
    std::ostringstream bytes;
    bytes << in.rdbuf();
    ASSERT_TRUE(in.good());
    check(bytes.str());  // ends the program on a breach
    ++files;
  }
  EXPECT_GT(files, 0);
  EXPECT_LE(files, kMostFiles);
}

TEST(FuzzCorpus, OfBltIsReadAsItMayBe) { Replay("blt", CheckBlt); }
TEST(FuzzCorpus, OfPrefLibIsReadAsItMayBe) { Replay("preflib", CheckPrefLib); }
TEST(FuzzCorpus, OfCsvIsReadAsItMayBe) { Replay("csv", CheckCsv); }
TEST(FuzzCorpus, OfBallotsIsSeenThrough) { Replay("ballot", CheckProofOfBallot); }
TEST(FuzzCorpus, OfBundlesIsSeenThrough) { Replay("bundle", CheckProofOfBundle); }
TEST(FuzzCorpus, OfBlobsIsSeenThrough) { Replay("blob", CheckProofOfBlob); }

}  // namespace
}  // namespace plenary::fuzz
