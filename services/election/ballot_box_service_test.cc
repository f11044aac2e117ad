#include "services/election/ballot_box_service.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <latch>
#include <set>
#include <thread>

#include "absl/time/clock.h"
#include "common/crypto/bytes.h"
#include "common/db/transact.h"
#include "common/status/macros.h"
#include "common/testing/every_caller.h"
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
using testing::BallotAround;
using testing::BallotOf;
using testing::Day;
using testing::MakeVoter;

class BallotBoxTest : public ::testing::Test {
 protected:
  BallotBoxTest() : suite_(Day(9, 16)), box_(suite_), election_(testing::SampleElection().name()) {}

  // Opens the box with the sample manifest.
  void SetUp() override {
    bytes_ = ManifestBytes();
    ASSERT_OK(Open(bytes_));
    manifest_ = std::make_unique<PublishedManifest>(*PublishedManifest::Parse(bytes_));
  }

  std::string ManifestBytes() {
    ManifestParts parts = testing::SampleParts(*crypto::Ed25519KeyPair::FromSeed(std::string(32, 'x')));
    parts.box_key = Prepare().value().box_key();
    return BuildManifest(parts).value();
  }
  absl::StatusOr<v1::PrepareBoxResponse> Prepare() {
    v1::PrepareBoxRequest request;
    request.set_election(election_);
    return Invoke(&v1::BallotBoxControlService::Stub::PrepareBox, *box_.control_stub,
                  suite_.Service("election"), request);
  }
  absl::StatusOr<v1::OpenBoxResponse> Open(const std::string& manifest) {
    v1::OpenBoxRequest request;
    request.set_election(election_);
    request.set_manifest(manifest);
    return Invoke(&v1::BallotBoxControlService::Stub::OpenBox, *box_.control_stub, suite_.Service("election"),
                  request);
  }
  absl::StatusOr<v1::CloseBoxResponse> Close() {
    v1::CloseBoxRequest request;
    request.set_election(election_);
    return Invoke(&v1::BallotBoxControlService::Stub::CloseBox, *box_.control_stub,
                  suite_.Service("election"), request);
  }
  absl::StatusOr<v1::GetBoxResponse> Get(const std::string& election) {
    v1::GetBoxRequest request;
    request.set_election(election);
    return Invoke(&v1::BallotBoxService::Stub::GetBox, *box_.box_stub, TestSuite::Anonymous(), request);
  }
  std::string CountStored() { return box_.database.One("SELECT COUNT(*) FROM ballots"); }

  TestSuite suite_;
  testing::BoxServer box_;
  const std::string election_;
  std::string bytes_;
  std::unique_ptr<PublishedManifest> manifest_;
  crypto::SeededRandom random_{"box"};
};

TEST_F(BallotBoxTest, LetsInWhomThePoliciesName) {
  plenary::testing::ExpectEveryPolicyHolds(
      suite_, box_.server.channel(),
      {"plenary.election.v1.BallotBoxService", "plenary.election.v1.BallotBoxControlService"});
}

TEST_F(BallotBoxTest, GivesAReceiptThatProvesTheBallot) {
  const std::string ballot = BallotOf(*manifest_, MakeVoter(*manifest_, random_), {{0, 1}, {1}});
  ASSERT_OK_AND_ASSIGN(const auto cast, box_.Cast(ballot));
  EXPECT_EQ(cast.ballot_hash(), crypto::Sha256(ballot));
  EXPECT_OK(client::VerifyReceipt(*manifest_, ballot, cast.receipt()));
  EXPECT_EQ(CountStored(), "1");
}

TEST_F(BallotBoxTest, GivesTheSameReceiptForTheSameBytesAndKeepsOneBallot) {
  const std::string ballot = BallotOf(*manifest_, MakeVoter(*manifest_, random_), {{0}, {}});
  ASSERT_OK_AND_ASSIGN(const auto first, box_.Cast(ballot));
  ASSERT_OK_AND_ASSIGN(const auto second, box_.Cast(ballot));
  EXPECT_EQ(first.receipt(), second.receipt());
  EXPECT_EQ(CountStored(), "1");
}

TEST_F(BallotBoxTest, RefusesAnotherBallotUnderTheSameKey) {
  const auto voter = MakeVoter(*manifest_, random_);
  const std::string ballot = BallotOf(*manifest_, voter, {{0}, {}});
  ASSERT_OK_AND_ASSIGN(const auto first, box_.Cast(ballot));
  EXPECT_THAT(box_.Cast(BallotOf(*manifest_, voter, {{1}, {}})),
              IsError(StatusCode::kAlreadyExists, "BALLOT_ALREADY_CAST"));
  EXPECT_EQ(CountStored(), "1");
  ASSERT_OK_AND_ASSIGN(const auto again, box_.Cast(ballot));
  EXPECT_EQ(again.receipt(), first.receipt()) << "the first ballot stands";
}

TEST_F(BallotBoxTest, RefusesACallThatShowsAnIdentity) {
  const std::string ballot = BallotOf(*manifest_, MakeVoter(*manifest_, random_), {{0}, {}});
  EXPECT_THAT(box_.Cast(ballot, suite_.Person("people/ada")),
              IsError(StatusCode::kInvalidArgument, "IDENTITY_ATTACHED"));
  EXPECT_THAT(box_.Cast(ballot, suite_.Service("election")),
              IsError(StatusCode::kInvalidArgument, "IDENTITY_ATTACHED"));
  auto with_cookie = TestSuite::Anonymous();
  with_cookie->AddMetadata("cookie", "session=1");
  EXPECT_THAT(box_.Cast(ballot, std::move(with_cookie)),
              IsError(StatusCode::kInvalidArgument, "IDENTITY_ATTACHED"));
  EXPECT_EQ(CountStored(), "0");
  EXPECT_OK(box_.Cast(ballot)) << "the vote is not used up";
}

TEST_F(BallotBoxTest, RefusesEveryLengthButOne) {
  const std::string ballot = BallotOf(*manifest_, MakeVoter(*manifest_, random_), {{0}, {}});
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, std::size_t{35}, std::size_t{36}, ballot.size() - 1}) {
    EXPECT_THAT(box_.Cast(ballot.substr(0, size)),
                IsError(StatusCode::kInvalidArgument, "BALLOT_LENGTH_INVALID"))
        << size;
  }
  EXPECT_THAT(box_.Cast(ballot + '\0'), IsError(StatusCode::kInvalidArgument, "BALLOT_LENGTH_INVALID"));
  EXPECT_EQ(CountStored(), "0");
  EXPECT_OK(box_.Cast(ballot)) << "the vote is not used up";
}

TEST_F(BallotBoxTest, RefusesWhatIsNoBallotOfThisElection) {
  const std::string ballot = BallotOf(*manifest_, MakeVoter(*manifest_, random_), {{0}, {}});
  EXPECT_THAT(box_.Cast("PLB2" + ballot.substr(4)),
              IsError(StatusCode::kInvalidArgument, "BALLOT_MALFORMED"));
  std::string elsewhere = ballot;
  elsewhere[4] ^= 1;
  EXPECT_THAT(box_.Cast(elsewhere), IsError(StatusCode::kNotFound, "MANIFEST_UNKNOWN"));
  EXPECT_EQ(CountStored(), "0");
}

TEST_F(BallotBoxTest, RefusesWrongSignatures) {
  const auto voter = MakeVoter(*manifest_, random_);
  const std::string ballot = BallotOf(*manifest_, voter, {{0}, {}});
  for (const std::size_t at : {std::size_t{68}, std::size_t{100}, std::size_t{483}}) {
    std::string wrong = ballot;
    wrong[at] ^= 1;
    EXPECT_THAT(box_.Cast(wrong), IsError(StatusCode::kInvalidArgument, "CREDENTIAL_INVALID")) << at;
  }
  // A credential of one key does not cover another key.
  testing::TestVoter thief = MakeVoter(*manifest_, random_);
  thief.credentials = voter.credentials;
  EXPECT_THAT(box_.Cast(BallotOf(*manifest_, thief, {{0}, {}})),
              IsError(StatusCode::kInvalidArgument, "CREDENTIAL_INVALID"));
  for (const std::size_t at : {std::size_t{484}, ballot.size() - 64, ballot.size() - 1}) {
    std::string wrong = ballot;
    wrong[at] ^= 1;
    EXPECT_THAT(box_.Cast(wrong), IsError(StatusCode::kInvalidArgument, "BALLOT_SIGNATURE_INVALID")) << at;
  }
  EXPECT_EQ(CountStored(), "0");
  EXPECT_OK(box_.Cast(ballot)) << "the vote is not used up";
}

TEST_F(BallotBoxTest, RefusesChoicesThatCouldNotBeCounted) {
  const auto voter = MakeVoter(*manifest_, random_);
  const auto key = *crypto::Ed25519KeyPair::FromSeed(voter.seed);
  const std::size_t length = manifest_->plaintext_length();
  const auto around = [&](const std::vector<std::vector<int>>& marks) {
    return BallotAround(
        *manifest_, voter,
        EncodePlaintext(key.public_key().bytes(), EncodeChoices(testing::MarksOf(marks)), length));
  };
  EXPECT_THAT(box_.Cast(around({{0, 1, 2}, {}})), IsError(StatusCode::kInvalidArgument, "TOO_MANY_MARKS"));
  EXPECT_THAT(box_.Cast(around({{3}, {}})), IsError(StatusCode::kInvalidArgument, "OPTION_UNKNOWN"));
  EXPECT_THAT(box_.Cast(around({{1, 0}, {}})), IsError(StatusCode::kInvalidArgument, "PLAINTEXT_INVALID"));
  EXPECT_THAT(box_.Cast(around({{1}})), IsError(StatusCode::kInvalidArgument, "PLAINTEXT_INVALID"));
  EXPECT_THAT(box_.Cast(BallotAround(*manifest_, voter, std::string(length, 'x'))),
              IsError(StatusCode::kInvalidArgument, "PLAINTEXT_INVALID"));
  EXPECT_EQ(CountStored(), "0");
  EXPECT_OK(box_.Cast(around({{}, {}}))) << "a blank ballot is a ballot";
}

TEST_F(BallotBoxTest, TakesBallotsBetweenItsTimesOnly) {
  const std::string ballot = BallotOf(*manifest_, MakeVoter(*manifest_, random_), {{0}, {}});
  suite_.clock().Set(Day(9, 15) - absl::Seconds(1));
  EXPECT_THAT(box_.Cast(ballot), IsError(StatusCode::kFailedPrecondition, "VOTING_NOT_OPEN"));
  suite_.clock().Set(Day(9, 23));
  EXPECT_THAT(box_.Cast(ballot), IsError(StatusCode::kFailedPrecondition, "VOTING_CLOSED"));
  EXPECT_EQ(CountStored(), "0");
  suite_.clock().Set(Day(9, 15));
  EXPECT_OK(box_.Cast(ballot));
}

TEST_F(BallotBoxTest, GivesAReceiptAfterTheCloseForABallotCastInTime) {
  const auto voter = MakeVoter(*manifest_, random_);
  const std::string ballot = BallotOf(*manifest_, voter, {{0}, {}});
  ASSERT_OK_AND_ASSIGN(const auto in_time, box_.Cast(ballot));
  suite_.clock().Set(Day(9, 23));
  ASSERT_OK(Close());
  ASSERT_OK_AND_ASSIGN(const auto late, box_.Cast(ballot));
  EXPECT_EQ(late.receipt(), in_time.receipt());
  EXPECT_THAT(box_.Cast(BallotOf(*manifest_, voter, {{1}, {}})),
              IsError(StatusCode::kAlreadyExists, "BALLOT_ALREADY_CAST"));
}

TEST_F(BallotBoxTest, ServesItsBoxesAgainAfterARestart) {
  ServedBoxes restarted;
  ASSERT_OK(restarted.LoadAll(box_.database.pool()));
  ASSERT_NE(restarted.Find(manifest_->hash()), nullptr);
  EXPECT_EQ(restarted.Find(std::string(32, 'x')), nullptr);
}

TEST_F(BallotBoxTest, ShowsItsStateAndManifest) {
  EXPECT_THAT(Get("elections/absent"), IsError(StatusCode::kNotFound, "BOX_NOT_FOUND"));
  ASSERT_OK_AND_ASSIGN(const auto open, Get(election_));
  EXPECT_EQ(open.state(), v1::GetBoxResponse::STATE_OPEN);
  EXPECT_EQ(open.manifest_hash(), manifest_->hash());
  EXPECT_EQ(open.box_key(), manifest_->manifest().box_key());
  suite_.clock().Set(Day(9, 23));
  ASSERT_OK(Close());
  ASSERT_OK_AND_ASSIGN(const auto closed, Get(election_));
  EXPECT_EQ(closed.state(), v1::GetBoxResponse::STATE_CLOSED);
}

TEST_F(BallotBoxTest, ListsBallotsByHashOnceItIsClosed) {
  std::set<std::string> hashes;
  for (int i = 0; i < 110; ++i) {
    ASSERT_OK_AND_ASSIGN(const auto cast,
                         box_.Cast(BallotOf(*manifest_, MakeVoter(*manifest_, random_), {{i % 3}, {}})));
    hashes.insert(cast.ballot_hash());
  }
  EXPECT_THAT(box_.List(election_), IsError(StatusCode::kFailedPrecondition, "BOX_NOT_CLOSED"));
  EXPECT_THAT(box_.List("elections/absent"), IsError(StatusCode::kNotFound, "BOX_NOT_FOUND"));
  EXPECT_THAT(Close(), IsError(StatusCode::kFailedPrecondition, "VOTING_STILL_OPEN"));
  suite_.clock().Set(Day(9, 23));
  ASSERT_OK_AND_ASSIGN(const auto closed, Close());
  EXPECT_EQ(closed.ballot_count(), 110);
  ASSERT_OK_AND_ASSIGN(const auto again, Close());
  EXPECT_EQ(again.ballot_count(), 110);
  ASSERT_OK_AND_ASSIGN(const auto ballots, box_.List(election_));
  std::vector<std::string> listed;
  for (const std::string& ballot : ballots) listed.push_back(crypto::Sha256(ballot));
  EXPECT_EQ(listed, std::vector<std::string>(hashes.begin(), hashes.end()));
  EXPECT_LT(box_.largest_answer, 64u * 1024);
  EXPECT_GT(box_.largest_answer, 32u * 1024);
}

TEST_F(BallotBoxTest, KeepsOneManifestForEver) {
  ASSERT_OK_AND_ASSIGN(const auto again, Open(bytes_));
  EXPECT_EQ(again.manifest_hash(), manifest_->hash());
  v1::Manifest other = manifest_->manifest();
  other.set_display_name("Another ballot");
  EXPECT_THAT(Open(other.SerializeAsString()), IsError(StatusCode::kAlreadyExists, "MANIFEST_FIXED"));
  other.set_box_key(std::string(32, 'k'));
  EXPECT_THAT(Open(other.SerializeAsString()), IsError(StatusCode::kFailedPrecondition, "MANIFEST_MISMATCH"));
  EXPECT_THAT(Open("noise"), IsError(StatusCode::kInvalidArgument, "MANIFEST_INVALID"));
}

TEST_F(BallotBoxTest, MakesOneKeyAnElection) {
  ASSERT_OK_AND_ASSIGN(const auto again, Prepare());
  EXPECT_EQ(again.box_key(), manifest_->manifest().box_key());
}

TEST_F(BallotBoxTest, TakesControlFromTheElectionServiceOnly) {
  v1::CloseBoxRequest request;
  request.set_election(election_);
  for (const auto& make : std::vector<std::function<std::unique_ptr<grpc::ClientContext>()>>{
           [&] { return suite_.Staff(); }, [&] { return suite_.Service("membership"); },
           [&] { return suite_.Person("people/officer"); }}) {
    EXPECT_THAT(Invoke(&v1::BallotBoxControlService::Stub::CloseBox, *box_.control_stub, make(), request),
                IsError(StatusCode::kPermissionDenied, "NOT_ALLOWED"));
  }
  EXPECT_THAT(Invoke(&v1::BallotBoxControlService::Stub::CloseBox, *box_.control_stub, TestSuite::Anonymous(),
                     request),
              IsError(StatusCode::kUnauthenticated, "SIGN_IN_NEEDED"));
  EXPECT_EQ(Get(election_)->state(), v1::GetBoxResponse::STATE_OPEN);
}

TEST_F(BallotBoxTest, KeepsNoTimeNoOrderAndNoName) {
  const auto columns = box_.database.Column(
      "SELECT column_name FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = "
      "'ballots' "
      "ORDER BY ordinal_position");
  EXPECT_EQ(columns, (std::vector<std::string>{"id", "election", "ballot_hash", "ballot"}));
  EXPECT_EQ(
      box_.database.One("SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE() AND "
                        "table_name IN ('outbox', 'requests', 'audit')"),
      "0");
}

TEST_F(BallotBoxTest, LetsExactlyOneOfSixteenBallotsUnderOneKeyWin) {
  const auto voter = MakeVoter(*manifest_, random_);
  std::vector<std::string> ballots;
  for (const std::vector<int>& governance : std::vector<std::vector<int>>{{}, {0}, {1}, {2}}) {
    for (const std::vector<int>& finance : std::vector<std::vector<int>>{{}, {0}, {1}, {0, 1}}) {
      ballots.push_back(BallotOf(*manifest_, voter, {governance, finance}));
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
  ASSERT_OK_AND_ASSIGN(const auto stored, box_.List(election_));
  EXPECT_EQ(stored, (std::vector<std::string>{ballots[static_cast<std::size_t>(winner)]}));
}

TEST_F(BallotBoxTest, HasEveryBallotItGaveAReceiptForWhenItClosesInTheMiddle) {
  constexpr int kThreads = 8;
  constexpr int kEach = 12;
  std::vector<std::vector<std::string>> ballots(kThreads);
  for (auto& own : ballots) {
    for (int i = 0; i < kEach; ++i)
      own.push_back(BallotOf(*manifest_, MakeVoter(*manifest_, random_), {{0}, {}}));
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
  ASSERT_OK_AND_ASSIGN(const auto at_close, box_.List(election_));
  for (std::thread& thread : threads) thread.join();
  ASSERT_OK_AND_ASSIGN(const auto later, box_.List(election_));
  EXPECT_EQ(at_close, later) << "a ballot came in behind the close";
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
TEST(BallotBoxOnAServerThatDies, TellsToCastTheSameBytesAgainAndThenGivesTheReceipt) {
  plenary::testing::PrivateServer server(plenary::testing::PrivateServer::BinaryLog::kOff);
  db::Pool administration(server.SettingsFor(""));
  ASSERT_OK(db::Autocommit(administration, absl::Now() + absl::Seconds(20), [](db::Session& session) {
    return session.Execute("CREATE DATABASE plenary_ballot_box");
  }));
  const db::Settings settings = server.SettingsFor("plenary_ballot_box");
  ASSERT_OK(
      db::Migrate(settings, {plenary::testing::MigrationsOf("ballot-box", "services/election/schema/box")}));
  db::Pool pool(settings);
  const auto key = *crypto::Ed25519KeyPair::FromSeed(std::string(32, 'b'));
  const std::string manifest_bytes = *BuildManifest(testing::SampleParts(key));
  const auto manifest = *PublishedManifest::Parse(manifest_bytes);
  const std::string election = ElectionId(testing::SampleElection().name());
  ASSERT_OK(db::Autocommit(pool, absl::Now() + absl::Seconds(20), [&](db::Session& session) -> absl::Status {
    RETURN_IF_ERROR(BoxStore::Insert(session, election, std::string(32, 'b')).status());
    return BoxStore::Open(session, election, manifest.hash(), manifest_bytes).status();
  }));
  TestSuite suite(Day(9, 16));
  ServedBoxes boxes;
  ASSERT_OK(boxes.LoadAll(pool));
  BallotBoxServiceImpl service(suite.edge(), pool, boxes);
  plenary::testing::Loopback loopback({&service});
  const auto stub = v1::BallotBoxService::NewStub(loopback.channel());
  crypto::SeededRandom random("dies");
  v1::CastBallotRequest request;
  request.set_ballot(BallotOf(manifest, MakeVoter(manifest, random), {{0}, {}}));
  const auto cast = [&] {
    return Invoke(&v1::BallotBoxService::Stub::CastBallot, *stub, TestSuite::Anonymous(), request);
  };
  ASSERT_OK_AND_ASSIGN(const auto first, cast());

  server.Kill();
  EXPECT_THAT(cast(), ::testing::AnyOf(IsError(StatusCode::kUnavailable, "BALLOT_OUTCOME_UNKNOWN"),
                                       IsError(StatusCode::kUnavailable, "DATABASE_UNAVAILABLE")));
  server.Start();
  // Connections to the dead server are dropped as they are found dead; a client just casts again.
  absl::StatusOr<v1::CastBallotResponse> again = cast();
  for (int i = 0; i < 10 && again.status().code() == StatusCode::kUnavailable; ++i) again = cast();
  ASSERT_OK(again);
  EXPECT_EQ(again->receipt(), first.receipt());
}

// What the box's own statement waits for, and what the same statement without its lock does not.
class CloseBehindACastTest : public BallotBoxTest {
 protected:
  static constexpr char kWithoutLock[] =
      "INSERT INTO ballots (id, election, ballot_hash, ballot) SELECT ?, election, ?, ? FROM boxes "
      "WHERE manifest_hash = ? AND state = 'OPEN'";
  static constexpr char kReadCommitted[] = "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED";

  // Runs `cast` at READ COMMITTED while a close is under way and not committed; commits the close once `cast`
  // waits for it or has ended.
  void WhileClosing(const std::function<absl::Status(db::Session&)>& cast) {
    db::Pool other(box_.database.settings());
    std::atomic<bool> ended = false;
    std::thread caster;
    const absl::Status closed = db::Transact(
        box_.database.pool(), absl::Now() + absl::Seconds(20), [&](db::Transaction& tx) -> absl::Status {
          const auto changed = tx.Execute("UPDATE boxes SET state = 'CLOSED'");
          if (!changed.ok()) return changed.status();
          caster = std::thread([&] {
            EXPECT_OK(db::Autocommit(other, absl::Now() + absl::Seconds(20),
                                     [&](db::Session& session) -> absl::Status {
                                       if (const auto set = session.Execute(kReadCommitted); !set.ok())
                                         return set.status();
                                       return cast(session);
                                     }));
            ended = true;
          });
          while (!ended &&
                 box_.database.One("SELECT VARIABLE_VALUE FROM information_schema.global_status WHERE "
                                   "VARIABLE_NAME = 'INNODB_ROW_LOCK_CURRENT_WAITS'") == "0") {
            std::this_thread::yield();
          }
          return absl::OkStatus();
        });
    caster.join();
    ASSERT_OK(closed);
  }

  NewBallot Ballot() {
    return {.id = std::string(32, 'i'),
            .ballot_hash = std::string(32, 'h'),
            .manifest_hash = manifest_->hash(),
            .ballot = "ballot"};
  }
};

TEST_F(CloseBehindACastTest, TheBoxsStatementWaitsForTheCloseAndThenStoresNothing) {
  WhileClosing([&](db::Session& session) -> absl::Status {
    const auto stored = BoxStore::StoreBallot(session, Ballot());
    EXPECT_TRUE(stored.ok() && *stored == Stored::kBoxNotOpen);
    return stored.status();
  });
  EXPECT_EQ(CountStored(), "0");
}

TEST_F(CloseBehindACastTest, WithoutTheLockABallotSlipsInBehindTheClose) {
  WhileClosing([&](db::Session& session) -> absl::Status {
    const NewBallot ballot = Ballot();
    return session.Insert(kWithoutLock, {ballot.id, ballot.ballot_hash, ballot.ballot, ballot.manifest_hash})
        .status();
  });
  EXPECT_EQ(CountStored(), "1") << "the control no longer shows what the lock is for";
}

}  // namespace
}  // namespace plenary::election
