// The public log of the box: what comes into it when, what readers get, and the record at its end.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <set>

#include "absl/time/clock.h"
#include "common/crypto/bytes.h"
#include "common/crypto/merkle.h"
#include "common/crypto/signed_note.h"
#include "common/crypto/tile.h"
#include "common/db/transact.h"
#include "common/testing/status_matchers.h"
#include "fmt/format.h"
#include "services/election/rules/log_records.h"
#include "services/election/rules/names.h"
#include "services/election/testing/box_server.h"
#include "services/election/testing/sample.h"

namespace plenary::election {
namespace {

using absl::StatusCode;
using plenary::testing::IsError;
using plenary::testing::TestSuite;
using testing::Day;
using testing::SampleLists;

class BallotLogTest : public ::testing::Test {
 protected:
  BallotLogTest()
      : suite_(Day(9, 16)),
        box_(suite_),
        election_(testing::SampleElection().name()),
        bytes_(box_.OpenSample()),
        manifest_(*PublishedManifest::Parse(bytes_)) {}

  // Ballots of the box; their order is that of casting.
  std::vector<std::string> Cast(int count) {
    std::vector<std::string> ballots;
    for (int i = 0; i < count; ++i) {
      ballots.push_back(testing::BallotOf(manifest_, testing::MakeVoter(manifest_, random_), {{i % 3}, {}}));
      EXPECT_OK(box_.Cast(ballots.back()));
    }
    return ballots;
  }
  // Rows of noise with the numbers first … last: the log does not look into ballots.
  void StoreNoise(int first, int last) {
    box_.database.Run(
        fmt::format("INSERT INTO ballots (id, election, ballot_hash, ballot) SELECT UNHEX(SHA2(CONCAT('id', "
                    "seq), 256)), '{}', "
                    "UNHEX(SHA2(CONCAT('noise ', seq), 256)), CONCAT('noise ', seq) FROM seq_{}_to_{}",
                    ElectionId(election_), first, last));
  }
  absl::Status MergeAfter(absl::Duration since_start) {
    return box_.parts->sequencer().MergeDue(start_ + since_start);
  }
  absl::StatusOr<v1::CloseBoxResponse> Close(const std::vector<std::string>& lists = SampleLists()) {
    return box_.Close(election_, lists);
  }
  crypto::Checkpoint Newest() { return Opened(box_.Checkpoints(election_).value().back()); }
  crypto::Checkpoint Opened(const std::string& note) {
    return crypto::OpenCheckpoint(note, election_, manifest_.box_key()).value();
  }
  static std::string RootOf(const std::vector<std::string>& entries, std::size_t size) {
    crypto::RootBuilder root;
    for (std::size_t i = 0; i < size; ++i) root.AppendLeaf(entries[i]);
    return root.Root();
  }
  static bool AscendsByHash(const std::vector<std::string>& entries, std::size_t first, std::size_t end) {
    for (std::size_t i = first + 1; i < end; ++i) {
      if (crypto::Sha256(entries[i - 1]) >= crypto::Sha256(entries[i])) return false;
    }
    return true;
  }
  // What the independent reader says of the published folder: its line, and "" when something does not hold.
  std::string ReadByStranger() {
    // In quotes: the tree may stand in a folder with a space.
    const std::string command = "python3 '" + std::string(std::getenv("PLENARY_SOURCE_DIR")) +
                                "/services/election/testing/read_log.py' '" + Folder() + "' " + election_ +
                                " " + crypto::HexEncode(manifest_.box_key().bytes());
    std::FILE* pipe = popen(command.c_str(), "r");
    std::array<char, 256> line{};
    if (std::fgets(line.data(), line.size(), pipe) == nullptr) line[0] = '\0';
    return pclose(pipe) == 0 ? line.data() : "";
  }
  std::string Folder() { return box_.parts->folder().PublishedFolder(ElectionId(election_)); }

  TestSuite suite_;
  testing::BoxServer box_;
  const std::string election_;
  const std::string bytes_;
  const PublishedManifest manifest_;
  const absl::Time start_ = absl::Now();
  crypto::SeededRandom random_{"log"};
};

TEST_F(BallotLogTest, BeginsWithTheManifest) {
  ASSERT_OK_AND_ASSIGN(const auto notes, box_.Checkpoints(election_));
  ASSERT_EQ(notes.size(), 1u);
  const crypto::Checkpoint first = Opened(notes[0]);
  EXPECT_EQ(first.size, 1u);
  EXPECT_EQ(first.root, crypto::LeafHash(bytes_));
  EXPECT_EQ(box_.Entries(election_).value(), std::vector<std::string>{bytes_});
  EXPECT_EQ(box_.Tile(election_, "tile/0/000.p/1").value(), first.root);
  std::string entries;
  ASSERT_OK(crypto::AppendEntry(entries, bytes_));
  EXPECT_EQ(box_.Tile(election_, "tile/entries/000.p/1").value(), entries);
  // Opening again changes nothing.
  ASSERT_OK(box_.Open(election_, bytes_));
  EXPECT_EQ(box_.Checkpoints(election_).value(), notes);
}

TEST_F(BallotLogTest, MergesABatchOnceEightWaitAndAnHourHasPassed) {
  Cast(7);
  ASSERT_OK(MergeAfter(absl::Hours(1)));
  EXPECT_EQ(Newest().size, 1u) << "seven are too few";
  Cast(1);
  ASSERT_OK(MergeAfter(absl::Minutes(59)));
  EXPECT_EQ(Newest().size, 1u) << "an hour has not passed";
  ASSERT_OK(MergeAfter(absl::Hours(1)));
  EXPECT_EQ(Newest().size, 9u);
  Cast(8);
  ASSERT_OK(MergeAfter(absl::Hours(2) - absl::Seconds(1)));
  EXPECT_EQ(Newest().size, 9u) << "an hour since the last batch has not passed";
  ASSERT_OK(MergeAfter(absl::Hours(2)));
  EXPECT_EQ(Newest().size, 17u);
  ASSERT_OK(MergeAfter(absl::Hours(3)));
  EXPECT_EQ(Newest().size, 17u) << "nothing waits";
}

TEST_F(BallotLogTest, HoldsEveryBallotOnceAndEachBatchByHash) {
  const auto first = Cast(9);
  ASSERT_OK(MergeAfter(absl::Hours(1)));
  const auto second = Cast(8);
  ASSERT_OK(MergeAfter(absl::Hours(2)));
  ASSERT_OK_AND_ASSIGN(const auto entries, box_.Entries(election_));
  ASSERT_EQ(entries.size(), 18u);
  EXPECT_EQ(entries[0], bytes_);
  EXPECT_EQ(std::set<std::string>(entries.begin() + 1, entries.begin() + 10),
            std::set<std::string>(first.begin(), first.end()));
  EXPECT_EQ(std::set<std::string>(entries.begin() + 10, entries.end()),
            std::set<std::string>(second.begin(), second.end()));
  EXPECT_TRUE(AscendsByHash(entries, 1, 10));
  EXPECT_TRUE(AscendsByHash(entries, 10, 18));
  ASSERT_OK_AND_ASSIGN(const auto notes, box_.Checkpoints(election_));
  std::vector<std::uint64_t> sizes;
  for (const std::string& note : notes) {
    sizes.push_back(Opened(note).size);
    EXPECT_EQ(Opened(note).root, RootOf(entries, sizes.back()));
  }
  EXPECT_EQ(sizes, (std::vector<std::uint64_t>{1, 10, 18}));
  EXPECT_NE(ReadByStranger(), "");
}

TEST_F(BallotLogTest, EndsWithTheRestAndTheCloseRecord) {
  Cast(8);
  ASSERT_OK(MergeAfter(absl::Hours(1)));
  Cast(3);
  EXPECT_THAT(Close(), IsError(StatusCode::kFailedPrecondition, "VOTING_STILL_OPEN"));
  suite_.clock().Set(Day(9, 23));
  ASSERT_OK_AND_ASSIGN(const auto closed, Close());
  EXPECT_EQ(closed.ballot_count(), 11);
  ASSERT_OK_AND_ASSIGN(const auto entries, box_.Entries(election_));
  ASSERT_EQ(entries.size(), 13u);
  EXPECT_TRUE(AscendsByHash(entries, 9, 12)) << "fewer than eight, but the box is closed";
  const auto record = ReadCloseRecord(entries.back(), 2);
  ASSERT_TRUE(record.has_value());
  EXPECT_EQ(*record, (CloseRecord{manifest_.hash(), 11, SampleLists()}));
  EXPECT_EQ(closed.checkpoint(), box_.Checkpoints(election_).value().back());
  EXPECT_EQ(Opened(closed.checkpoint()), (crypto::Checkpoint{election_, 13, RootOf(entries, 13)}));
  EXPECT_EQ(ReadByStranger(), "13 " + crypto::HexEncode(RootOf(entries, 13)) + "\n");
}

TEST_F(BallotLogTest, ClosesOnceAndForEver) {
  Cast(2);
  suite_.clock().Set(Day(9, 23));
  for (const auto& lists :
       std::vector<std::vector<std::string>>{{},
                                             {std::string(32, '1')},
                                             {std::string(32, '1'), std::string(31, '2')},
                                             std::vector<std::string>(3, std::string(32, '1'))}) {
    EXPECT_THAT(Close(lists), IsError(StatusCode::kInvalidArgument, "CLOSE_RECORD_INVALID"));
  }
  EXPECT_THAT(box_.Close("elections/absent", SampleLists()), IsError(StatusCode::kNotFound, "BOX_NOT_FOUND"));
  ASSERT_OK_AND_ASSIGN(const auto closed, Close());
  ASSERT_OK_AND_ASSIGN(const auto again, Close());
  EXPECT_EQ(again.SerializeAsString(), closed.SerializeAsString());
  EXPECT_THAT(Close({std::string(32, '2'), std::string(32, '1')}),
              IsError(StatusCode::kFailedPrecondition, "CLOSE_RECORD_FIXED"));
  EXPECT_EQ(Newest(), Opened(closed.checkpoint()));
  // Nothing is merged behind the record.
  ASSERT_OK(MergeAfter(absl::Hours(1)));
  EXPECT_EQ(Newest(), Opened(closed.checkpoint()));
}

TEST_F(BallotLogTest, ClosesABoxThatNobodyUsed) {
  suite_.clock().Set(Day(9, 23));
  ASSERT_OK_AND_ASSIGN(const auto closed, Close());
  EXPECT_EQ(closed.ballot_count(), 0);
  EXPECT_EQ(box_.Entries(election_).value().size(), 2u);
}

TEST_F(BallotLogTest, HasEveryTileOfEverySize) {
  // Batches end in the middle of a tile, with it, and some tiles on.
  StoreNoise(1, 100);
  ASSERT_OK(MergeAfter(absl::Hours(1)));
  EXPECT_EQ(Newest().size, 101u);
  StoreNoise(101, 255);
  ASSERT_OK(MergeAfter(absl::Hours(2)));
  EXPECT_EQ(Newest().size, 256u);
  StoreNoise(256, 900);
  suite_.clock().Set(Day(9, 23));
  ASSERT_OK(Close());
  EXPECT_NE(ReadByStranger(), "");
}

TEST_F(BallotLogTest, ListsEntriesInAnswersOfBoundedSizeFromAnyIndex) {
  StoreNoise(1, 300);
  Cast(150);
  ASSERT_OK(MergeAfter(absl::Hours(1)));
  ASSERT_OK_AND_ASSIGN(const auto all, box_.Entries(election_));
  ASSERT_EQ(all.size(), 451u);
  EXPECT_LT(box_.largest_answer, 128u * 1024);
  EXPECT_GT(box_.largest_answer, 96u * 1024);
  for (const std::int64_t first : {1, 255, 256, 257, 450, 451}) {
    EXPECT_EQ(box_.Entries(election_, first).value(),
              std::vector<std::string>(all.begin() + first, all.end()))
        << first;
  }
  for (const std::int64_t first :
       {std::int64_t{-1}, std::int64_t{452}, std::numeric_limits<std::int64_t>::max()}) {
    EXPECT_THAT(box_.Entries(election_, first), IsError(StatusCode::kInvalidArgument, "INDEX_INVALID"))
        << first;
  }
}

TEST_F(BallotLogTest, GivesFilesOfTheLogAndNoOthers) {
  for (const char* path :
       {"", "checkpoint", "tile/0/000", "tile/0/000.p/2", "tile/9/000.p/1", "tile/0/0.p/1", "/tile/0/000.p/1",
        "tile/../checkpoint", "tile/entries/../../checkpoint", "../../marks", "tile/0/000.p/1/"}) {
    EXPECT_THAT(box_.Tile(election_, path), IsError(StatusCode::kNotFound, "TILE_NOT_FOUND")) << path;
  }
}

TEST_F(BallotLogTest, TellsABoxThatIsNotThereFromALogThatIsNotThereYet) {
  const std::string prepared = "elections/" + std::string(25, '1') + "0";
  ASSERT_OK(box_.Prepare(prepared));
  EXPECT_THAT(box_.Checkpoints(prepared), IsError(StatusCode::kNotFound, "LOG_NOT_FOUND"));
  EXPECT_THAT(box_.Entries(prepared), IsError(StatusCode::kNotFound, "LOG_NOT_FOUND"));
  EXPECT_THAT(box_.Tile(prepared, "tile/0/000.p/1"), IsError(StatusCode::kNotFound, "TILE_NOT_FOUND"));
  const std::string absent = "elections/absent";
  EXPECT_THAT(box_.Checkpoints(absent), IsError(StatusCode::kNotFound, "BOX_NOT_FOUND"));
  EXPECT_THAT(box_.Entries(absent), IsError(StatusCode::kNotFound, "BOX_NOT_FOUND"));
  EXPECT_THAT(box_.Tile(absent, "tile/0/000.p/1"), IsError(StatusCode::kNotFound, "BOX_NOT_FOUND"));
}

// A process that continues the log over a database that may refuse to forget the order.
class ForgottenOrderTest : public BallotLogTest {
 protected:
  static absl::Time Soon() { return absl::Now() + absl::Seconds(20); }
  void TakeOver() {
    const auto stored = db::Autocommit(box_.database.pool(), Soon(), [&](db::Session& session) {
      return BoxStore::Load(session, ElectionId(election_));
    });
    served_ = sequencer_.TakeOver(stored.value().value(), Soon()).value();
  }
  std::uint64_t Size() { return sequencer_.Published(ElectionId(election_))->size; }

  int tried_ = 0;
  bool fails_ = false;
  std::shared_ptr<const ServedBox> served_;
  Sequencer sequencer_{box_.database.pool(), box_.parts->folder(), {.forget_order = [this] {
                         ++tried_;
                         return fails_ ? absl::InternalError("the table is in use") : absl::OkStatus();
                       }}};
};

TEST_F(ForgottenOrderTest, HoldsUpNeitherABatchNorTheCloseAndIsTriedAgain) {
  fails_ = true;
  Cast(8);
  TakeOver();
  const absl::Time start = absl::Now();
  ASSERT_OK(sequencer_.MergeDue(start + absl::Hours(1)));
  EXPECT_EQ(Size(), 9u);
  EXPECT_EQ(tried_, 1);
  StoreNoise(1, 8);
  ASSERT_OK(sequencer_.MergeDue(start + absl::Hours(2)));
  EXPECT_EQ(Size(), 17u);
  EXPECT_EQ(tried_, 2);
  ASSERT_OK_AND_ASSIGN(const auto closed, sequencer_.Close(*served_, SampleLists(), Soon()));
  EXPECT_EQ(closed.ballots, 16u);
  EXPECT_EQ(tried_, 3);
  fails_ = false;
  ASSERT_OK(sequencer_.MergeDue(start));
  EXPECT_EQ(tried_, 4);
  // Once it is done there is no more to do.
  ASSERT_OK(sequencer_.MergeDue(start));
  ASSERT_OK(sequencer_.Close(*served_, SampleLists(), Soon()));
  EXPECT_EQ(tried_, 4);
}

TEST_F(ForgottenOrderTest, IsMadeGoodAfterAProcessThatEndedBetweenTheBatchAndThat) {
  Cast(8);
  ASSERT_OK(MergeAfter(absl::Hours(1)));
  TakeOver();
  ASSERT_OK(sequencer_.MergeDue(absl::Now()));
  EXPECT_EQ(tried_, 1);
  ASSERT_OK(sequencer_.MergeDue(absl::Now()));
  EXPECT_EQ(tried_, 1);
}

TEST_F(ForgottenOrderTest, IsNoneBeforeTheFirstBatch) {
  Cast(7);
  TakeOver();
  ASSERT_OK(sequencer_.MergeDue(absl::Now() + absl::Hours(1)));
  EXPECT_EQ(tried_, 0);
}

TEST_F(BallotLogTest, TheStrangerFindsAChangedEntryAndAChangedCheckpoint) {
  Cast(2);
  suite_.clock().Set(Day(9, 23));
  ASSERT_OK(Close());
  ASSERT_NE(ReadByStranger(), "");
  for (const char* name : {"/tile/entries/000.p/4", "/tile/0/000.p/4", "/checkpoints"}) {
    const std::string path = Folder() + name;
    const std::string good = ReadFile(path).value().value();
    std::string bad = good;
    bad[bad.size() / 2] = static_cast<char>(bad[bad.size() / 2] ^ 1);
    ASSERT_OK(PutFile(path, Folder() + ".aside", bad));
    EXPECT_EQ(ReadByStranger(), "") << name;
    ASSERT_OK(PutFile(path, Folder() + ".aside", good));
  }
}

}  // namespace
}  // namespace plenary::election
