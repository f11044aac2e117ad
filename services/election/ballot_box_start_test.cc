// The box from one process to the next: what it makes good, and what it refuses to serve.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "absl/time/clock.h"
#include "common/db/transact.h"
#include "common/testing/status_matchers.h"
#include "services/election/rules/names.h"
#include "services/election/store/log_store.h"
#include "services/election/testing/box_server.h"
#include "services/election/testing/sample.h"

namespace plenary::election {
namespace {

namespace fs = std::filesystem;
using absl::StatusCode;
using plenary::testing::IsError;
using plenary::testing::TestSuite;
using testing::Day;

const std::vector<std::string> kLogTables = {"log_head", "log_leaves", "log_batches"};
const std::vector<std::string> kTables = {"boxes", "ballots", "log_head", "log_leaves", "log_batches"};

class BallotBoxStartTest : public ::testing::Test {
 protected:
  BallotBoxStartTest() : suite_(Day(9, 16)), name_(testing::SampleElection().name()), id_(ElectionId(name_)) {
    Start();
    manifest_ = std::make_unique<PublishedManifest>(*PublishedManifest::Parse(process_->OpenSample()));
  }
  // A table that a test adds would make the next one wait for a new schema.
  ~BallotBoxStartTest() override {
    for (const std::string& table : kTables) home_.database.Run("DROP TABLE IF EXISTS dump_" + table);
  }

  void Start() {
    process_ = std::make_unique<testing::BoxProcess>(
        suite_, testing::BoxProcess::Begin(home_.database.pool(), home_.log_dir.path()));
  }
  void Stop() { process_.reset(); }
  // What a start says.
  absl::Status TryToStart() { return TryToStartWith(home_.log_dir.path()); }
  absl::Status TryToStartWith(const std::string& log_dir) {
    return BallotBox::Open(home_.database.pool(), {.log_dir = log_dir}).status();
  }

  std::string NewBallot() {
    return testing::BallotOf(*manifest_, testing::MakeVoter(*manifest_, random_), {{0}, {}});
  }
  void Cast(int count) {
    for (int i = 0; i < count; ++i) EXPECT_OK(process_->Cast(NewBallot()));
  }
  // A whole interval after whatever was last.
  absl::Time NextInterval() { return merged_until_ = std::max(merged_until_, absl::Now()) + absl::Hours(1); }
  absl::Status Merge() { return process_->parts->sequencer().MergeDue(NextInterval()); }
  std::vector<std::string> Checkpoints() { return process_->Checkpoints(name_).value(); }

  // The database as it stands, and back to that.
  void Dump() {
    for (const std::string& table : kTables) {
      home_.database.Run("CREATE TABLE dump_" + table + " LIKE " + table);
      home_.database.Run("INSERT INTO dump_" + table + " SELECT * FROM " + table);
    }
  }
  void Restore(const std::vector<std::string>& tables) {
    for (const std::string& table : tables) {
      home_.database.Run("DELETE FROM " + table);
      home_.database.Run("INSERT INTO " + table + " SELECT * FROM dump_" + table);
    }
  }
  std::string MarkPath() const { return home_.log_dir.path() + "/marks/" + id_; }
  std::string Published() const { return home_.log_dir.path() + "/published/" + id_; }

  TestSuite suite_;
  testing::BoxHome home_;
  const std::string name_;
  const std::string id_;
  std::unique_ptr<testing::BoxProcess> process_;
  std::unique_ptr<PublishedManifest> manifest_;
  crypto::SeededRandom random_{"start"};
  absl::Time merged_until_ = absl::InfinitePast();
};

TEST_F(BallotBoxStartTest, GoesOnWhereTheProcessBeforeEnded) {
  const std::string ballot = NewBallot();
  ASSERT_OK_AND_ASSIGN(const auto before, process_->Cast(ballot));
  Cast(7);
  ASSERT_OK(Merge());
  const auto notes = Checkpoints();
  const auto epoch = process_->parts->boxes().Find(manifest_->hash())->epoch;
  Stop();
  Start();
  EXPECT_GT(process_->parts->boxes().Find(manifest_->hash())->epoch, epoch);
  EXPECT_EQ(Checkpoints(), notes);
  ASSERT_OK_AND_ASSIGN(const auto after, process_->Cast(ballot));
  EXPECT_EQ(after.receipt(), before.receipt());
  Cast(8);
  ASSERT_OK(Merge());
  EXPECT_EQ(Checkpoints().size(), 3u);
  EXPECT_EQ(process_->Entries(name_).value().size(), 17u);
}

TEST_F(BallotBoxStartTest, WaitsAWholeIntervalBeforeItsFirstBatch) {
  Cast(8);
  Stop();
  Start();
  ASSERT_OK(process_->parts->sequencer().MergeDue(absl::Now()));
  EXPECT_EQ(Checkpoints().size(), 1u);
}

TEST_F(BallotBoxStartTest, PublishesEveryBatchThatTheProcessBeforeCouldNot) {
  const testing::TemporaryFolder copy;
  fs::copy(Published(), copy.path(), fs::copy_options::recursive);
  Cast(8);
  ASSERT_OK(Merge());
  Cast(8);
  ASSERT_OK(Merge());
  const auto notes = Checkpoints();
  ASSERT_EQ(notes.size(), 3u);
  Stop();
  // As a process leaves it that ended after its commits.
  fs::remove_all(Published());
  fs::copy(copy.path(), Published(), fs::copy_options::recursive);
  Start();
  EXPECT_EQ(Checkpoints(), notes) << "the same bytes again";
  EXPECT_EQ(process_->Entries(name_).value().size(), 17u);
  // Or one whose folder lost all that can be made again.
  Stop();
  fs::remove_all(Published());
  Start();
  EXPECT_EQ(Checkpoints(), notes);
}

TEST_F(BallotBoxStartTest, PutsTheNewestCheckpointWhereTheProcessBeforeEndedBetweenTheTwoFiles) {
  const std::string first = ReadFile(Published() + "/checkpoint").value().value();
  Cast(8);
  ASSERT_OK(Merge());
  const auto notes = Checkpoints();
  Stop();
  ASSERT_OK(PutFile(Published() + "/checkpoint", Published() + "/aside", first));
  Start();
  EXPECT_EQ(ReadFile(Published() + "/checkpoint").value(), notes.back());
}

TEST_F(BallotBoxStartTest, RaisesAMarkThatTheProcessBeforeDidNotReach) {
  Cast(2);
  Stop();
  home_.database.Run(
      "INSERT INTO ballots SELECT REVERSE(id), election, REVERSE(ballot_hash), ballot FROM ballots");
  Start();
  EXPECT_EQ(process_->parts->folder().marks().Count(id_), 4u);
}

TEST_F(BallotBoxStartTest, RefusesADatabaseThatWasSetBackBehindItsReceipts) {
  Cast(3);
  Dump();
  Cast(1);
  Stop();
  Restore(kTables);
  const absl::Status refused = TryToStart();
  EXPECT_THAT(refused, IsError(StatusCode::kFailedPrecondition, "BOX_BEHIND"));
  EXPECT_THAT(std::string(refused.message()), ::testing::HasSubstr("3 ballots of election " + id_));
  EXPECT_THAT(std::string(refused.message()), ::testing::HasSubstr("given for 4"));
  // Control: with a mark that says as much as the dump, nothing would be noticed.
  fs::remove(MarkPath());
  {
    const auto marks = BoxMarks::Open(home_.log_dir.path() + "/marks").value();
    ASSERT_OK(marks->Create(id_));
    ASSERT_OK(marks->Raise(id_, 3));
  }
  EXPECT_OK(TryToStart());
}

TEST_F(BallotBoxStartTest, RefusesADatabaseWhoseLogIsShorterThanThePublishedOne) {
  Cast(8);
  Dump();
  ASSERT_OK(Merge());
  Stop();
  Restore(kLogTables);
  const absl::Status refused = TryToStart();
  EXPECT_THAT(refused, IsError(StatusCode::kFailedPrecondition, "LOG_BEHIND"));
  EXPECT_THAT(std::string(refused.message()), ::testing::HasSubstr("1 entries, and 9 are published"));
  // Control: with nothing published, nothing would be noticed.
  fs::remove_all(Published());
  EXPECT_OK(TryToStart());
}

TEST_F(BallotBoxStartTest, RefusesALogOfAnotherContent) {
  Cast(8);
  ASSERT_OK(Merge());
  Stop();
  Dump();
  for (const char* change : {// Ballots and leaves that agree with each other, but not with what is published.
                             "UPDATE ballots b JOIN log_leaves l ON l.leaf_sha256 = b.ballot_hash SET "
                             "b.ballot = CONCAT(b.ballot, 'x'), "
                             "l.leaf_sha256 = UNHEX(SHA2(CONCAT(b.ballot, 'x'), 256)) WHERE l.idx = 3",
                             "UPDATE ballots b JOIN log_leaves l ON l.leaf_sha256 = b.ballot_hash SET "
                             "b.ballot = CONCAT(b.ballot, 'x') "
                             "WHERE l.idx = 3",
                             "DELETE FROM log_leaves WHERE idx = 8"}) {
    home_.database.Run(change);
    EXPECT_THAT(TryToStart(), IsError(StatusCode::kFailedPrecondition, "LOG_BEHIND")) << change;
    Restore(kTables);
  }
  EXPECT_OK(TryToStart());
}

TEST_F(BallotBoxStartTest, RefusesAnEmptyDatabaseBesideAFolder) {
  Stop();
  for (const std::string& table : kTables) home_.database.Run("DELETE FROM " + table);
  EXPECT_THAT(TryToStart(), IsError(StatusCode::kFailedPrecondition, "LOG_BEHIND"));
}

TEST_F(BallotBoxStartTest, RefusesWithoutTheMarkOfABoxThatWasOpened) {
  Cast(1);
  Stop();
  const testing::TemporaryFolder another;
  const absl::Status refused = TryToStartWith(another.path());
  EXPECT_THAT(refused, IsError(StatusCode::kFailedPrecondition, "MARK_MISSING"));
  EXPECT_THAT(std::string(refused.message()), ::testing::HasSubstr("--log_dir"));
  fs::remove(MarkPath());
  EXPECT_THAT(TryToStart(), IsError(StatusCode::kFailedPrecondition, "MARK_MISSING"));
}

TEST_F(BallotBoxStartTest, RefusesAFolderThatIsNotNamedDamagedOrInUse) {
  EXPECT_THAT(TryToStartWith(""), IsError(StatusCode::kFailedPrecondition, "LOG_FOLDER_UNUSABLE"));
  EXPECT_THAT(TryToStart(), IsError(StatusCode::kFailedPrecondition, "LOG_FOLDER_UNUSABLE")) << "in use";
  Stop();
  const std::string notes = ReadFile(Published() + "/checkpoints").value().value();
  for (const std::string& bad : {notes.substr(0, notes.size() - 1), notes + notes, std::string("\0\1x", 3)}) {
    std::ofstream(Published() + "/checkpoints", std::ios::binary) << bad;
    EXPECT_THAT(TryToStart(), IsError(StatusCode::kFailedPrecondition, "LOG_FOLDER_UNUSABLE"));
  }
  std::ofstream(Published() + "/checkpoints", std::ios::binary) << notes;
  std::ofstream(Published() + "/checkpoint", std::ios::binary) << "another";
  EXPECT_THAT(TryToStart(), IsError(StatusCode::kFailedPrecondition, "LOG_FOLDER_UNUSABLE"));
}

TEST_F(BallotBoxStartTest, KeepsItsMarksAndItsLockToItselfAndLetsEverybodyReadTheLog) {
  const auto mode = [](const std::string& path) { return fs::status(path).permissions(); };
  constexpr fs::perms kOwners = fs::perms::owner_read | fs::perms::owner_write;
  EXPECT_EQ(mode(home_.log_dir.path() + "/marks"), fs::perms::owner_all);
  EXPECT_EQ(mode(MarkPath()), kOwners);
  EXPECT_EQ(mode(home_.log_dir.path() + "/lock"), kOwners);
  EXPECT_NE(mode(Published() + "/checkpoint") & fs::perms::others_read, fs::perms::none);
  EXPECT_NE(mode(Published()) & fs::perms::others_exec, fs::perms::none);
}

TEST_F(BallotBoxStartTest, OpensNoBoxThatTheFolderSaysWasOpenBefore) {
  // The database is set back to before the box opened, while the process runs.
  home_.database.Run("DELETE FROM log_head");
  home_.database.Run("DELETE FROM log_leaves");
  home_.database.Run("DELETE FROM log_batches");
  home_.database.Run("UPDATE boxes SET state = 'PREPARED', manifest = NULL, manifest_hash = NULL");
  EXPECT_THAT(process_->Open(name_, manifest_->manifest().SerializeAsString()),
              IsError(StatusCode::kFailedPrecondition, "LOG_BEHIND"));
}

TEST_F(BallotBoxStartTest, ServesNoBoxOfTheTimeBeforeTheLog) {
  Stop();
  for (const std::string& table : kLogTables) home_.database.Run("DELETE FROM " + table);
  const testing::TemporaryFolder fresh;
  ASSERT_OK_AND_ASSIGN(const auto box, BallotBox::Open(home_.database.pool(), {.log_dir = fresh.path()}));
  EXPECT_EQ(box->boxes().Find(manifest_->hash()), nullptr);
}

// Two processes on one database, each with a folder of its own.
class FencedBoxTest : public BallotBoxStartTest {
 protected:
  // Another process takes the box over, with a copy of the folder.
  void TakeOverElsewhere() {
    fs::copy(home_.log_dir.path(), elsewhere_.path() + "/log", fs::copy_options::recursive);
    other_ = std::make_unique<testing::BoxProcess>(
        suite_, testing::BoxProcess::Begin(home_.database.pool(), elsewhere_.path() + "/log"));
  }

  testing::TemporaryFolder elsewhere_;
  std::unique_ptr<testing::BoxProcess> other_;
};

TEST_F(FencedBoxTest, TheOlderProcessMergesNothingAndServesNoMore) {
  Cast(8);
  TakeOverElsewhere();
  EXPECT_THAT(Merge(), IsError(StatusCode::kUnavailable, "LOG_FENCED"));
  EXPECT_EQ(home_.database.One("SELECT size FROM log_head"), "1");
  const std::string ballot = NewBallot();
  EXPECT_THAT(process_->Cast(ballot), IsError(StatusCode::kUnavailable, "LOG_FENCED"));
  EXPECT_THAT(process_->Open(name_, manifest_->manifest().SerializeAsString()),
              IsError(StatusCode::kUnavailable, "LOG_FENCED"));
  suite_.clock().Set(Day(9, 23));
  EXPECT_THAT(process_->Close(name_, testing::SampleLists()),
              IsError(StatusCode::kUnavailable, "LOG_FENCED"));
  suite_.clock().Set(Day(9, 16));
  // The newer one does all of it.
  EXPECT_OK(other_->Cast(ballot));
  EXPECT_OK(other_->parts->sequencer().MergeDue(NextInterval()));
  EXPECT_EQ(other_->Entries(name_).value().size(), 10u);
}

TEST_F(FencedBoxTest, TheOlderProcessStoresNoBallotBeforeItNoticed) {
  TakeOverElsewhere();
  EXPECT_THAT(process_->Cast(NewBallot()), IsError(StatusCode::kUnavailable, "LOG_FENCED"));
  EXPECT_EQ(home_.database.One("SELECT COUNT(*) FROM ballots"), "0");
}

TEST_F(FencedBoxTest, TheOlderProcessClosesNothing) {
  TakeOverElsewhere();
  suite_.clock().Set(Day(9, 23));
  EXPECT_THAT(process_->Close(name_, testing::SampleLists()),
              IsError(StatusCode::kUnavailable, "LOG_FENCED"));
  EXPECT_EQ(home_.database.One("SELECT state FROM boxes"), "OPEN");
}

TEST_F(FencedBoxTest, AStartThatIsRefusedLeavesTheProcessThatServesAlone) {
  const std::string copy = elsewhere_.path() + "/log";
  fs::copy(home_.log_dir.path(), copy, fs::copy_options::recursive);
  std::ofstream(copy + "/published/" + id_ + "/checkpoints", std::ios::app) << "x";
  EXPECT_THAT(TryToStartWith(copy), IsError(StatusCode::kFailedPrecondition, "LOG_FOLDER_UNUSABLE"));
  EXPECT_OK(process_->Cast(NewBallot()));
}

TEST_F(FencedBoxTest, WithoutTheEpochAStaleBatchWouldBeAppended) {
  db::Pool& pool = home_.database.pool();
  const absl::Time deadline = absl::Now() + absl::Seconds(20);
  ASSERT_OK_AND_ASSIGN(const auto stale, db::Autocommit(pool, deadline, [&](db::Session& session) {
                         return LogStore::Load(session, id_);
                       }));
  TakeOverElsewhere();
  const auto append = [&](const LogHead& head) {
    return db::Transact(pool, deadline, [&](db::Transaction& tx) {
      return LogStore::Append(tx, id_, head, {std::string(32, 'h')}, "");
    });
  };
  ASSERT_OK_AND_ASSIGN(const bool appended, append(*stale));
  EXPECT_FALSE(appended);
  // Control: the same statement without its last clause.
  ASSERT_OK_AND_ASSIGN(const auto moved, db::Autocommit(pool, deadline, [&](db::Session& session) {
                         return session.Execute(
                             "UPDATE log_head SET size = ? WHERE election = ? AND size = ?",
                             {stale->size + 1, id_, stale->size});
                       }));
  EXPECT_EQ(moved, 1) << "the control no longer shows what the epoch is for";
}

TEST_F(FencedBoxTest, ABatchOfAnotherSizeIsNotAppended) {
  db::Pool& pool = home_.database.pool();
  const absl::Time deadline = absl::Now() + absl::Seconds(20);
  ASSERT_OK_AND_ASSIGN(auto head, db::Autocommit(pool, deadline, [&](db::Session& session) {
                         return LogStore::Load(session, id_);
                       }));
  head->size += 1;
  ASSERT_OK_AND_ASSIGN(const bool appended, db::Transact(pool, deadline, [&](db::Transaction& tx) {
                         return LogStore::Append(tx, id_, *head, {std::string(32, 'h')}, "");
                       }));
  EXPECT_FALSE(appended);
}

}  // namespace
}  // namespace plenary::election
