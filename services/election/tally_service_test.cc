#include "services/election/tally_service.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <latch>
#include <memory>
#include <thread>

#include "common/crypto/bytes.h"
#include "fmt/format.h"
#include "services/election/limits_tally.h"
#include "services/election/testing/election_server.h"

namespace plenary::election {
namespace {

using absl::StatusCode;
using plenary::testing::HasReason;
using plenary::testing::IsError;
using testing::Day;

// What StreamClosing showed.
struct ShownClosing {
  std::string checkpoint;
  std::vector<std::string> lists;
  std::size_t answers = 0;
  std::size_t largest_content = 0;
};

// Passes on the log of the real box, and lets the test look around while it does.
class WatchedBox final : public v1::BallotBoxService::Service {
 public:
  explicit WatchedBox(const std::shared_ptr<grpc::Channel>& real)
      : real_(v1::BallotBoxService::NewStub(real)) {}

  std::function<void(const grpc::ServerContext&)> look;

 private:
  grpc::Status ListEntries(grpc::ServerContext* context, const v1::ListEntriesRequest* request,
                           grpc::ServerWriter<v1::ListEntriesResponse>* writer) override {
    look(*context);
    const auto anonymous = plenary::testing::TestSuite::Anonymous();
    const auto reader = real_->ListEntries(anonymous.get(), *request);
    for (v1::ListEntriesResponse part; reader->Read(&part);) writer->Write(part);
    return reader->Finish();
  }

  std::unique_ptr<v1::BallotBoxService::Stub> real_;
};

class TallyServiceTest : public testing::ElectionTest {
 protected:
  absl::StatusOr<ShownClosing> ShowClosing() {
    v1::StreamClosingRequest request;
    request.set_election(election_);
    const auto context = TestSuite::Anonymous();
    const auto reader = tallies_->StreamClosing(context.get(), request);
    ShownClosing shown;
    for (v1::StreamClosingResponse part; reader->Read(&part);) {
      if (shown.answers++ == 0) {
        shown.checkpoint = part.checkpoint();
      } else {
        EXPECT_EQ(part.checkpoint(), "") << "it is in the first answer alone";
      }
      shown.lists.resize(std::max(shown.lists.size(), static_cast<std::size_t>(part.registrar()) + 1));
      shown.lists[static_cast<std::size_t>(part.registrar())] += part.content();
      shown.largest_content = std::max(shown.largest_content, part.content().size());
    }
    const grpc::Status status = reader->Finish();
    if (!status.ok()) return FromGrpcStatus(status);
    return shown;
  }
  absl::StatusOr<v1::Result> GetResult() {
    v1::GetResultRequest request;
    request.set_election(election_);
    return Ask(&Tallies::GetResult, *tallies_, TestSuite::Anonymous(), request);
  }
  absl::StatusOr<v1::CountReport> Report(const std::string& contest) {
    v1::GetCountReportRequest request;
    request.set_contest(contest);
    return Ask(&Tallies::GetCountReport, *tallies_, TestSuite::Anonymous(), request);
  }
  absl::StatusOr<v1::CountReport> ReportOf(const std::string& contest) {
    return Report(election_ + "/contests/" + contest);
  }
  // The name of an option of the sample polls, "logo/swirl".
  std::string Option(const std::string& contest, const std::string& option) const {
    return election_ + "/contests/" + contest + "/options/" + option;
  }
  // The sample polls: Lantern ahead of Anchor and Swirl; scores of 7 for Onward, 5 for none of these, 3 for
  // Together.
  void VoteOnPollsAndClose() {
    CallElectionWithKeys(testing::WantedPolls());
    PublishAndOpen();
    const auto anchor = Option("logo", "anchor");
    const auto lantern = Option("logo", "lantern");
    const auto swirl = Option("logo", "swirl");
    Vote("company-1", {{lantern, 1}, {anchor, 2}, {swirl, 2}, {Option("motto", "onward"), 5}});
    Vote("company-2",
         {{anchor, 2}, {lantern, 1}, {Option("motto", "onward"), 2}, {Option("motto", "together"), 3}});
    Vote("company-3", {{swirl, 1}, {Option("motto", "none-of-these"), 5}});
    suite_.clock().Set(Day(9, 23));
    CloseAndRelease();
  }
  void CloseAndRelease() {
    ASSERT_OK(Close());
    trustees_.ReleaseAll();
  }
  // ben 3, ada 2, cem 1; dee 1; one blank in finance for each other. Voting has closed.
  void VoteToTheEnd() {
    OpenVoting();
    Vote("company-1", {ben_, ada_});
    Vote("company-2", {ben_, ada_, dee_});
    Vote("company-3", {ben_, cem_});
    suite_.clock().Set(Day(9, 23));
  }
  void VoteAndClose() {
    VoteToTheEnd();
    CloseAndRelease();
  }
  // A ballot with these marks of somebody who collected, whatever a box takes; its hash.
  std::string CastMarks(const std::string& company, const counting::Ballot& marks) {
    v1::GetManifestRequest request;
    request.set_name(election_);
    const auto shown = Ask(&Elections::GetManifest, *elections_, TestSuite::Anonymous(), request);
    const auto manifest = PublishedManifest::Parse(shown->manifest());
    const auto voter = testing::MakeVoter(*manifest, box_.random);
    for (testing::FakeRegistrar* registrar : {&registrar_, &auditor_}) {
      registrar->issued[company].set_blinded_msg(company);
    }
    const auto key = crypto::Ed25519KeyPair::FromSeed(voter.seed);
    const std::string ballot = testing::BallotAround(
        *manifest, voter,
        EncodePlaintext(key->public_key().bytes(), EncodeChoices(marks), manifest->plaintext_length()));
    EXPECT_OK(box_.Cast(ballot));
    return crypto::Sha256(ballot);
  }
};

TEST_F(TallyServiceTest, ClosesOpensAndCounts) {
  VoteToTheEnd();
  ASSERT_OK_AND_ASSIGN(const auto closed, Close());
  EXPECT_EQ(closed.state(), v1::Election::STATE_CLOSED);
  EXPECT_EQ(closed.phase(), v1::Election::PHASE_COUNTING);
  trustees_.ReleaseAll();
  EXPECT_THAT(GetResult(), IsError(StatusCode::kNotFound, "RESULT_NOT_FOUND"));
  ASSERT_OK_AND_ASSIGN(const auto result, Count());
  EXPECT_EQ(result.state(), v1::Result::STATE_PROVISIONAL);
  EXPECT_EQ(result.ballot_count(), 3);
  EXPECT_EQ(result.issued_count(), 3);
  EXPECT_EQ(result.roll_count(), testing::kCompanies);
  EXPECT_EQ(result.spoilt_size(), 0);
  EXPECT_EQ(result.contests(0).options(0).option(), ben_);
  EXPECT_EQ(result.contests(0).options(0).votes(), 3);
  EXPECT_EQ(result.contests(0).options(1).option(), ada_);
  EXPECT_EQ(result.contests(1).vacancies(), 2);
  EXPECT_EQ(result.contests(1).blank_count(), 2);
  ASSERT_OK_AND_ASSIGN(const auto shown, GetResult());
  EXPECT_EQ(shown.SerializeAsString(), result.SerializeAsString());
  EXPECT_EQ(GetElection()->state(), v1::Election::STATE_COUNTED);

  // The lots follow from the final root and every secret.
  ASSERT_OK_AND_ASSIGN(const auto checkpoints, box_.Checkpoints(election_));
  std::string seed = result.lot_seed();
  EXPECT_EQ(seed.size(), 4 * 32u);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(seed.substr(32 * (i + 1), 32), trustees_.keys[i].tally_secret);
  }
  EXPECT_EQ(database_.One("SELECT HEX(checkpoint) FROM closings"),
            database_.One("SELECT UPPER('" + crypto::HexEncode(checkpoints.back()) + "')"));
}

TEST_F(TallyServiceTest, ClosesOnceAndForAll) {
  VoteToTheEnd();
  const std::string request_id = RandomUuid();
  ASSERT_OK_AND_ASSIGN(const auto first, Close(request_id));
  ASSERT_OK_AND_ASSIGN(const auto repeated, Close(request_id));
  EXPECT_EQ(repeated.SerializeAsString(), first.SerializeAsString());
  ASSERT_OK_AND_ASSIGN(const auto again, Close());
  EXPECT_EQ(again.state(), v1::Election::STATE_CLOSED);
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM closings"), "1");
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM issuance_lists"), "2");
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM audit WHERE act LIKE '%CloseElection'"), "1");
}

TEST_F(TallyServiceTest, ClosesAgainWhatTheBoxClosedBeforeTheAnswerWasLost) {
  VoteToTheEnd();
  ASSERT_OK(Close());
  database_.Run("DELETE FROM closings");
  database_.Run("DELETE FROM issuance_lists");
  database_.Run("UPDATE elections SET state = 'STATE_PUBLISHED'");
  ASSERT_OK(Close());
  trustees_.ReleaseAll();
  EXPECT_OK(Count());
}

TEST_F(TallyServiceTest, ClosesOverNoListThatIsNotARegistrarsOwn) {
  VoteToTheEnd();
  struct Row {
    const char* sentence;
    std::string list;
  };
  std::string altered = auditor_.IssuanceList();
  altered[50] = static_cast<char>(altered[50] ^ 1);
  for (const Row& row : {Row{"the other registrar's", registrar_.IssuanceList()}, Row{"altered", altered},
                         Row{"cut short", altered.substr(1)}}) {
    auditor_.list_to_show = row.list;
    const auto refused = Close();
    EXPECT_THAT(refused, IsError(StatusCode::kDataLoss, "ISSUANCE_LIST_INVALID")) << row.sentence;
    EXPECT_THAT(std::string(refused.status().message()), ::testing::HasSubstr("registrar 2")) << row.sentence;
  }
  auditor_.list_to_show.clear();
  rolls_.roll = testing::SampleRoll().substr(0, 8);
  EXPECT_THAT(Close(), IsError(StatusCode::kDataLoss, "ROLL_CHANGED"));
  rolls_.roll = testing::SampleRoll();
  auditor_.issued["company-41"].set_blinded_msg("of nobody on the roll");
  EXPECT_THAT(Close(), HasReason("ISSUANCE_LIST_INVALID"));
  EXPECT_EQ(GetElection()->state(), v1::Election::STATE_PUBLISHED);
  EXPECT_EQ(box_.database.One("SELECT state FROM boxes"), "OPEN");
  auditor_.issued.erase("company-41");
  EXPECT_OK(Close());
}

TEST_F(TallyServiceTest, ShowsWhatItWasClosedOverWhoeverIsStillRun) {
  VoteToTheEnd();
  EXPECT_THAT(ShowClosing(), IsError(StatusCode::kFailedPrecondition, "ELECTION_NOT_CLOSED"));
  const std::vector<std::string> lists = {registrar_.IssuanceList(), auditor_.IssuanceList()};
  ASSERT_OK(Close());
  ASSERT_OK_AND_ASSIGN(const auto checkpoints, box_.Checkpoints(election_));
  for (testing::FakeRegistrar* registrar : {&registrar_, &auditor_}) registrar->list_to_show = "forgotten";
  ASSERT_OK_AND_ASSIGN(const ShownClosing shown, ShowClosing());
  EXPECT_EQ(shown.lists, lists);
  EXPECT_EQ(shown.checkpoint, checkpoints.back());

  election_ = "elections/absent";
  EXPECT_THAT(ShowClosing(), IsError(StatusCode::kNotFound, "ELECTION_NOT_FOUND"));
}

TEST_F(TallyServiceTest, ShowsListsThatAreLongerThanAMessageInPieces) {
  VoteToTheEnd();
  ASSERT_OK(Close());
  constexpr std::size_t kLong = 5 * 1024 * 1024;
  for (const char* registrar : {"0", "1"}) {
    database_.Run(fmt::format("UPDATE issuance_lists SET list = REPEAT('{}', {}) WHERE registrar = {}",
                              registrar, kLong, registrar));
  }
  ASSERT_OK_AND_ASSIGN(const ShownClosing shown, ShowClosing());
  EXPECT_EQ(shown.lists, std::vector<std::string>({std::string(kLong, '0'), std::string(kLong, '1')}));
  EXPECT_EQ(shown.largest_content, kClosingBytesAMessage);
  EXPECT_EQ(shown.answers, 2 * kLong / kClosingBytesAMessage);
}

TEST_F(TallyServiceTest, ShowsNoClosingOfAnElectionFromBeforeThereWereLogs) {
  VoteAndClose();
  ASSERT_OK(Count());
  database_.Run("DELETE FROM closings");
  const auto refused = ShowClosing();
  EXPECT_THAT(refused, IsError(StatusCode::kFailedPrecondition, "ELECTION_NOT_CLOSED"));
  EXPECT_THAT(std::string(refused.status().message()), ::testing::HasSubstr("before ballots were sealed"));
}

TEST_F(TallyServiceTest, CountsForMinutesAndHoldsNoConnectionToTheDatabaseMeanwhile) {
  VoteAndClose();
  db::Pool pool(database_.settings(), {.max_connections = 1});
  WatchedBox box(box_.server.channel());
  const plenary::testing::Loopback box_server({&box});
  const Peers peers(suite_.Caller("election"), {.membership = peer_server_.channel(),
                                                .auditor = auditor_server_.channel(),
                                                .committee = peer_server_.channel(),
                                                .ethics = peer_server_.channel(),
                                                .ballot_box = box_server.channel()});
  TallyServiceImpl tally_service(suite_.edge(), pool, peers, effects_);
  const plenary::testing::Loopback server({&tally_service});
  const auto stub = v1::TallyService::NewStub(server.channel());
  absl::Duration given;
  absl::Status free_connection = absl::UnknownError("nobody looked");
  box.look = [&](const grpc::ServerContext& context) {
    given = absl::FromChrono(context.deadline()) - absl::Now();
    free_connection = pool.Acquire(absl::Now() + absl::Seconds(5)).status();
  };
  v1::CountElectionRequest request;
  request.set_election(election_);
  auto context = Officer();
  context->set_deadline(absl::ToChronoTime(absl::InfiniteFuture()));
  ASSERT_OK(Ask(&Tallies::CountElection, *stub, std::move(context), request));
  EXPECT_OK(free_connection);
  EXPECT_GT(given, 10 * rpc::kLongestUnaryCall);
  EXPECT_LE(given, rpc::kLongestStream + absl::Seconds(1)) << "gRPC rounds the timeout up";
}

TEST_F(TallyServiceTest, CountsNothingBeforeEverySecretIsReleased) {
  VoteToTheEnd();
  ASSERT_OK(Close());
  ASSERT_OK(trustees_.ReleaseSecret(0));
  ASSERT_OK(trustees_.ReleaseSecret(2));
  const auto refused = Count();
  EXPECT_THAT(refused, IsError(StatusCode::kFailedPrecondition, "TALLY_SECRETS_MISSING"));
  EXPECT_THAT(std::string(refused.status().message()), ::testing::HasSubstr("people/tom"));
  ASSERT_OK(trustees_.ReleaseShare(0, 1));
  ASSERT_OK(trustees_.ReleaseShare(2, 1));
  EXPECT_OK(Count()) << "two made up for the third";
}

TEST_F(TallyServiceTest, CountsPollsAndShowsHow) {
  VoteOnPollsAndClose();
  EXPECT_THAT(ReportOf("logo"), IsError(StatusCode::kNotFound, "RESULT_NOT_FOUND"));
  ASSERT_OK_AND_ASSIGN(const auto result, Count());
  const v1::ContestResult& logo = result.contests(0);
  EXPECT_EQ(logo.method(), v1::COUNTING_METHOD_SCHULZE);
  EXPECT_EQ(logo.options(0).option(), Option("logo", "lantern"));
  EXPECT_TRUE(logo.options(0).elected());
  EXPECT_EQ(logo.options(0).term_years(), 0);
  const v1::ContestResult& motto = result.contests(1);
  EXPECT_EQ(motto.options(0).option(), Option("motto", "onward"));
  EXPECT_EQ(motto.options(0).votes(), 7);
  EXPECT_EQ(motto.options(1).option(), Option("motto", "none-of-these"));
  EXPECT_TRUE(motto.options(1).none_of_these());
  EXPECT_FALSE(motto.options(1).elected());
  EXPECT_EQ(motto.options(2).votes(), 3);

  ASSERT_OK_AND_ASSIGN(const auto report, ReportOf("logo"));
  EXPECT_EQ(crypto::Sha256(report.SerializeAsString()), logo.report_sha256());
  EXPECT_EQ(report.lot_seed(), result.lot_seed());
  EXPECT_EQ(report.options(0).display_name(), "Anchor");
  // Lantern over Anchor on two of three ballots.
  EXPECT_EQ(report.pairwise().preferences(1 * 3 + 0), 2);
  ASSERT_OK_AND_ASSIGN(const auto scores, ReportOf("motto"));
  EXPECT_EQ(scores.stages(0).votes(0), 7);
  for (const char* absent : {"absent", "", "logo/options/swirl"}) {
    EXPECT_THAT(ReportOf(absent), IsError(StatusCode::kNotFound, "CONTEST_NOT_FOUND")) << absent;
  }
  for (const char* absent : {"", "logo"}) {
    EXPECT_THAT(Report(absent), IsError(StatusCode::kNotFound, "CONTEST_NOT_FOUND")) << absent;
  }
}

TEST_F(TallyServiceTest, TellsAnUnknownElectionFromOneThatWasNotCountedYet) {
  CallElection();
  EXPECT_THAT(GetResult(), IsError(StatusCode::kNotFound, "RESULT_NOT_FOUND"));
  EXPECT_THAT(ReportOf("governance"), IsError(StatusCode::kNotFound, "RESULT_NOT_FOUND"));
  EXPECT_THAT(Report("elections/absent/contests/governance"),
              IsError(StatusCode::kNotFound, "ELECTION_NOT_FOUND"));
  election_ = "elections/absent";
  EXPECT_THAT(GetResult(), IsError(StatusCode::kNotFound, "ELECTION_NOT_FOUND"));
}

TEST_F(TallyServiceTest, SeatsNobodyForPolls) {
  VoteOnPollsAndClose();
  ASSERT_OK(Count());
  ASSERT_OK_AND_ASSIGN(const auto certified, Certify());
  EXPECT_EQ(certified.state(), v1::Result::STATE_CERTIFIED);
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM outbox WHERE method LIKE '%SeatWinners'"), "0");
  suite_.clock().Set(Day(10, 2));
  EXPECT_EQ(DeliverEffects(), kCertifyEffects);
  EXPECT_EQ(bodies_.calls, 0);
  EXPECT_EQ(GetElection()->state(), v1::Election::STATE_CERTIFIED);
  ASSERT_OK_AND_ASSIGN(const auto again, Count());
  EXPECT_EQ(again.SerializeAsString(), certified.SerializeAsString());
}

TEST_F(TallyServiceTest, SpoilsRanksAndScoresThatCannotBeCounted) {
  CallElectionWithKeys(testing::WantedPolls());
  PublishAndOpen();
  const std::string skipped = CastMarks("company-1", {{{0, 1}, {1, 3}}, {}});
  const std::string too_high = CastMarks("company-2", {{}, {{0, 6}}});
  CastMarks("company-3", {{{0, 1}, {1, 1}}, {{0, 5}}});
  suite_.clock().Set(Day(9, 23));
  CloseAndRelease();
  ASSERT_OK_AND_ASSIGN(const auto result, Count());
  EXPECT_EQ(result.ballot_count(), 3);
  ASSERT_EQ(result.spoilt_size(), 2);
  EXPECT_EQ(result.spoilt(0).ballot_hash(), std::min(skipped, too_high));
  for (const v1::SpoiltBallot& spoilt : result.spoilt()) EXPECT_EQ(spoilt.reason(), "CHOICES");
  EXPECT_EQ(result.contests(1).options(0).votes(), 5);
}

TEST_F(TallyServiceTest, NoticesAReportThatWasChangedAfterTheCount) {
  VoteAndClose();
  ASSERT_OK(Count());
  database_.Run("UPDATE count_reports SET report = CONCAT(report, report) WHERE contest = 1");
  EXPECT_THAT(Count(), IsError(StatusCode::kDataLoss, "RECOUNT_DIFFERS"));
}

TEST_F(TallyServiceTest, LeavesAResultFromBeforeBallotsWereSealedAsItIs) {
  VoteAndClose();
  ASSERT_OK_AND_ASSIGN(const v1::Result before, Count());
  database_.Run("DELETE FROM closings");
  database_.Run("DELETE FROM count_reports");
  EXPECT_THAT(Count(), IsError(StatusCode::kFailedPrecondition, "ELECTION_NOT_CLOSED"));
  ASSERT_OK_AND_ASSIGN(const auto shown, GetResult());
  EXPECT_EQ(shown.SerializeAsString(), before.SerializeAsString());
  EXPECT_THAT(ReportOf("governance"), IsError(StatusCode::kNotFound, "REPORT_NOT_KEPT"));
  EXPECT_THAT(ReportOf("absent"), IsError(StatusCode::kNotFound, "CONTEST_NOT_FOUND"));
}

TEST_F(TallyServiceTest, GivesTheSameBytesWhenItCountsAgain) {
  VoteAndClose();
  ASSERT_OK_AND_ASSIGN(const auto first, Count());
  suite_.clock().Advance(absl::Hours(1));
  ASSERT_OK_AND_ASSIGN(const auto second, Count());
  EXPECT_EQ(first.SerializeAsString(), second.SerializeAsString());
  ASSERT_OK_AND_ASSIGN(const auto certified, Certify());
  ASSERT_OK_AND_ASSIGN(const auto third, Count());
  EXPECT_EQ(third.SerializeAsString(), certified.SerializeAsString());
}

TEST_F(TallyServiceTest, DoesNotCloseOrCountTooEarlyOrWithoutAManifest) {
  CallElection();
  suite_.clock().Set(Day(9, 23));
  EXPECT_THAT(Close(), IsError(StatusCode::kFailedPrecondition, "MANIFEST_NOT_PUBLISHED"));
  EXPECT_THAT(Count(), IsError(StatusCode::kFailedPrecondition, "ELECTION_NOT_CLOSED"));
  suite_.clock().Set(Day(8, 2));
  OpenVoting();
  suite_.clock().Set(Day(9, 23) - absl::Seconds(1));
  EXPECT_THAT(Close(), IsError(StatusCode::kFailedPrecondition, "VOTING_STILL_OPEN"));
  EXPECT_THAT(Count(), IsError(StatusCode::kFailedPrecondition, "ELECTION_NOT_CLOSED"));
}

TEST_F(TallyServiceTest, StopsWhenTheBoxHoldsMoreBallotsThanCredentials) {
  VoteToTheEnd();
  auditor_.hidden = {"company-1"};
  registrar_.issued["company-9"].set_blinded_msg("collected here alone");
  CloseAndRelease();
  EXPECT_THAT(Count(), IsError(StatusCode::kFailedPrecondition, "MORE_BALLOTS_THAN_CREDENTIALS"));
  EXPECT_THAT(GetResult(), IsError(StatusCode::kNotFound, "RESULT_NOT_FOUND"));
}

TEST_F(TallyServiceTest, NoticesALogThatWasChangedAfterTheClose) {
  VoteAndClose();
  ASSERT_OK(Count());
  const auto noticed = [&](const char* sentence) {
    EXPECT_THAT(Count(), IsError(StatusCode::kDataLoss, "BALLOT_BOX_INCONSISTENT")) << sentence;
  };
  database_.Run("UPDATE issuance_lists SET list = CONCAT(list, 'x') WHERE registrar = 1");
  noticed("a list that the close record does not name");
  database_.Run("UPDATE issuance_lists SET list = SUBSTR(list, 1, LENGTH(list) - 1) WHERE registrar = 1");
  EXPECT_OK(Count());
  database_.Run("UPDATE closings SET checkpoint = CONCAT('x', checkpoint)");
  noticed("a checkpoint that the box did not sign");
}

TEST_F(TallyServiceTest, CertifiesOnce) {
  VoteAndClose();
  EXPECT_THAT(Certify(), IsError(StatusCode::kFailedPrecondition, "NOT_COUNTED"));
  ASSERT_OK(Count());
  const std::string request_id = RandomUuid();
  ASSERT_OK_AND_ASSIGN(const auto certified, Certify(request_id));
  EXPECT_EQ(certified.state(), v1::Result::STATE_CERTIFIED);
  EXPECT_TRUE(certified.has_certify_time());
  ASSERT_OK_AND_ASSIGN(const auto repeated, Certify(request_id));
  EXPECT_EQ(repeated.SerializeAsString(), certified.SerializeAsString());
  EXPECT_THAT(Certify(), IsError(StatusCode::kAlreadyExists, "ALREADY_CERTIFIED"));
  EXPECT_EQ(GetResult()->SerializeAsString(), certified.SerializeAsString());
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM outbox WHERE method LIKE '%SeatWinners'"), "1");
}

TEST_F(TallyServiceTest, WaitsWithTheCertificationUntilEveryDisputeIsAnswered) {
  VoteAndClose();
  ASSERT_OK(Count());
  auditor_.disputes.emplace_back().set_text("We never collected.");
  registrar_.disputes.emplace_back().set_answer("You did, on Tuesday.");
  EXPECT_THAT(Certify(), IsError(StatusCode::kFailedPrecondition, "DISPUTES_OPEN"));
  EXPECT_EQ(GetElection()->state(), v1::Election::STATE_COUNTED);
  auditor_.disputes[0].set_answer("Your substitute did.");
  EXPECT_OK(Certify());
}

TEST_F(TallyServiceTest, HasTheRegistrarsDestroyTheirKeysOnceItIsCertified) {
  VoteAndClose();
  ASSERT_OK(Count());
  EXPECT_EQ(DeliverEffects(), 0);
  EXPECT_EQ(registrar_.destroyed, 0);
  ASSERT_OK(Certify());
  auditor_.refusal = "DISPUTES_OPEN";
  EXPECT_EQ(DeliverEffects(), 1) << "a dispute of that moment is answered first";
  EXPECT_EQ(registrar_.destroyed, 1);
  EXPECT_EQ(auditor_.destroyed, 0);
  auditor_.refusal.clear();
  EXPECT_EQ(DeliverEffects(), 1);
  EXPECT_EQ(auditor_.destroyed, 1);
  EXPECT_OK(Count()) << "a count needs no key";
}

TEST_F(TallyServiceTest, LetsOneOfTwoCertificationsAtTheSameTimeSucceed) {
  VoteAndClose();
  ASSERT_OK(Count());
  std::vector<absl::Status> outcomes(4);
  std::latch start(4);
  std::vector<std::thread> threads;
  for (absl::Status& outcome : outcomes) {
    threads.emplace_back([&] {
      start.arrive_and_wait();
      outcome = Certify().status();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(
      std::count_if(outcomes.begin(), outcomes.end(), [](const absl::Status& status) { return status.ok(); }),
      1);
  for (const absl::Status& outcome : outcomes) {
    if (!outcome.ok()) {
      EXPECT_THAT(outcome, IsError(StatusCode::kAlreadyExists, "ALREADY_CERTIFIED"));
    }
  }
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM outbox WHERE method LIKE '%SeatWinners'"), "1");
}

TEST_F(TallyServiceTest, IsForTheReturningOfficer) {
  VoteToTheEnd();
  v1::CloseElectionRequest close;
  close.set_election(election_);
  for (const char* person : {"people/tia", "people/ada"}) {
    EXPECT_THAT(Ask(&Tallies::CloseElection, *tallies_, suite_.Person(person), close),
                IsError(StatusCode::kPermissionDenied, "NOT_RETURNING_OFFICER"));
  }
  EXPECT_EQ(GetElection()->state(), v1::Election::STATE_PUBLISHED);
  CloseAndRelease();
  v1::CountElectionRequest count;
  count.set_election(election_);
  EXPECT_THAT(Ask(&Tallies::CountElection, *tallies_, suite_.Staff(), count),
              IsError(StatusCode::kPermissionDenied, "NOT_RETURNING_OFFICER"));
  v1::CertifyResultRequest certify;
  certify.set_election(election_);
  EXPECT_THAT(Ask(&Tallies::CertifyResult, *tallies_, suite_.Person("people/ada"), certify),
              IsError(StatusCode::kPermissionDenied, "NOT_RETURNING_OFFICER"));
  EXPECT_THAT(Ask(&Tallies::CertifyResult, *tallies_, TestSuite::Anonymous(), certify),
              IsError(StatusCode::kUnauthenticated, "SIGN_IN_NEEDED"));
  EXPECT_THAT(GetResult(), IsError(StatusCode::kNotFound, "RESULT_NOT_FOUND")) << "nothing was counted";
}

TEST_F(TallyServiceTest, SeatsTheWinnersOnTheDayTheScheduleSays) {
  VoteAndClose();
  ASSERT_OK(Count());
  ASSERT_OK(Certify());
  suite_.clock().Set(Day(10, 1) - absl::Seconds(1));
  EXPECT_EQ(DeliverEffects(), kCertifyEffects);
  EXPECT_EQ(bodies_.calls, 0);
  suite_.clock().Set(Day(10, 1));
  EXPECT_EQ(DeliverEffects(), 1);
  ASSERT_EQ(bodies_.seatings.size(), 1u);
  const auto& request = bodies_.seatings.begin()->second;
  EXPECT_EQ(request.seats_on(), "2022-10-01");
  EXPECT_EQ(request.bodies(0).winners(0).person(), "people/ben");
  EXPECT_EQ(request.bodies(0).winners(0).full_name(), "Ben");
  EXPECT_EQ(request.bodies(0).winners(0).term_years(), 2);
  EXPECT_EQ(request.bodies(0).winners(1).term_years(), 1);
  EXPECT_EQ(request.bodies(1).open_seats(), 3);
  EXPECT_EQ(request.bodies(1).winners_size(), 1);
  EXPECT_EQ(GetElection()->state(), v1::Election::STATE_SEATED);
}

TEST_F(TallyServiceTest, SeatsOnceWhenTheCommitteesAnswerIsLostAfterItActed) {
  VoteAndClose();
  ASSERT_OK(Count());
  ASSERT_OK(Certify());
  EXPECT_EQ(DeliverEffects(), kCertifyEffects);
  suite_.clock().Set(Day(10, 1));
  bodies_.answers_to_lose = 2;
  int delivered = 0;
  for (int i = 0; i < 1000 && delivered == 0; ++i) delivered = DeliverEffects();
  EXPECT_EQ(delivered, 1);
  EXPECT_EQ(bodies_.calls, 3);
  EXPECT_EQ(bodies_.seatings.size(), 1u) << "every delivery carried the same request id";
  EXPECT_EQ(GetElection()->state(), v1::Election::STATE_SEATED);
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM audit WHERE actor = 'services/election'"), "1");
}

}  // namespace
}  // namespace plenary::election
