#include "services/election/candidacy_service.h"

#include <gtest/gtest.h>

#include <latch>
#include <thread>

#include "services/election/testing/election_server.h"

namespace plenary::election {
namespace {

using absl::StatusCode;
using plenary::testing::IsError;
using testing::Day;

class CandidacyServiceTest : public testing::ElectionTest {
 protected:
  void SetUp() override { CallElection(); }

  absl::StatusOr<v1::Candidacy> Get(std::unique_ptr<grpc::ClientContext> context, const std::string& name) {
    v1::GetCandidacyRequest request;
    request.set_name(name);
    return Ask(&Candidacies::GetCandidacy, *candidacies_, std::move(context), request);
  }
  std::vector<std::string> List(std::unique_ptr<grpc::ClientContext> context) {
    v1::ListCandidaciesRequest request;
    request.set_election(election_);
    const auto page = Ask(&Candidacies::ListCandidacies, *candidacies_, std::move(context), request);
    EXPECT_OK(page);
    std::vector<std::string> names;
    for (const auto& candidacy : page->candidacies()) names.push_back(candidacy.full_name());
    return names;
  }
  static committee::v1::Holding Holding(const std::string& end_date) {
    committee::v1::Holding holding;
    holding.set_seat("bodies/board/seats/1");
    holding.set_end_date(end_date);
    return holding;
  }
};

TEST_F(CandidacyServiceTest, GoesFromADeclarationToAPublicPage) {
  ASSERT_OK_AND_ASSIGN(const auto declared, Declare("people/ada", "governance"));
  EXPECT_EQ(declared.state(), v1::Candidacy::STATE_DECLARED);
  EXPECT_EQ(declared.full_name(), "Ada");
  ASSERT_OK_AND_ASSIGN(const auto completed, Complete("people/ada", declared.name()));
  EXPECT_EQ(completed.state(), v1::Candidacy::STATE_COMPLETED);
  ASSERT_OK_AND_ASSIGN(const auto accepted, Accept(declared.name()));
  EXPECT_EQ(accepted.state(), v1::Candidacy::STATE_ACCEPTED);
  ASSERT_OK_AND_ASSIGN(const auto shown, Get(TestSuite::Anonymous(), declared.name()));
  EXPECT_EQ(shown.page().statement(), "I can count.");
  EXPECT_EQ(shown.page().links_size(), 2);
  EXPECT_EQ(shown.contest(), election_ + "/contests/governance");
}

TEST_F(CandidacyServiceTest, RefusesAPersonWithoutTheRightForTheReasonMembershipGives) {
  register_.refused["people/ada"] = "LETTERS_MISSING";
  EXPECT_THAT(Declare("people/ada", "governance"),
              IsError(StatusCode::kFailedPrecondition, "LETTERS_MISSING"));
  EXPECT_TRUE(List(suite_.Staff()).empty());
  register_.refused.clear();
  EXPECT_OK(Declare("people/ada", "governance")) << "once the letters are in";
}

TEST_F(CandidacyServiceTest, AsksForTheRightAgainOnAcceptance) {
  ASSERT_OK_AND_ASSIGN(const auto declared, Declare("people/ada", "governance"));
  ASSERT_OK(Complete("people/ada", declared.name()));
  register_.refused["people/ada"] = "NOT_IN_GOOD_STANDING";
  EXPECT_THAT(Accept(declared.name()), IsError(StatusCode::kFailedPrecondition, "NOT_IN_GOOD_STANDING"));
  EXPECT_EQ(Get(suite_.Staff(), declared.name())->state(), v1::Candidacy::STATE_COMPLETED);
}

TEST_F(CandidacyServiceTest, AllowsOnePositionAPerson) {
  ASSERT_OK_AND_ASSIGN(const auto first, Declare("people/ada", "governance"));
  EXPECT_THAT(Declare("people/ada", "finance"), IsError(StatusCode::kAlreadyExists, "ALREADY_A_CANDIDATE"));
  EXPECT_THAT(Declare("people/ada", "governance"),
              IsError(StatusCode::kAlreadyExists, "ALREADY_A_CANDIDATE"));
  EXPECT_EQ(List(suite_.Staff()), std::vector<std::string>{"Ada"});
  EXPECT_EQ(Get(suite_.Staff(), first.name())->SerializeAsString(), first.SerializeAsString());
  ASSERT_OK(Withdraw("people/ada", first.name()));
  EXPECT_OK(Declare("people/ada", "finance"));
}

TEST_F(CandidacyServiceTest, AllowsOnePositionAPersonWhoDeclaresManyAtOnce) {
  std::vector<absl::Status> outcomes(8);
  std::latch start(8);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    threads.emplace_back([&, i] {
      start.arrive_and_wait();
      outcomes[i] = Declare("people/ada", i % 2 == 0 ? "governance" : "finance").status();
    });
  }
  for (std::thread& thread : threads) thread.join();
  int declared = 0;
  for (const absl::Status& outcome : outcomes) {
    if (outcome.ok()) {
      ++declared;
    } else {
      EXPECT_THAT(outcome, IsError(StatusCode::kAlreadyExists, "ALREADY_A_CANDIDATE"));
    }
  }
  EXPECT_EQ(declared, 1);
}

TEST_F(CandidacyServiceTest, RefusesWhoeverHoldsASeatThatOutlastsTheHandOver) {
  bodies_.holdings["people/ada"] = {Holding("2022-10-02")};
  EXPECT_THAT(Declare("people/ada", "governance"),
              IsError(StatusCode::kFailedPrecondition, "HOLDS_ANOTHER_POSITION"));
  bodies_.holdings["people/ada"][0].set_ended(true);
  EXPECT_OK(Declare("people/ada", "governance"));
  bodies_.holdings["people/ben"] = {Holding("2022-10-01")};
  EXPECT_OK(Declare("people/ben", "governance")) << "a founding member until the first election may run";
}

TEST_F(CandidacyServiceTest, RefusesTheReturningOfficer) {
  EXPECT_THAT(Declare("people/officer", "governance"),
              IsError(StatusCode::kFailedPrecondition, "IS_RETURNING_OFFICER"));
}

TEST_F(CandidacyServiceTest, RefusesAnUnknownContestAndElection) {
  EXPECT_THAT(Declare("people/ada", "absent"), IsError(StatusCode::kNotFound, "CONTEST_NOT_FOUND"));
  election_ = "elections/absent";
  EXPECT_THAT(Declare("people/ada", "governance"), IsError(StatusCode::kNotFound, "ELECTION_NOT_FOUND"));
}

TEST_F(CandidacyServiceTest, LetsNobodyRunInAPoll) {
  v1::Election wanted = testing::WantedPolls();
  wanted.mutable_contests()->MergeFrom(testing::WantedElection().contests());
  CallElection(wanted);
  EXPECT_THAT(Declare("people/ada", "logo"), IsError(StatusCode::kFailedPrecondition, "CONTEST_IS_A_POLL"));
  ASSERT_OK(Declare("people/ada", "finance"));
  v1::GetSeatCoverageRequest request;
  request.set_election(election_);
  ASSERT_OK_AND_ASSIGN(const auto coverage,
                       Ask(&Candidacies::GetSeatCoverage, *candidacies_, suite_.Staff(), request));
  ASSERT_EQ(coverage.contests_size(), 2) << "polls have no seats to cover";
  EXPECT_EQ(coverage.contests(0).contest(), election_ + "/contests/governance");
  EXPECT_EQ(coverage.contests(1).contest(), election_ + "/contests/finance");
  EXPECT_EQ(coverage.contests(1).declared(), 1);
  EXPECT_EQ(coverage.contests(1).uncovered(), 3);
}

TEST_F(CandidacyServiceTest, IsOpenWhileFilingIs) {
  suite_.clock().Set(Day(8, 1) - absl::Seconds(1));
  EXPECT_THAT(Declare("people/ada", "governance"),
              IsError(StatusCode::kFailedPrecondition, "FILING_NOT_OPEN"));
  suite_.clock().Set(Day(9, 1) - absl::Seconds(1));
  ASSERT_OK_AND_ASSIGN(const auto declared, Declare("people/ada", "governance"));
  suite_.clock().Set(Day(9, 1));
  EXPECT_THAT(Declare("people/ben", "governance"), IsError(StatusCode::kFailedPrecondition, "FILING_CLOSED"));
  EXPECT_THAT(Complete("people/ada", declared.name()),
              IsError(StatusCode::kFailedPrecondition, "FILING_CLOSED"));
  EXPECT_EQ(List(suite_.Staff()), std::vector<std::string>{"Ada"});
  EXPECT_EQ(Get(suite_.Staff(), declared.name())->SerializeAsString(), declared.SerializeAsString());
}

TEST_F(CandidacyServiceTest, WantsAFinishedPageAndTheCodeAccepted) {
  ASSERT_OK_AND_ASSIGN(const auto declared, Declare("people/ada", "governance"));
  v1::CompleteCandidacyRequest request;
  request.set_name(declared.name());
  request.mutable_page()->set_statement("A beginning");
  ASSERT_OK_AND_ASSIGN(const auto saved, Ask(&Candidacies::CompleteCandidacy, *candidacies_,
                                             suite_.Person("people/ada"), request));
  EXPECT_EQ(saved.state(), v1::Candidacy::STATE_DECLARED);
  request.set_submit(true);
  EXPECT_THAT(Ask(&Candidacies::CompleteCandidacy, *candidacies_, suite_.Person("people/ada"), request),
              IsError(StatusCode::kInvalidArgument, "PAGE_INCOMPLETE"));
  EXPECT_THAT(Accept(declared.name()), IsError(StatusCode::kFailedPrecondition, "CANDIDACY_NOT_COMPLETED"));
  code_.blocks = true;
  EXPECT_THAT(Complete("people/ada", declared.name()),
              IsError(StatusCode::kFailedPrecondition, "CODE_NOT_ACCEPTED"));
  code_.blocks = false;
  EXPECT_OK(Complete("people/ada", declared.name()));
}

TEST_F(CandidacyServiceTest, LetsOnlyTheCandidateChangeAndOnlyTheOfficerAccept) {
  ASSERT_OK_AND_ASSIGN(const auto declared, Declare("people/ada", "governance"));
  EXPECT_THAT(Complete("people/ben", declared.name()), IsError(StatusCode::kNotFound, "CANDIDACY_NOT_FOUND"));
  EXPECT_THAT(Withdraw("people/ben", declared.name()), IsError(StatusCode::kNotFound, "CANDIDACY_NOT_FOUND"));
  ASSERT_OK(Complete("people/ada", declared.name()));
  v1::AcceptCandidacyRequest request;
  request.set_name(declared.name());
  EXPECT_THAT(Ask(&Candidacies::AcceptCandidacy, *candidacies_, suite_.Person("people/ada"), request),
              IsError(StatusCode::kPermissionDenied, "NOT_RETURNING_OFFICER"));
  ASSERT_OK(Accept(declared.name()));
  EXPECT_THAT(Withdraw("people/ben", declared.name()),
              IsError(StatusCode::kPermissionDenied, "NOT_CANDIDATE"));
}

TEST_F(CandidacyServiceTest, IsOpenToMembersOnly) {
  v1::DeclareCandidacyRequest request;
  request.set_contest(election_ + "/contests/governance");
  EXPECT_THAT(
      Ask(&Candidacies::DeclareCandidacy, *candidacies_, suite_.Person("people/ada", "", {}), request),
      IsError(StatusCode::kPermissionDenied, "NOT_ALLOWED"));
  EXPECT_THAT(Ask(&Candidacies::DeclareCandidacy, *candidacies_, TestSuite::Anonymous(), request),
              IsError(StatusCode::kUnauthenticated, "SIGN_IN_NEEDED"));
  EXPECT_TRUE(List(suite_.Staff()).empty());
}

TEST_F(CandidacyServiceTest, StaysOnTheBallotOnceTheManifestIsPublished) {
  OpenVoting();
  EXPECT_THAT(Withdraw("people/ada", ada_), IsError(StatusCode::kFailedPrecondition, "MANIFEST_PUBLISHED"));
  EXPECT_EQ(Get(TestSuite::Anonymous(), ada_)->state(), v1::Candidacy::STATE_ACCEPTED);
}

TEST_F(CandidacyServiceTest, IsOverOnceWithdrawn) {
  ASSERT_OK_AND_ASSIGN(const auto declared, Declare("people/ada", "governance"));
  ASSERT_OK(Withdraw("people/ada", declared.name()));
  EXPECT_THAT(Complete("people/ada", declared.name()),
              IsError(StatusCode::kFailedPrecondition, "CANDIDACY_WITHDRAWN"));
  EXPECT_THAT(Withdraw("people/ada", declared.name()),
              IsError(StatusCode::kFailedPrecondition, "CANDIDACY_WITHDRAWN"));
}

TEST_F(CandidacyServiceTest, ShowsAnUnacceptedCandidacyToThoseItConcerns) {
  ASSERT_OK_AND_ASSIGN(const auto declared, Declare("people/ada", "governance"));
  EXPECT_OK(Get(suite_.Person("people/ada"), declared.name()));
  EXPECT_OK(Get(suite_.Staff(), declared.name()));
  EXPECT_OK(Get(Officer(), declared.name()));
  EXPECT_THAT(Get(suite_.Person("people/ben"), declared.name()),
              IsError(StatusCode::kNotFound, "CANDIDACY_NOT_FOUND"));
  EXPECT_THAT(Get(TestSuite::Anonymous(), declared.name()),
              IsError(StatusCode::kNotFound, "CANDIDACY_NOT_FOUND"));
  EXPECT_THAT(Get(suite_.Staff(), election_ + "/candidacies/absent"),
              IsError(StatusCode::kNotFound, "CANDIDACY_NOT_FOUND"));
  EXPECT_THAT(Get(suite_.Staff(), "noise"), IsError(StatusCode::kNotFound, "CANDIDACY_NOT_FOUND"));
}

TEST_F(CandidacyServiceTest, ListsByContestAndNameWhatTheCallerMaySee) {
  Candidate("people/zoe", "governance");
  Candidate("people/ben", "finance");
  Candidate("people/ada", "governance");
  ASSERT_OK(Declare("people/cem", "finance"));
  EXPECT_EQ(List(TestSuite::Anonymous()), (std::vector<std::string>{"Ada", "Zoe", "Ben"}));
  EXPECT_EQ(List(suite_.Person("people/cem")), (std::vector<std::string>{"Ada", "Zoe", "Ben"}));
  EXPECT_EQ(List(suite_.Staff()), (std::vector<std::string>{"Ada", "Zoe", "Ben", "Cem"}));
  EXPECT_EQ(List(Officer()), (std::vector<std::string>{"Ada", "Zoe", "Ben", "Cem"}));

  std::vector<std::string> paged;
  v1::ListCandidaciesRequest request;
  request.set_election(election_);
  request.set_page_size(1);
  do {
    ASSERT_OK_AND_ASSIGN(const auto page,
                         Ask(&Candidacies::ListCandidacies, *candidacies_, suite_.Staff(), request));
    ASSERT_EQ(page.candidacies_size(), 1);
    paged.push_back(page.candidacies(0).full_name());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(paged, (std::vector<std::string>{"Ada", "Zoe", "Ben", "Cem"}));
}

TEST_F(CandidacyServiceTest, SaysWhichSeatsLackCandidates) {
  Candidate("people/ada", "governance");
  ASSERT_OK(Declare("people/ben", "governance"));
  ASSERT_OK_AND_ASSIGN(const auto cem, Declare("people/cem", "finance"));
  ASSERT_OK(Complete("people/cem", cem.name()));
  v1::GetSeatCoverageRequest request;
  request.set_election(election_);
  ASSERT_OK_AND_ASSIGN(const auto coverage, Ask(&Candidacies::GetSeatCoverage, *candidacies_,
                                                suite_.Person("people/dee"), request));
  ASSERT_EQ(coverage.contests_size(), 2);
  EXPECT_EQ(coverage.contests(0).accepted(), 1);
  EXPECT_EQ(coverage.contests(0).declared(), 1);
  EXPECT_EQ(coverage.contests(0).uncovered(), 1);
  EXPECT_EQ(coverage.contests(1).completed(), 1);
  EXPECT_EQ(coverage.contests(1).uncovered(), 3);
  EXPECT_THAT(Ask(&Candidacies::GetSeatCoverage, *candidacies_, TestSuite::Anonymous(), request),
              IsError(StatusCode::kUnauthenticated, "SIGN_IN_NEEDED"));
}

}  // namespace
}  // namespace plenary::election
