#include "services/election/tally_service.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <latch>
#include <thread>

#include "common/crypto/bytes.h"
#include "services/election/testing/election_server.h"

namespace plenary::election {
namespace {

using absl::StatusCode;
using plenary::testing::HasReason;
using plenary::testing::IsError;
using testing::Day;

class TallyServiceTest : public testing::ElectionTest {
 protected:
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
    CallElection(testing::WantedPolls());
    suite_.clock().Set(Day(9, 2));
    ASSERT_OK(Publish());
    ASSERT_EQ(DeliverEffects(), 2);
    suite_.clock().Set(Day(9, 15));
    const auto anchor = Option("logo", "anchor");
    const auto lantern = Option("logo", "lantern");
    const auto swirl = Option("logo", "swirl");
    Vote("company-1", {{lantern, 1}, {anchor, 2}, {swirl, 2}, {Option("motto", "onward"), 5}});
    Vote("company-2",
         {{anchor, 2}, {lantern, 1}, {Option("motto", "onward"), 2}, {Option("motto", "together"), 3}});
    Vote("company-3", {{swirl, 1}, {Option("motto", "none-of-these"), 5}});
    suite_.clock().Set(Day(9, 23));
  }
  // ben 3, ada 2, cem 1; dee 1; one blank in finance for each other.
  void VoteAndClose() {
    OpenVoting();
    Vote("company-1", {ben_, ada_});
    Vote("company-2", {ben_, ada_, dee_});
    Vote("company-3", {ben_, cem_});
    suite_.clock().Set(Day(9, 23));
  }
};

TEST_F(TallyServiceTest, CountsTheBallotsOfTheBox) {
  VoteAndClose();
  EXPECT_THAT(GetResult(), IsError(StatusCode::kNotFound, "RESULT_NOT_FOUND"));
  ASSERT_OK_AND_ASSIGN(const auto result, Count());
  EXPECT_EQ(result.state(), v1::Result::STATE_PROVISIONAL);
  EXPECT_EQ(result.ballot_count(), 3);
  EXPECT_EQ(result.issued_count(), 3);
  EXPECT_EQ(result.contests(0).options(0).option(), ben_);
  EXPECT_EQ(result.contests(0).options(0).votes(), 3);
  EXPECT_EQ(result.contests(0).options(1).option(), ada_);
  EXPECT_EQ(result.contests(1).vacancies(), 2);
  EXPECT_EQ(result.contests(1).blank_count(), 2);
  ASSERT_OK_AND_ASSIGN(const auto shown, GetResult());
  EXPECT_EQ(shown.SerializeAsString(), result.SerializeAsString());
  EXPECT_EQ(GetElection()->state(), v1::Election::STATE_COUNTED);
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
  EXPECT_EQ(DeliverEffects(), 0);
  EXPECT_EQ(bodies_.calls, 0);
  EXPECT_EQ(GetElection()->state(), v1::Election::STATE_CERTIFIED);
  ASSERT_OK_AND_ASSIGN(const auto again, Count());
  EXPECT_EQ(again.SerializeAsString(), certified.SerializeAsString());
}

TEST_F(TallyServiceTest, TakesOnlyRanksAndScoresThatCanBeCounted) {
  CallElection(testing::WantedPolls());
  suite_.clock().Set(Day(9, 2));
  ASSERT_OK(Publish());
  ASSERT_EQ(DeliverEffects(), 2);
  suite_.clock().Set(Day(9, 15));
  v1::GetManifestRequest request;
  request.set_name(election_);
  ASSERT_OK_AND_ASSIGN(const auto shown,
                       Ask(&Elections::GetManifest, *elections_, TestSuite::Anonymous(), request));
  ASSERT_OK_AND_ASSIGN(const auto manifest, PublishedManifest::Parse(shown.manifest()));
  const auto voter = testing::MakeVoter(manifest, box_.random);
  const auto key = crypto::Ed25519KeyPair::FromSeed(voter.seed);
  ASSERT_OK(key);
  const auto cast = [&](const counting::Ballot& ballot) {
    return box_
        .Cast(testing::BallotAround(
            manifest, voter,
            EncodePlaintext(key->public_key().bytes(), EncodeChoices(ballot), manifest.plaintext_length())))
        .status();
  };
  EXPECT_THAT(cast({{{0, 1}, {1, 3}}, {}}), IsError(StatusCode::kInvalidArgument, "RANKS_INVALID"));
  EXPECT_THAT(cast({{}, {{0, 6}}}), IsError(StatusCode::kInvalidArgument, "SCORE_INVALID"));
  EXPECT_OK(cast({{{0, 1}, {1, 1}}, {{0, 5}}}));
}

TEST_F(TallyServiceTest, NoticesAReportThatWasChangedAfterTheCount) {
  VoteAndClose();
  ASSERT_OK(Count());
  database_.Run("UPDATE count_reports SET report = CONCAT(report, report) WHERE contest = 1");
  EXPECT_THAT(Count(), IsError(StatusCode::kDataLoss, "RECOUNT_DIFFERS"));
}

TEST_F(TallyServiceTest, CountsAgainWhatWasCountedBeforeThereWereReports) {
  VoteAndClose();
  ASSERT_OK_AND_ASSIGN(v1::Result before, Count());
  for (v1::ContestResult& contest : *before.mutable_contests()) {
    contest.clear_method();
    contest.clear_report_sha256();
  }
  database_.Run("DELETE FROM count_reports");
  EXPECT_THAT(Count(), IsError(StatusCode::kDataLoss, "RECOUNT_DIFFERS")) << "the result names its reports";
  database_.Run("UPDATE results SET result = x'" + crypto::HexEncode(before.SerializeAsString()) + "'");
  ASSERT_OK_AND_ASSIGN(const auto again, Count());
  EXPECT_EQ(again.SerializeAsString(), before.SerializeAsString());
  EXPECT_THAT(ReportOf("governance"), IsError(StatusCode::kNotFound, "REPORT_NOT_KEPT"));
  EXPECT_THAT(std::string(ReportOf("governance").status().message()),
              ::testing::HasSubstr("plenary result recount"));
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

TEST_F(TallyServiceTest, DoesNotCountTooEarlyOrWithoutAManifest) {
  CallElection();
  suite_.clock().Set(Day(9, 23));
  EXPECT_THAT(Count(), IsError(StatusCode::kFailedPrecondition, "MANIFEST_NOT_PUBLISHED"));
  suite_.clock().Set(Day(8, 2));
  OpenVoting();
  EXPECT_THAT(Count(), IsError(StatusCode::kFailedPrecondition, "VOTING_STILL_OPEN"));
}

TEST_F(TallyServiceTest, StopsWhenTheBoxHoldsMoreBallotsThanCredentials) {
  VoteAndClose();
  registrar_.issued_fewer = 1;
  EXPECT_THAT(Count(), IsError(StatusCode::kFailedPrecondition, "MORE_BALLOTS_THAN_CREDENTIALS"));
  EXPECT_THAT(GetResult(), IsError(StatusCode::kNotFound, "RESULT_NOT_FOUND"));
}

TEST_F(TallyServiceTest, NoticesABoxThatWasChangedAfterTheCount) {
  VoteAndClose();
  ASSERT_OK(Count());
  box_.database.Run("DELETE FROM ballots LIMIT 1");
  EXPECT_THAT(Count(), IsError(StatusCode::kDataLoss, "RECOUNT_DIFFERS"));
  box_.database.Run("UPDATE ballots SET ballot = CONCAT(ballot, 'x') LIMIT 1");
  EXPECT_THAT(Count(), IsError(StatusCode::kDataLoss, "BALLOT_BOX_INCONSISTENT"));
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
  VoteAndClose();
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
  EXPECT_EQ(DeliverEffects(), 0);
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

TEST_F(TallyServiceTest, AVoterContinuesWithTheSameBytesAfterACrash) {
  OpenVoting();
  std::string folder = std::filesystem::temp_directory_path() / "plenary-vote.XXXXXX";
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  const std::string path = folder + "/ballot.json";
  ASSERT_OK(Session("company-1", path).CollectCredential());
  ASSERT_OK_AND_ASSIGN(const auto first, Session("company-1", path).Vote({ada_}));
  ASSERT_OK_AND_ASSIGN(const auto again, Session("company-1", path).Vote({ada_}));
  EXPECT_EQ(first.receipt, again.receipt);
  EXPECT_EQ(first.recovery_code_text.size(), 26u);
  EXPECT_THAT(Session("company-1", path).Vote({ben_}), IsError(StatusCode::kAlreadyExists, "BALLOT_FIXED"));
  EXPECT_THAT(Session("company-1").Vote({ben_}), HasReason("CREDENTIAL_ALREADY_ISSUED"));

  // Another device, with the code.
  auto device = Session("company-1");
  ASSERT_OK(device.Recover(first.recovery_code_text));
  ASSERT_OK_AND_ASSIGN(const auto recovered, device.Vote({ada_}));
  EXPECT_EQ(recovered.receipt, first.receipt);
  EXPECT_THAT(Session("company-1").Recover("AAAA"), HasReason("SECRET_WRONG"));
  EXPECT_EQ(box_.database.One("SELECT COUNT(*) FROM ballots"), "1");
  std::filesystem::remove_all(folder);
}

TEST_F(TallyServiceTest, AVoterRecoversOnADeviceThatAskedForACredentialInVain) {
  OpenVoting();
  std::string folder = std::filesystem::temp_directory_path() / "plenary-vote.XXXXXX";
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  const std::string path = folder + "/ballot.json";
  ASSERT_OK_AND_ASSIGN(const auto first, Session("company-1").Vote({ada_}));
  EXPECT_THAT(Session("company-1", path).Vote({ada_}), HasReason("CREDENTIAL_ALREADY_ISSUED"));
  ASSERT_OK(Session("company-1", path).Recover(first.recovery_code_text));
  ASSERT_OK_AND_ASSIGN(const auto recovered, Session("company-1", path).Vote({ada_}));
  EXPECT_EQ(recovered.receipt, first.receipt);
  EXPECT_THAT(Session("company-1", path).Recover(first.recovery_code_text), HasReason("BALLOT_FIXED"))
      << "a ballot that may have been cast is not thrown away";
  std::filesystem::remove_all(folder);
}

TEST_F(TallyServiceTest, AVoterMayChangeTheirMindUntilVotingOpens) {
  OpenVoting();
  suite_.clock().Set(Day(9, 10));
  auto session = Session("company-1");
  EXPECT_THAT(session.Vote({ada_}), HasReason("VOTING_NOT_OPEN"));
  suite_.clock().Set(Day(9, 15));
  EXPECT_OK(session.Vote({ben_}));
}

TEST_F(TallyServiceTest, AVoterDoesNotVoteOnAManifestThatDiffers) {
  OpenVoting();
  registrar_.hash_to_show = std::string(32, 'x');
  EXPECT_THAT(Session("company-1").Vote({ada_}),
              IsError(StatusCode::kFailedPrecondition, "MANIFEST_DIFFERS"));
  EXPECT_TRUE(registrar_.issued.empty());
}

TEST_F(TallyServiceTest, AVoterDoesNotVoteOnAManifestOfAnotherElection) {
  OpenVoting();
  database_.Run("UPDATE manifests SET manifest = REPLACE(manifest, '" + election_ +
                "', 'elections/00000000000000000000000000')");
  EXPECT_THAT(Session("company-1").Vote({ada_}), IsError(StatusCode::kFailedPrecondition, "MANIFEST_FORGED"));
  EXPECT_TRUE(registrar_.issued.empty());
}

}  // namespace
}  // namespace plenary::election
