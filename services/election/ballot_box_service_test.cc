#include "services/election/ballot_box_service.h"

#include <gtest/gtest.h>

#include <functional>

#include "common/crypto/bytes.h"
#include "common/testing/every_caller.h"
#include "common/testing/status_matchers.h"
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

class BallotBoxTest : public ::testing::Test {
 protected:
  BallotBoxTest() : suite_(Day(9, 16)), box_(suite_), election_(testing::SampleElection().name()) {}

  // Opens the box with the sample manifest.
  void SetUp() override {
    bytes_ = box_.OpenSample();
    manifest_ = std::make_unique<PublishedManifest>(*PublishedManifest::Parse(bytes_));
  }

  absl::StatusOr<v1::OpenBoxResponse> Open(const std::string& manifest) {
    return box_.Open(election_, manifest);
  }
  absl::StatusOr<v1::CloseBoxResponse> Close() { return box_.Close(election_, testing::SampleLists()); }
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
  // Prefix and signature of the first registrar, then of the second.
  for (const std::size_t at : {68, 100, 483, 484, 516, 899}) {
    std::string wrong = ballot;
    wrong[at] ^= 1;
    EXPECT_THAT(box_.Cast(wrong), IsError(StatusCode::kInvalidArgument, "CREDENTIAL_INVALID")) << at;
  }
  // A credential of one key does not cover another key.
  testing::TestVoter thief = MakeVoter(*manifest_, random_);
  thief.credentials = voter.credentials;
  EXPECT_THAT(box_.Cast(BallotOf(*manifest_, thief, {{0}, {}})),
              IsError(StatusCode::kInvalidArgument, "CREDENTIAL_INVALID"));
  // Nor does one registrar's stand for the other's.
  testing::TestVoter half = voter;
  half.credentials[1] = half.credentials[0];
  EXPECT_THAT(box_.Cast(BallotOf(*manifest_, half, {{0}, {}})),
              IsError(StatusCode::kInvalidArgument, "CREDENTIAL_INVALID"));
  // The first byte that is sealed, and the signature.
  for (const std::size_t at : {std::size_t{900}, ballot.size() - 64, ballot.size() - 1}) {
    std::string wrong = ballot;
    wrong[at] ^= 1;
    EXPECT_THAT(box_.Cast(wrong), IsError(StatusCode::kInvalidArgument, "BALLOT_SIGNATURE_INVALID")) << at;
  }
  EXPECT_EQ(CountStored(), "0");
  EXPECT_OK(box_.Cast(ballot)) << "the vote is not used up";
}

TEST_F(BallotBoxTest, TakesWhatItCannotReadAndLeavesItToTheCount) {
  const auto voter = MakeVoter(*manifest_, random_);
  EXPECT_OK(box_.Cast(
      testing::BallotWithSealed(*manifest_, voter, std::string(manifest_->shape().SealedLength(), 'x'))));
  EXPECT_EQ(CountStored(), "1");
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
  ASSERT_OK_AND_ASSIGN(const auto again, box_.Prepare(election_));
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

}  // namespace
}  // namespace plenary::election
