// What must be right about a close before anything is counted.
#include "services/election/rules/closed_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/crypto/bytes.h"
#include "common/testing/status_matchers.h"
#include "services/election/testing/sample.h"

namespace plenary::election {
namespace {

using absl::StatusCode;
using plenary::testing::HasReason;
using plenary::testing::IsError;

std::string Unit(char c) { return std::string(kUnitIdSize, c); }

std::string Roll(const std::string& units) {
  std::string roll = "PLR1";
  crypto::AppendU32(roll, static_cast<std::uint32_t>(units.size()));
  for (const char unit : units) roll += Unit(unit);
  return roll;
}

class ClosedLogTest : public ::testing::Test {
 protected:
  ClosedLogTest()
      : random_("closed log"), box_key_(crypto::Ed25519KeyPair::Generate(random_)), manifest_(Manifest()) {}

  PublishedManifest Manifest() {
    ManifestParts parts = testing::SampleParts(box_key_);
    parts.roll_sha256 = crypto::Sha256(roll_);
    bytes_ = BuildManifest(parts).value();
    return PublishedManifest::Parse(bytes_).value();
  }
  std::string List(int registrar, const std::string& units, const std::string& manifest_hash) const {
    std::string list = "PLI1" + manifest_hash;
    crypto::AppendU8(list, static_cast<std::uint8_t>(registrar));
    crypto::AppendU32(list, static_cast<std::uint32_t>(units.size()));
    for (const char unit : units) list += Unit(unit) + std::string(32, 'b');
    return list + testing::ListKey(registrar).Sign(IssuanceListMessage(list));
  }
  std::string List(int registrar, const std::string& units) const {
    return List(registrar, units, manifest_.hash());
  }

  // A whole log: manifest, two ballots, close record.
  std::vector<std::string> Log() {
    std::vector<std::string> leaves = {bytes_};
    for (int i = 0; i < 2; ++i) {
      leaves.push_back(testing::BallotOf(manifest_, testing::MakeVoter(manifest_, random_), {{i}, {}}));
    }
    leaves.push_back(EncodeCloseRecord(
        {.manifest_hash = manifest_.hash(), .ballots = 2, .issuance_list_sha256 = list_hashes_}));
    return leaves;
  }
  crypto::Checkpoint CheckpointOf(const std::vector<std::string>& leaves) const {
    crypto::RootBuilder root;
    for (const std::string& leaf : leaves) root.AppendLeaf(leaf);
    return {.origin = manifest_.manifest().origin(), .size = leaves.size(), .root = root.Root()};
  }
  absl::Status Read(const std::vector<std::string>& leaves, const crypto::Checkpoint& checkpoint) {
    Tally tally(manifest_, testing::SampleSecrets());
    ClosedLogReader reader(manifest_, checkpoint, list_hashes_, tally);
    for (const std::string& leaf : leaves) {
      if (absl::Status taken = reader.Take(leaf); !taken.ok()) return taken;
    }
    ballots_ = tally.ballot_count();
    return reader.Finish();
  }

  crypto::SeededRandom random_;
  crypto::Ed25519KeyPair box_key_;
  const std::string roll_ = Roll("abcd");
  std::string bytes_;
  PublishedManifest manifest_;
  const std::vector<std::string> list_hashes_ = {std::string(32, '1'), std::string(32, '2')};
  int ballots_ = 0;
};

TEST_F(ClosedLogTest, TakesTheRollThatTheManifestNames) {
  EXPECT_EQ(RollOf(manifest_, roll_)->size(), 4u);
  for (const std::string& wrong : {Roll("abc"), Roll("abce"), std::string(), roll_ + "x"}) {
    EXPECT_THAT(RollOf(manifest_, wrong), IsError(StatusCode::kDataLoss, "ROLL_CHANGED"));
  }
}

TEST_F(ClosedLogTest, TakesAListOfItsRegistrarOverUnitsOfTheRoll) {
  ASSERT_OK_AND_ASSIGN(const UnitsView roll, RollOf(manifest_, roll_));
  EXPECT_OK(CheckIssuanceList(manifest_, 0, List(0, "abd"), roll));
  EXPECT_OK(CheckIssuanceList(manifest_, 1, List(1, ""), roll));
  struct Row {
    const char* sentence;
    std::string list;
  };
  std::string unsigned_list = List(0, "ab");
  unsigned_list.back() = static_cast<char>(unsigned_list.back() ^ 1);
  for (const Row& row :
       {Row{"nothing", ""}, Row{"cut short", List(0, "ab").substr(0, 150)},
        Row{"of another election", List(0, "ab", std::string(32, 'x'))},
        Row{"of the other registrar", List(1, "ab")}, Row{"with a wrong signature", unsigned_list},
        Row{"naming a unit twice", List(0, "aa")}, Row{"naming units in disorder", List(0, "ba")},
        Row{"naming a unit that is not on the roll", List(0, "ae")}}) {
    EXPECT_THAT(CheckIssuanceList(manifest_, 0, row.list, roll),
                IsError(StatusCode::kDataLoss, "ISSUANCE_LIST_INVALID"))
        << row.sentence;
  }
}

TEST_F(ClosedLogTest, KnowsHowLongAListIs) {
  for (const char* units : {"", "a", "abcd"}) {
    EXPECT_EQ(IssuanceListBytes(std::string(units).size()), List(0, units).size()) << units;
  }
}

TEST_F(ClosedLogTest, CountsAsIssuedWhoStandsOnEveryList) {
  EXPECT_EQ(IssuedOnEvery({List(0, "abd"), List(1, "acd")}), 2);
  EXPECT_EQ(IssuedOnEvery({List(0, "ab"), List(1, "cd")}), 0) << "lists of equal size over unequal units";
  EXPECT_EQ(IssuedOnEvery({List(0, "abcd"), List(1, "abcd")}), 4);
}

TEST_F(ClosedLogTest, ReadsTheLogOfTheFinalCheckpoint) {
  const auto log = Log();
  EXPECT_OK(Read(log, CheckpointOf(log)));
  EXPECT_EQ(ballots_, 2);
}

TEST_F(ClosedLogTest, NamesTheFirstBallotThatTheBoxWouldNotHaveTakenHoweverManyThreadsThereAre) {
  auto log = Log();
  log[1].back() = static_cast<char>(log[1].back() ^ 1);
  log[2] = "hello";
  for (const unsigned threads : {1U, 2U, 7U}) {
    Tally tally(manifest_, testing::SampleSecrets());
    ClosedLogReader reader(manifest_, CheckpointOf(log), list_hashes_, tally, threads);
    absl::Status status;
    for (const std::string& leaf : log) status.Update(reader.Take(leaf));
    EXPECT_THAT(status, IsError(StatusCode::kDataLoss, "BALLOT_BOX_INCONSISTENT")) << threads;
    EXPECT_THAT(std::string(status.message()), ::testing::HasSubstr("wrong signature")) << threads;
  }
}

TEST_F(ClosedLogTest, RefusesEveryOtherLog) {
  const auto log = Log();
  const auto honest = CheckpointOf(log);
  const auto refused = [&](const char* sentence, const std::vector<std::string>& leaves,
                           const crypto::Checkpoint& checkpoint) {
    EXPECT_THAT(Read(leaves, checkpoint), IsError(StatusCode::kDataLoss, "BALLOT_BOX_INCONSISTENT"))
        << sentence;
  };
  refused("a ballot dropped", {log[0], log[1], log[3]}, honest);
  refused("ballots swapped", {log[0], log[2], log[1], log[3]}, honest);
  refused("a leaf more", {log[0], log[1], log[2], log[3], log[3]}, honest);
  refused("nothing", {}, honest);
  refused("cut before the close record", {log[0], log[1], log[2]}, honest);
  auto other_root = honest;
  other_root.root[0] = static_cast<char>(other_root.root[0] ^ 1);
  refused("another root", log, other_root);

  // Logs that are whole, and say something else.
  const auto consistent = [&](const char* sentence, const std::vector<std::string>& leaves) {
    refused(sentence, leaves, CheckpointOf(leaves));
  };
  consistent("without a close record", {log[0], log[1], log[2]});
  consistent("of nothing but the manifest", {log[0]});
  consistent("beginning with something else", {log[1], log[1], log[2], log[3]});
  consistent("a ballot twice", {log[0], log[1], log[1], log[3]});
  const std::string wrong_count = EncodeCloseRecord(
      {.manifest_hash = manifest_.hash(), .ballots = 3, .issuance_list_sha256 = list_hashes_});
  consistent("a close record of more ballots", {log[0], log[1], log[2], wrong_count});
  const std::string wrong_lists =
      EncodeCloseRecord({.manifest_hash = manifest_.hash(),
                         .ballots = 2,
                         .issuance_list_sha256 = {list_hashes_[1], list_hashes_[0]}});
  consistent("a close record of other lists", {log[0], log[1], log[2], wrong_lists});
}

}  // namespace
}  // namespace plenary::election
