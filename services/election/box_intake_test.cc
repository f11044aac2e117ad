// How ballots come in together: what one transaction makes of them, and what closing waits for.
#include "services/election/box_intake.h"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <future>
#include <latch>
#include <optional>
#include <set>
#include <thread>

#include "absl/time/clock.h"
#include "common/crypto/bytes.h"
#include "common/db/transact.h"
#include "common/status/macros.h"
#include "common/testing/status_matchers.h"
#include "services/election/rules/names.h"
#include "services/election/testing/box_server.h"
#include "services/election/testing/sample.h"

namespace plenary::election {
namespace {

using absl::StatusCode;
using plenary::testing::Invoke;
using plenary::testing::IsError;
using plenary::testing::TestSuite;
using testing::BallotOf;
using testing::Day;
using testing::MakeVoter;

constexpr absl::Duration kPatience = absl::Seconds(20);

absl::Status Take(Intake& intake, CheckedBallot ballot) {
  const auto answer = std::make_shared<std::promise<absl::Status>>();
  intake.Take(std::move(ballot), [answer](const absl::Status& given) { answer->set_value(given); });
  return answer->get_future().get();
}

class BoxIntakeTest : public ::testing::Test {
 protected:
  BoxIntakeTest()
      : suite_(Day(9, 16)),
        box_(suite_),
        election_(testing::SampleElection().name()),
        manifest_(*PublishedManifest::Parse(box_.OpenSample())) {}

  std::string NewBallotOf(int governance) {
    return BallotOf(manifest_, MakeVoter(manifest_, random_), {{governance}, {}});
  }
  // Casts them so that one transaction takes them all.
  std::vector<absl::StatusOr<v1::CastBallotResponse>> CastTogether(const std::vector<std::string>& ballots) {
    std::vector<absl::StatusOr<v1::CastBallotResponse>> answers(ballots.size());
    std::vector<std::thread> threads;
    const absl::Status idle = box_.parts->intake().WhileIdle([&] {
      for (std::size_t i = 0; i < ballots.size(); ++i) {
        threads.emplace_back([&, i] { answers[i] = box_.Cast(ballots[i]); });
      }
      while (box_.parts->intake().waiting() < ballots.size()) std::this_thread::yield();
      return absl::OkStatus();
    });
    for (std::thread& thread : threads) thread.join();
    EXPECT_OK(idle);
    return answers;
  }
  absl::StatusOr<v1::CloseBoxResponse> Close() { return box_.Close(election_, testing::SampleLists()); }
  // What the closed log holds between the manifest and the close record.
  std::vector<std::string> LoggedBallots() {
    auto entries = box_.Entries(election_).value();
    return {entries.begin() + 1, entries.end() - 1};
  }
  bool SomebodyWaitsForALock() {
    return box_.database.One(
               "SELECT VARIABLE_VALUE FROM information_schema.global_status WHERE "
               "VARIABLE_NAME = 'INNODB_ROW_LOCK_CURRENT_WAITS'") != "0";
  }
  std::string CountStored() { return box_.database.One("SELECT COUNT(*) FROM ballots"); }
  std::uint64_t Acknowledged() { return *box_.parts->folder().marks().Count(ElectionId(election_)); }

  TestSuite suite_;
  testing::BoxServer box_;
  const std::string election_;
  const PublishedManifest manifest_;
  crypto::SeededRandom random_{"intake"};
};

TEST_F(BoxIntakeTest, GivesOneReceiptForTheSameBytesThatCameTogether) {
  const std::string ballot = NewBallotOf(0);
  const auto answers = CastTogether({ballot, ballot, ballot});
  for (const auto& answer : answers) {
    ASSERT_OK(answer);
    EXPECT_EQ(answer->receipt(), answers[0]->receipt());
  }
  EXPECT_EQ(CountStored(), "1");
  EXPECT_EQ(Acknowledged(), 1u);
}

TEST_F(BoxIntakeTest, KeepsOneOfTwoBallotsOfOneKeyThatCameTogether) {
  const auto voter = MakeVoter(manifest_, random_);
  const std::vector<std::string> both = {BallotOf(manifest_, voter, {{0}, {}}),
                                         BallotOf(manifest_, voter, {{1}, {}})};
  const auto answers = CastTogether(both);
  const int winner = answers[0].ok() ? 0 : 1;
  ASSERT_OK(answers[static_cast<std::size_t>(winner)]);
  EXPECT_THAT(answers[static_cast<std::size_t>(1 - winner)],
              IsError(StatusCode::kAlreadyExists, "BALLOT_ALREADY_CAST"));
  // Which one it is does not tell which came first.
  EXPECT_EQ(winner == 0, crypto::Sha256(both[0]) < crypto::Sha256(both[1]));
  EXPECT_EQ(CountStored(), "1");
}

TEST_F(BoxIntakeTest, TellsNewFromKnownAndContradictingBallotsThatCameTogether) {
  const auto voter = MakeVoter(manifest_, random_);
  const std::string known = BallotOf(manifest_, voter, {{0}, {}});
  ASSERT_OK(box_.Cast(known));
  const auto answers =
      CastTogether({NewBallotOf(1), known, BallotOf(manifest_, voter, {{2}, {}}), NewBallotOf(2)});
  EXPECT_OK(answers[0]);
  EXPECT_OK(answers[1]);
  EXPECT_THAT(answers[2], IsError(StatusCode::kAlreadyExists, "BALLOT_ALREADY_CAST"));
  EXPECT_OK(answers[3]);
  EXPECT_EQ(CountStored(), "3");
  EXPECT_EQ(Acknowledged(), 3u);
}

TEST_F(BoxIntakeTest, TakesEveryBallotOfThirtyTwoClients) {
  constexpr int kClients = 32;
  constexpr int kEach = 6;
  std::vector<std::string> ballots;
  for (int i = 0; i < kClients * kEach; ++i) ballots.push_back(NewBallotOf(i % 3));
  std::atomic<int> receipts = 0;
  std::vector<std::thread> threads;
  for (int client = 0; client < kClients; ++client) {
    threads.emplace_back([&, client] {
      for (int i = 0; i < kEach; ++i) {
        const std::string& ballot = ballots[static_cast<std::size_t>(client * kEach + i)];
        const auto cast = box_.Cast(ballot);
        EXPECT_OK(cast);
        if (cast.ok() && client::VerifyReceipt(manifest_, ballot, cast->receipt()).ok()) ++receipts;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(receipts, kClients * kEach);
  EXPECT_EQ(Acknowledged(), ballots.size());
  suite_.clock().Set(Day(9, 23));
  ASSERT_OK(Close());
  const auto logged = LoggedBallots();
  EXPECT_EQ(std::set<std::string>(logged.begin(), logged.end()),
            std::set<std::string>(ballots.begin(), ballots.end()));
}

// The intake by itself, over the same database.
class BareIntakeTest : public BoxIntakeTest {
 protected:
  CheckedBallot Checked(const std::string& bytes, absl::Time deadline) {
    return {.box = box_.parts->boxes().Find(manifest_.hash()),
            .ballot = {.id = crypto::Sha256("key of " + bytes),
                       .ballot_hash = crypto::Sha256(bytes),
                       .ballot = bytes},
            .deadline = deadline};
  }
};

TEST_F(BareIntakeTest, TakesMoreThanOneTransactionHolds) {
  constexpr std::size_t kBallots = kMostCombined + kMostCombined / 2;
  std::vector<std::string> ballots(kBallots);
  for (std::size_t i = 0; i < kBallots; ++i) ballots[i] = "ballot " + std::to_string(i);
  std::vector<absl::Status> answers(kBallots, absl::UnknownError("none"));
  std::vector<std::thread> threads;
  Intake& intake = box_.parts->intake();
  ASSERT_OK(intake.WhileIdle([&] {
    for (std::size_t i = 0; i < kBallots; ++i) {
      threads.emplace_back(
          [&, i] { answers[i] = Take(intake, Checked(ballots[i], absl::Now() + kPatience)); });
    }
    while (intake.waiting() < kBallots) std::this_thread::yield();
    return absl::OkStatus();
  }));
  for (std::thread& thread : threads) thread.join();
  for (const absl::Status& answer : answers) EXPECT_OK(answer);
  EXPECT_EQ(CountStored(), std::to_string(kBallots));
  EXPECT_EQ(Acknowledged(), kBallots);
}

TEST_F(BareIntakeTest, WaitsUntilHalfOfTheBallotsThatAreOnTheirWayAreThere) {
  Intake intake(box_.database.pool(), box_.parts->folder().marks(), absl::Hours(1));
  const std::string first = "first", second = "second";
  const OnItsWay last = intake.Announce();
  CheckedBallot coming = Checked(second, absl::Now() + kPatience);
  coming.on_its_way = intake.Announce();
  std::atomic<bool> answered = false;
  std::thread caster([&] {
    EXPECT_OK(Take(intake, Checked(first, absl::Now() + kPatience)));
    answered = true;
  });
  while (intake.waiting() == 0) std::this_thread::yield();
  EXPECT_FALSE(answered);
  EXPECT_EQ(CountStored(), "0");
  EXPECT_OK(Take(intake, std::move(coming)));
  caster.join();
  EXPECT_EQ(CountStored(), "2");
}

TEST_F(BareIntakeTest, IsHeldUpByNoBallotThatNeverComes) {
  const OnItsWay never_comes = box_.parts->intake().Announce();
  EXPECT_OK(Take(box_.parts->intake(), Checked("ballot", absl::Now() + kPatience)));
  { const OnItsWay refused = box_.parts->intake().Announce(); }
  EXPECT_OK(box_.parts->intake().WhileIdle([] { return absl::OkStatus(); }));
}

TEST_F(BareIntakeTest, GivesNoReceiptThatTheMarkDoesNotCover) {
  const testing::TemporaryFolder without_marks;
  const auto marks = BoxMarks::Open(without_marks.path()).value();
  Intake intake(box_.database.pool(), *marks);
  const std::string bytes = "ballot";
  EXPECT_THAT(Take(intake, Checked(bytes, absl::Now() + kPatience)),
              IsError(StatusCode::kUnavailable, "BALLOT_OUTCOME_UNKNOWN"));
  EXPECT_EQ(CountStored(), "1") << "it was the mark that was missing";
}

// A process that was taken over, or a connection that was lost, may still be committing.
TEST_F(BareIntakeTest, CountsWhatIsStillBeingStoredBeforeItsFirstReceipt) {
  const std::string mine = "mine", under_way = "under way";
  const NewBallot other = Checked(under_way, absl::InfiniteFuture()).ballot;
  std::atomic<bool> ended = false;
  absl::Status answer;
  std::thread caster;
  const absl::Status stored =
      db::Transact(box_.database.pool(), absl::Now() + kPatience, [&](db::Transaction& tx) -> absl::Status {
        RETURN_IF_ERROR(BoxStore::LockForBallots(tx, manifest_.hash()).status());
        RETURN_IF_ERROR(BoxStore::StoreBallots(tx, ElectionId(election_), {&other}).status());
        caster = std::thread([&] {
          answer = Take(box_.parts->intake(), Checked(mine, absl::Now() + kPatience));
          ended = true;
        });
        while (!ended && !SomebodyWaitsForALock()) std::this_thread::yield();
        return absl::OkStatus();
      });
  if (caster.joinable()) caster.join();
  ASSERT_OK(stored);
  EXPECT_OK(answer);
  EXPECT_EQ(CountStored(), "2");
  EXPECT_EQ(Acknowledged(), 2u);
}

TEST_F(BareIntakeTest, StoresNothingForACallerWhoGaveUp) {
  const std::string bytes = "ballot";
  EXPECT_THAT(Take(box_.parts->intake(), Checked(bytes, absl::Now() - absl::Seconds(1))),
              IsError(StatusCode::kUnavailable, "BALLOT_OUTCOME_UNKNOWN"));
  EXPECT_EQ(CountStored(), "0");
}

TEST_F(BareIntakeTest, StoresNothingOnceAnotherProcessHasTakenOver) {
  box_.database.Run("UPDATE log_head SET epoch = epoch + 1");
  const std::string bytes = "ballot";
  EXPECT_THAT(Take(box_.parts->intake(), Checked(bytes, absl::Now() + kPatience)),
              IsError(StatusCode::kUnavailable, "LOG_FENCED"));
  EXPECT_EQ(CountStored(), "0");
}

TEST_F(BoxIntakeTest, LetsExactlyOneOfSixteenBallotsUnderOneKeyWin) {
  const auto voter = MakeVoter(manifest_, random_);
  std::vector<std::string> ballots;
  for (const std::vector<int>& governance : std::vector<std::vector<int>>{{}, {0}, {1}, {2}}) {
    for (const std::vector<int>& finance : std::vector<std::vector<int>>{{}, {0}, {1}, {0, 1}}) {
      ballots.push_back(BallotOf(manifest_, voter, {governance, finance}));
    }
  }
  std::vector<absl::Status> outcomes(ballots.size());
  std::latch start(static_cast<std::ptrdiff_t>(ballots.size()));
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < ballots.size(); ++i) {
    threads.emplace_back([&, i] {
      start.arrive_and_wait();
      outcomes[i] = box_.Cast(ballots[i]).status();
    });
  }
  for (std::thread& thread : threads) thread.join();
  int winner = -1;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    if (!outcomes[i].ok()) {
      EXPECT_THAT(outcomes[i], IsError(StatusCode::kAlreadyExists, "BALLOT_ALREADY_CAST"));
      continue;
    }
    EXPECT_EQ(winner, -1) << "two ballots won";
    winner = static_cast<int>(i);
  }
  ASSERT_NE(winner, -1);
  suite_.clock().Set(Day(9, 23));
  ASSERT_OK(Close());
  EXPECT_EQ(LoggedBallots(), (std::vector<std::string>{ballots[static_cast<std::size_t>(winner)]}));
}

TEST_F(BoxIntakeTest, HasEveryBallotItGaveAReceiptForWhenItClosesInTheMiddle) {
  constexpr int kThreads = 8;
  constexpr int kEach = 12;
  std::vector<std::vector<std::string>> ballots(kThreads);
  for (auto& own : ballots) {
    for (int i = 0; i < kEach; ++i)
      own.push_back(BallotOf(manifest_, MakeVoter(manifest_, random_), {{0}, {}}));
  }
  std::vector<std::vector<std::string>> receipted(kThreads);
  std::latch half(kThreads);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      const auto slot = static_cast<std::size_t>(t);
      for (int i = 0; i < kEach; ++i) {
        if (i == kEach / 4) half.count_down();
        const std::string& ballot = ballots[slot][static_cast<std::size_t>(i)];
        const auto cast = box_.Cast(ballot);
        if (cast.ok()) {
          receipted[slot].push_back(ballot);
        } else {
          EXPECT_THAT(cast, IsError(StatusCode::kFailedPrecondition, "VOTING_CLOSED"));
        }
      }
    });
  }
  half.wait();
  suite_.clock().Set(Day(9, 23));
  ASSERT_OK_AND_ASSIGN(const auto closed, Close());
  const auto at_close = LoggedBallots();
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(CountStored(), std::to_string(at_close.size())) << "a ballot came in behind the close";
  EXPECT_EQ(closed.ballot_count(), static_cast<int>(at_close.size()));
  const std::set<std::string> in_box(at_close.begin(), at_close.end());
  std::size_t receipts = 0;
  for (const auto& own : receipted) {
    for (const std::string& ballot : own) EXPECT_EQ(in_box.count(ballot), 1u);
    receipts += own.size();
  }
  EXPECT_EQ(receipts, in_box.size());
}

// The box on a server that the test may kill.
class BallotBoxOnAServerThatDies : public ::testing::Test {
 protected:
  static db::Settings MakeSchema(const plenary::testing::PrivateServer& server) {
    db::Pool administration(server.SettingsFor(""));
    EXPECT_OK(db::Autocommit(administration, absl::Now() + kPatience, [](db::Session& session) {
      return session.Execute("CREATE DATABASE plenary_ballot_box");
    }));
    const db::Settings settings = server.SettingsFor("plenary_ballot_box");
    EXPECT_OK(db::Migrate(settings,
                          {plenary::testing::MigrationsOf("ballot-box", "services/election/schema/box")}));
    return settings;
  }
  std::optional<std::uint64_t> Acknowledged() {
    return box_.parts->folder().marks().Count(ElectionId(testing::SampleElection().name()));
  }
  NewBallot Ballot(const std::string& bytes) {
    return {.id = crypto::Sha256("key of " + bytes), .ballot_hash = crypto::Sha256(bytes), .ballot = bytes};
  }
  absl::Status TakeOne(const std::string& bytes) {
    return Take(box_.parts->intake(), {.box = box_.parts->boxes().Find(manifest_.hash()),
                                       .ballot = Ballot(bytes),
                                       .deadline = absl::Now() + kPatience});
  }
  // Takes a ballot whose COMMIT waits until the server is dead.
  absl::Status TakeWhileTheServerDies(const std::string& bytes) {
    db::Pool other(settings_, {.max_connections = 1});
    std::thread caster;
    absl::Status answer;
    EXPECT_OK(db::Autocommit(other, absl::Now() + kPatience, [&](db::Session& session) -> absl::Status {
      for (const char* stage : {"START", "FLUSH", "BLOCK_DDL", "BLOCK_COMMIT"}) {
        RETURN_IF_ERROR(session.Execute("BACKUP STAGE " + std::string(stage)).status());
      }
      caster = std::thread([&] { answer = TakeOne(bytes); });
      for (bool committing = false; !committing; std::this_thread::yield()) {
        ASSIGN_OR_RETURN(
            const auto row,
            session.QueryOne("SELECT 1 FROM information_schema.processlist WHERE info = 'COMMIT'"));
        committing = row.has_value();
      }
      server_.Kill();
      return absl::OkStatus();
    }));
    if (caster.joinable()) caster.join();
    return answer;
  }

  plenary::testing::PrivateServer server_{plenary::testing::PrivateServer::BinaryLog::kOff};
  const db::Settings settings_ = MakeSchema(server_);
  db::Pool pool_{settings_};
  TestSuite suite_{Day(9, 16)};
  const testing::TemporaryFolder log_dir_;
  testing::BoxProcess box_{suite_, testing::BoxProcess::Begin(pool_, log_dir_.path())};
  const PublishedManifest manifest_ = *PublishedManifest::Parse(box_.OpenSample());
};

TEST_F(BallotBoxOnAServerThatDies, TellsToCastTheSameBytesAgainAndThenGivesTheReceipt) {
  crypto::SeededRandom random("dies");
  const std::string ballot = BallotOf(manifest_, MakeVoter(manifest_, random), {{0}, {}});
  const auto cast = [&] { return box_.Cast(ballot); };
  ASSERT_OK_AND_ASSIGN(const auto first, cast());

  server_.Kill();
  EXPECT_THAT(cast(), ::testing::AnyOf(IsError(StatusCode::kUnavailable, "BALLOT_OUTCOME_UNKNOWN"),
                                       IsError(StatusCode::kUnavailable, "DATABASE_UNAVAILABLE")));
  server_.Start();
  // Connections to the dead server are dropped as they are found dead; a client just casts again.
  absl::StatusOr<v1::CastBallotResponse> again = cast();
  for (int i = 0; i < 10 && again.status().code() == StatusCode::kUnavailable; ++i) again = cast();
  ASSERT_OK(again);
  EXPECT_EQ(again->receipt(), first.receipt());
  EXPECT_EQ(Acknowledged(), 1u);
}

TEST_F(BallotBoxOnAServerThatDies, CoversABallotWhoseCommitAndLookUpWereLostBeforeItsReceipt) {
  const std::string lost = "lost", later = "later";
  ASSERT_OK(TakeOne("first"));
  ASSERT_THAT(TakeWhileTheServerDies(lost), IsError(StatusCode::kUnavailable, "BALLOT_OUTCOME_UNKNOWN"));
  EXPECT_EQ(Acknowledged(), 1u);
  server_.Start();
  // As if the server had carried the commit out before it died.
  db::Pool other(settings_);
  ASSERT_OK(db::Transact(other, absl::Now() + kPatience, [&](db::Transaction& tx) {
    const NewBallot ballot = Ballot(lost);
    return BoxStore::StoreBallots(tx, ElectionId(testing::SampleElection().name()), {&ballot});
  }));
  absl::Status again = TakeOne(lost);
  for (int i = 0; i < 10 && again.code() == StatusCode::kUnavailable; ++i) again = TakeOne(lost);
  ASSERT_OK(again);
  EXPECT_EQ(Acknowledged(), 2u) << "the receipt went out before the mark covered it";
  ASSERT_OK(TakeOne(later));
  EXPECT_EQ(Acknowledged(), 3u);
}

// What storing ballots waits for, and what the same statements without their lock do not.
class CloseBehindACastTest : public BoxIntakeTest {
 protected:
  static constexpr char kReadCommitted[] = "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED";

  // Runs `cast` at READ COMMITTED while a close is under way and not committed; commits the close once `cast`
  // waits for it or has ended.
  void WhileClosing(const std::function<absl::Status(db::Transaction&)>& cast) {
    db::Pool other(box_.database.settings(), {.max_connections = 1});
    ASSERT_OK(db::Autocommit(other, absl::Now() + kPatience,
                             [](db::Session& session) { return session.Execute(kReadCommitted); }));
    std::atomic<bool> ended = false;
    std::thread caster;
    const absl::Status closed =
        db::Transact(box_.database.pool(), absl::Now() + kPatience, [&](db::Transaction& tx) -> absl::Status {
          RETURN_IF_ERROR(BoxStore::LockForClosing(tx, ElectionId(election_)).status());
          RETURN_IF_ERROR(BoxStore::Close(tx, ElectionId(election_)).status());
          caster = std::thread([&] {
            EXPECT_OK(db::Transact(other, absl::Now() + kPatience, cast));
            ended = true;
          });
          while (!ended && !SomebodyWaitsForALock()) std::this_thread::yield();
          return absl::OkStatus();
        });
    caster.join();
    ASSERT_OK(closed);
  }

  absl::Status StoreOne(db::Transaction& tx) {
    const NewBallot ballot = {
        .id = std::string(32, 'i'), .ballot_hash = std::string(32, 'h'), .ballot = "ballot"};
    return BoxStore::StoreBallots(tx, ElectionId(election_), {&ballot}).status();
  }
};

TEST_F(CloseBehindACastTest, TheBoxsTransactionWaitsForTheCloseAndThenFindsItClosed) {
  WhileClosing([&](db::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(const auto locked, BoxStore::LockForBallots(tx, manifest_.hash()));
    EXPECT_TRUE(locked.has_value());
    return locked->open ? StoreOne(tx) : absl::OkStatus();
  });
  EXPECT_EQ(CountStored(), "0");
}

TEST_F(CloseBehindACastTest, WithoutTheLockABallotSlipsInBehindTheClose) {
  WhileClosing([&](db::Transaction& tx) -> absl::Status {
    ASSIGN_OR_RETURN(
        const auto open,
        tx.QueryOne("SELECT 1 FROM boxes WHERE manifest_hash = ? AND state = 'OPEN'", {manifest_.hash()}));
    return open.has_value() ? StoreOne(tx) : absl::OkStatus();
  });
  EXPECT_EQ(CountStored(), "1") << "the control no longer shows what the lock is for";
}

}  // namespace
}  // namespace plenary::election
