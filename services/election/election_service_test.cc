#include "services/election/election_service.h"

#include <gtest/gtest.h>

#include "common/crypto/bytes.h"
#include "common/testing/every_caller.h"
#include "common/time/proto_time.h"
#include "services/election/rules/published_manifest.h"
#include "services/election/testing/election_server.h"

namespace plenary::election {
namespace {

using absl::StatusCode;
using plenary::testing::IsError;
using testing::Day;
using testing::WantedElection;
using testing::WantedPolls;

class ElectionServiceTest : public testing::ElectionTest {
 protected:
  absl::StatusOr<v1::Election> Move(const v1::Schedule& schedule, const std::string& etag = "",
                                    const std::string& reason = "The hall is taken.") {
    v1::MovePhaseRequest request;
    request.set_name(election_);
    *request.mutable_schedule() = schedule;
    request.set_reason(reason);
    request.set_etag(etag);
    return Ask(&Elections::MovePhase, *elections_, suite_.Staff(), request);
  }
  absl::StatusOr<v1::GetManifestResponse> GetManifest() {
    v1::GetManifestRequest request;
    request.set_name(election_);
    return Ask(&Elections::GetManifest, *elections_, TestSuite::Anonymous(), request);
  }
};

TEST_F(ElectionServiceTest, LikeItsNeighboursLetsInWhomThePoliciesName) {
  plenary::testing::ExpectEveryPolicyHolds(
      suite_, server_.channel(),
      {"plenary.election.v1.ElectionService", "plenary.election.v1.CandidacyService",
       "plenary.election.v1.TallyService", "plenary.election.v1.TrusteeService"});
}

TEST_F(ElectionServiceTest, CallsAnElectionAndShowsItToEverybody) {
  ASSERT_OK_AND_ASSIGN(const auto created, Create(WantedElection()));
  election_ = created.name();
  ASSERT_OK_AND_ASSIGN(const auto shown, GetElection());
  EXPECT_EQ(shown.SerializeAsString(), created.SerializeAsString());
  EXPECT_EQ(shown.state(), v1::Election::STATE_CALLED);
  EXPECT_EQ(shown.phase(), v1::Election::PHASE_FILING);
  ASSERT_EQ(shown.contests_size(), 2);
  EXPECT_EQ(shown.contests(0).name(), election_ + "/contests/governance");
  EXPECT_EQ(shown.contests(1).terms(0).winners(), 2);
  EXPECT_EQ(shown.record_date(), "2022-08-31");
  EXPECT_EQ(shown.schedule().seats_on().seconds(), absl::ToUnixSeconds(Day(10, 1)));
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM audit WHERE resource = '" + election_ + "'"), "1");
}

TEST_F(ElectionServiceTest, AnswersARepeatedRequestWithTheFirstElection) {
  const std::string request_id = RandomUuid();
  ASSERT_OK_AND_ASSIGN(const auto first, Create(WantedElection(), request_id));
  ASSERT_OK_AND_ASSIGN(const auto second, Create(WantedElection(), request_id));
  EXPECT_EQ(first.name(), second.name());
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM elections"), "1");
}

TEST_F(ElectionServiceTest, RefusesAnElectionThatCannotBeHeld) {
  v1::Election late = WantedElection();
  late.mutable_schedule()->clear_seats_on();
  EXPECT_THAT(Create(late), IsError(StatusCode::kInvalidArgument, "SCHEDULE_INVALID"));
  v1::Election empty = WantedElection();
  empty.clear_contests();
  EXPECT_THAT(Create(empty), IsError(StatusCode::kInvalidArgument, "CONTESTS_INVALID"));
  v1::Election endless = WantedElection();
  endless.mutable_contests(0)->clear_terms();
  EXPECT_THAT(Create(endless), IsError(StatusCode::kInvalidArgument, "TERMS_INVALID"));
  v1::Election untrusted = WantedElection();
  untrusted.clear_trustees();
  EXPECT_THAT(Create(untrusted), IsError(StatusCode::kInvalidArgument, "TRUSTEES_INVALID"));
  v1::Election alone = WantedElection();
  alone.set_trustee_threshold(1);
  EXPECT_THAT(Create(alone), IsError(StatusCode::kInvalidArgument, "TRUSTEES_INVALID"));
}

TEST_F(ElectionServiceTest, CallsPollsBesideTheSeatsOfBodies) {
  v1::Election wanted = WantedElection();
  wanted.mutable_contests()->MergeFrom(WantedPolls().contests());
  wanted.mutable_contests(2)->mutable_options(1)->set_picture_uri("https://example.org/lantern.png");
  wanted.mutable_contests(2)->set_min_marks(2);
  wanted.mutable_contests(2)->set_max_marks(3);
  ASSERT_OK_AND_ASSIGN(const auto created, Create(wanted));
  election_ = created.name();
  ASSERT_OK_AND_ASSIGN(const auto shown, GetElection());
  EXPECT_EQ(shown.SerializeAsString(), created.SerializeAsString());
  ASSERT_EQ(shown.contests_size(), 4);
  const v1::Contest& logo = shown.contests(2);
  EXPECT_EQ(logo.name(), election_ + "/contests/logo");
  EXPECT_EQ(logo.body(), "");
  EXPECT_EQ(logo.method(), v1::COUNTING_METHOD_SCHULZE);
  EXPECT_EQ(logo.min_marks(), 2);
  EXPECT_EQ(logo.max_marks(), 3);
  ASSERT_EQ(logo.options_size(), 3);
  EXPECT_EQ(logo.options(1).name(), election_ + "/contests/logo/options/lantern");
  EXPECT_EQ(logo.options(1).display_name(), "Lantern");
  EXPECT_EQ(logo.options(1).picture_uri(), "https://example.org/lantern.png");
  EXPECT_EQ(shown.contests(3).max_score(), 5);
  EXPECT_TRUE(shown.contests(3).none_of_these());
}

TEST_F(ElectionServiceTest, KeepsTheTrusteesInOrderAndFillsInTheThreshold) {
  v1::Election wanted = WantedElection();
  wanted.clear_trustees();
  for (const char* person : {"people/zoe", "people/abe", "people/moe", "people/eve"})
    wanted.add_trustees(person);
  wanted.set_trustee_threshold(0);
  ASSERT_OK_AND_ASSIGN(const auto created, Create(wanted));
  EXPECT_EQ(created.trustee_threshold(), 3) << "more than half";
  EXPECT_EQ(created.trustees(0), "people/zoe");
  EXPECT_EQ(created.trustees(1), "people/abe");
}

TEST_F(ElectionServiceTest, LetsOnlyStaffCallAnElection) {
  v1::CreateElectionRequest request;
  *request.mutable_election() = WantedElection();
  EXPECT_THAT(Ask(&Elections::CreateElection, *elections_, suite_.Person("people/ada"), request),
              IsError(StatusCode::kPermissionDenied, "NOT_ALLOWED"));
  EXPECT_THAT(Ask(&Elections::CreateElection, *elections_, TestSuite::Anonymous(), request),
              IsError(StatusCode::kUnauthenticated, "SIGN_IN_NEEDED"));
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM elections"), "0");
}

TEST_F(ElectionServiceTest, ListsElectionsNewestFirstPageByPage) {
  std::vector<std::string> names;
  for (int i = 0; i < 5; ++i) names.insert(names.begin(), Create(WantedElection())->name());
  std::vector<std::string> listed;
  v1::ListElectionsRequest request;
  request.set_page_size(2);
  do {
    ASSERT_OK_AND_ASSIGN(const auto page,
                         Ask(&Elections::ListElections, *elections_, TestSuite::Anonymous(), request));
    for (const auto& election : page.elections()) listed.push_back(election.name());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(listed, names);
}

TEST_F(ElectionServiceTest, EndsAPageEarlyThatWouldBeTooLargeForAClient) {
  v1::Election large = WantedElection();
  large.clear_contests();
  auto& poll = testing::AddPoll(large, "pictures", v1::COUNTING_METHOD_APPROVAL, {});
  for (int i = 0; i < 200; ++i) {
    v1::PollOption& option = *poll.add_options();
    option.set_name("options/" + std::to_string(i));
    option.set_display_name("Picture " + std::to_string(i));
    option.set_picture_uri("https://" + std::string(92, 'p'));
  }
  constexpr int kElections = 30;
  for (int i = 0; i < kElections; ++i) ASSERT_OK(Create(large));
  v1::ListElectionsRequest request;
  ASSERT_OK_AND_ASSIGN(const auto first,
                       Ask(&Elections::ListElections, *elections_, TestSuite::Anonymous(), request));
  EXPECT_LT(first.elections_size(), kElections);
  EXPECT_LT(first.ByteSizeLong(), kListedElectionBytes + 64 * 1024);
  request.set_page_token(first.next_page_token());
  ASSERT_OK_AND_ASSIGN(const auto second,
                       Ask(&Elections::ListElections, *elections_, TestSuite::Anonymous(), request));
  EXPECT_EQ(first.elections_size() + second.elections_size(), kElections);
}

TEST_F(ElectionServiceTest, KnowsNoOtherElection) {
  election_ = "elections/absent";
  EXPECT_THAT(GetElection(), IsError(StatusCode::kNotFound, "ELECTION_NOT_FOUND"));
  EXPECT_THAT(GetManifest(), IsError(StatusCode::kNotFound, "ELECTION_NOT_FOUND"));
}

TEST_F(ElectionServiceTest, MovesAPhaseWithAReasonAndKeepsTheOldSchedule) {
  CallElection();
  v1::Schedule later = testing::SampleSchedule();
  *later.mutable_filing_closes() = ToTimestamp(Day(9, 5));
  ASSERT_OK_AND_ASSIGN(const auto before, GetElection());
  ASSERT_OK_AND_ASSIGN(const auto moved, Move(later, before.etag()));
  EXPECT_EQ(moved.schedule().filing_closes().seconds(), absl::ToUnixSeconds(Day(9, 5)));
  EXPECT_NE(moved.etag(), before.etag());
  EXPECT_EQ(database_.One("SELECT reason FROM schedule_moves"), "The hall is taken.");
  EXPECT_EQ(database_.One("SELECT filing_closes FROM schedule_moves"),
            std::to_string(absl::ToUnixMicros(Day(9, 1))));
  EXPECT_THAT(Move(later, before.etag()), IsError(StatusCode::kAborted, "ELECTION_CHANGED"));
}

TEST_F(ElectionServiceTest, DoesNotMoveThePastNorWithoutAReason) {
  CallElection();
  v1::Schedule wanted = testing::SampleSchedule();
  *wanted.mutable_filing_opens() = ToTimestamp(Day(8, 5));
  EXPECT_THAT(Move(wanted), IsError(StatusCode::kFailedPrecondition, "PHASE_PAST"));
  EXPECT_THAT(Move(testing::SampleSchedule(), "", ""),
              IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
  *wanted.mutable_filing_opens() = testing::SampleSchedule().filing_opens();
  *wanted.mutable_filing_closes() = ToTimestamp(Day(9, 20));
  EXPECT_THAT(Move(wanted), IsError(StatusCode::kInvalidArgument, "SCHEDULE_INVALID"));
}

TEST_F(ElectionServiceTest, PublishesTheManifestAndHandsItToRegistrarsAndBox) {
  CallElectionWithKeys();
  ada_ = Candidate("people/ada", "governance");
  EXPECT_THAT(GetManifest(), IsError(StatusCode::kNotFound, "MANIFEST_NOT_FOUND"));
  suite_.clock().Set(Day(9, 1));
  ASSERT_OK_AND_ASSIGN(const auto published, Publish());
  EXPECT_EQ(published.state(), v1::Election::STATE_PUBLISHED);
  ASSERT_OK_AND_ASSIGN(const auto shown, GetManifest());
  EXPECT_EQ(shown.manifest_hash(), published.manifest_hash());
  ASSERT_OK_AND_ASSIGN(const auto manifest, PublishedManifest::Parse(shown.manifest()));
  EXPECT_EQ(shown.fingerprint(), manifest.Fingerprint());
  EXPECT_EQ(manifest.manifest().origin(), election_);
  EXPECT_EQ(manifest.manifest().contests(0).options(0).name(), ada_);
  EXPECT_EQ(manifest.manifest().contests(1).options_size(), 0);
  EXPECT_EQ(manifest.manifest().roll_count(), 40u);
  ASSERT_EQ(manifest.manifest().registrars_size(), 2);
  EXPECT_EQ(manifest.manifest().registrars(0).rsa_n(), testing::RegistrarEntry(0).rsa_n());
  EXPECT_EQ(manifest.manifest().registrars(1).rsa_n(), testing::RegistrarEntry(1).rsa_n());
  EXPECT_EQ(manifest.manifest().threshold(), 2u);
  for (const client::TrusteeKeys& keys : trustees_.keys) EXPECT_OK(client::CheckManifest(keys, manifest));
  EXPECT_EQ(DeliverEffects(), kManifestEffects);
  EXPECT_EQ(registrar_.manifest, shown.manifest());
  EXPECT_EQ(auditor_.manifest, shown.manifest());
  EXPECT_NE(box_.parts->boxes().Find(shown.manifest_hash()), nullptr);

  // Once more changes nothing, and neither does anything else from now on.
  ASSERT_OK_AND_ASSIGN(const auto again, Publish());
  EXPECT_EQ(again.manifest_hash(), published.manifest_hash());
  EXPECT_EQ(DeliverEffects(), 0);
  EXPECT_THAT(Move(testing::SampleSchedule()),
              IsError(StatusCode::kFailedPrecondition, "MANIFEST_PUBLISHED"));
  EXPECT_THAT(Withdraw("people/ada", ada_), IsError(StatusCode::kFailedPrecondition, "MANIFEST_PUBLISHED"));
  EXPECT_THAT(Accept(ada_), IsError(StatusCode::kFailedPrecondition, "MANIFEST_PUBLISHED"));
}

TEST_F(ElectionServiceTest, DoesNotPublishBeforeEveryTrusteeHasAccepted) {
  CallElection();
  Candidate("people/ada", "governance");
  suite_.clock().Set(Day(9, 1));
  const auto refused = [&](const std::string& words) {
    const auto status = Publish();
    EXPECT_THAT(status, IsError(StatusCode::kFailedPrecondition, "TRUSTEES_NOT_READY"));
    EXPECT_THAT(std::string(status.status().message()), ::testing::HasSubstr(words));
  };
  refused("people/tia, people/tom and people/tua have not sent keys");
  trustees_.SendKeys(election_);
  refused("have not dealt");
  trustees_.Deal(election_);
  refused("have not accepted");
  EXPECT_THAT(GetManifest(), IsError(StatusCode::kNotFound, "MANIFEST_NOT_FOUND"));
  trustees_.Accept(election_);
  EXPECT_OK(Publish());
}

TEST_F(ElectionServiceTest, HandsTheManifestOverOnceTheAuditorHasCopiedItsRoll) {
  CallElectionWithKeys(WantedPolls());
  suite_.clock().Set(Day(9, 1));
  auditor_.refusal = "ROLL_NOT_FROZEN";
  EXPECT_THAT(Publish(), IsError(StatusCode::kFailedPrecondition, "ROLL_NOT_FROZEN")) << "no copy at all";
  auditor_.refusal.clear();
  ASSERT_OK(Publish());
  auditor_.refusal = "MANIFEST_MISMATCH";
  EXPECT_EQ(DeliverEffects(), kManifestEffects - 1) << "a copy of another roll";
  EXPECT_EQ(auditor_.manifest, "");
  auditor_.refusal.clear();
  EXPECT_EQ(DeliverEffects(), 1);
  EXPECT_EQ(auditor_.manifest, GetManifest()->manifest());
}

TEST_F(ElectionServiceTest, DoesNotPublishBeforeEverythingStands) {
  CallElectionWithKeys();
  EXPECT_THAT(Publish(), IsError(StatusCode::kFailedPrecondition, "FILING_STILL_OPEN"));
  const auto declared = Declare("people/ada", "governance");
  ASSERT_OK(declared);
  ASSERT_OK(Complete("people/ada", declared->name()));
  suite_.clock().Set(Day(9, 1));
  rolls_.frozen = false;
  EXPECT_THAT(Publish(), IsError(StatusCode::kFailedPrecondition, "ROLL_NOT_FROZEN"));
  rolls_.frozen = true;
  rolls_.record_date = "2022-08-30";
  EXPECT_THAT(Publish(), IsError(StatusCode::kFailedPrecondition, "ROLL_NOT_FROZEN"));
  rolls_.record_date = "2022-08-31";
  registrar_.refusal = "ROLL_CHALLENGED";
  EXPECT_THAT(Publish(), IsError(StatusCode::kFailedPrecondition, "ROLL_CHALLENGED"));
  registrar_.refusal.clear();
  EXPECT_THAT(Publish(), IsError(StatusCode::kFailedPrecondition, "CANDIDACIES_PENDING"));
  ASSERT_OK(Withdraw("people/ada", declared->name()));
  EXPECT_THAT(Publish(), IsError(StatusCode::kFailedPrecondition, "NO_CANDIDATES"));
  suite_.clock().Set(Day(9, 15));
  EXPECT_THAT(Publish(), IsError(StatusCode::kFailedPrecondition, "VOTING_ALREADY_OPEN"));
}

TEST_F(ElectionServiceTest, PublishesPollsThatNeedNoCandidates) {
  CallElectionWithKeys(WantedPolls());
  suite_.clock().Set(Day(9, 1));
  ASSERT_OK(Publish());
  ASSERT_OK_AND_ASSIGN(const auto shown, GetManifest());
  ASSERT_OK_AND_ASSIGN(const auto published, PublishedManifest::Parse(shown.manifest()));
  const v1::Manifest::Contest& logo = published.manifest().contests(0);
  EXPECT_EQ(logo.method(), v1::COUNTING_METHOD_SCHULZE);
  EXPECT_EQ(logo.min_marks(), 1u);
  EXPECT_EQ(logo.max_marks(), 3u);
  EXPECT_EQ(logo.options(2).name(), election_ + "/contests/logo/options/swirl");
  const v1::Manifest::Contest& motto = published.manifest().contests(1);
  EXPECT_EQ(motto.max_score(), 5u);
  EXPECT_EQ(motto.max_marks(), 3u);
  EXPECT_EQ(motto.options(2).name(), election_ + "/contests/motto/options/none-of-these");
  EXPECT_EQ(DeliverEffects(), kManifestEffects);
  EXPECT_NE(box_.parts->boxes().Find(shown.manifest_hash()), nullptr);
}

TEST_F(ElectionServiceTest, DoesNotLetPeopleVoteOnTheSeatsOfABody) {
  v1::Election mixed = WantedElection();
  mixed.mutable_contests()->MergeFrom(WantedPolls().contests());
  rolls_.unit = membership::v1::UNIT_PERSON;
  for (const v1::Election& wanted : {WantedElection(), mixed}) {
    suite_.clock().Set(Day(8, 15));
    CallElectionWithKeys(wanted);
    Candidate("people/ada", "governance");
    suite_.clock().Set(Day(9, 1));
    EXPECT_THAT(Publish(), IsError(StatusCode::kFailedPrecondition, "ROLL_UNSUITABLE"));
    EXPECT_EQ(GetElection()->state(), v1::Election::STATE_CALLED);
    EXPECT_THAT(GetManifest(), IsError(StatusCode::kNotFound, "MANIFEST_NOT_FOUND"));
  }
  EXPECT_EQ(DeliverEffects(), 0);
  rolls_.unit = membership::v1::UNIT_COMPANY;
  EXPECT_OK(Publish()) << "companies vote on seats and polls";
}

TEST_F(ElectionServiceTest, LetsPeopleOrCompaniesVoteOnPolls) {
  for (const auto unit : {membership::v1::UNIT_PERSON, membership::v1::UNIT_COMPANY}) {
    rolls_.unit = unit;
    suite_.clock().Set(Day(8, 15));
    CallElectionWithKeys(WantedPolls());
    suite_.clock().Set(Day(9, 1));
    EXPECT_OK(Publish()) << unit;
  }
}

TEST_F(ElectionServiceTest, TakesNoRollThatWasFrozenForAnotherActThanVoting) {
  CallElectionWithKeys(WantedPolls());
  suite_.clock().Set(Day(9, 1));
  rolls_.unit = membership::v1::UNIT_PERSON;
  rolls_.act = membership::v1::ACT_CONTEST;
  EXPECT_THAT(Publish(), IsError(StatusCode::kFailedPrecondition, "ROLL_UNSUITABLE"));
  EXPECT_EQ(GetElection()->state(), v1::Election::STATE_CALLED);
}

TEST_F(ElectionServiceTest, HandsTheManifestOverOnceAChallengeOfThatMomentIsDecided) {
  CallElectionWithKeys();
  Candidate("people/ada", "governance");
  suite_.clock().Set(Day(9, 1));
  ASSERT_OK(Publish());
  registrar_.refusal = "ROLL_CHALLENGED";
  EXPECT_EQ(DeliverEffects(), kManifestEffects - 1) << "the others have the manifest";
  EXPECT_EQ(registrar_.manifest, "");
  registrar_.refusal.clear();
  EXPECT_EQ(DeliverEffects(), 1);
  EXPECT_EQ(registrar_.manifest, GetManifest()->manifest());
}

TEST_F(ElectionServiceTest, LetsOnlyTheReturningOfficerPublish) {
  CallElection();
  Candidate("people/ada", "governance");
  suite_.clock().Set(Day(9, 1));
  v1::PublishManifestRequest request;
  request.set_name(election_);
  for (const char* person : {"people/ada", "people/other"}) {
    EXPECT_THAT(Ask(&Elections::PublishManifest, *elections_, suite_.Person(person), request),
                IsError(StatusCode::kPermissionDenied, "NOT_RETURNING_OFFICER"));
  }
  EXPECT_THAT(Ask(&Elections::PublishManifest, *elections_, suite_.Staff(), request),
              IsError(StatusCode::kPermissionDenied, "NOT_RETURNING_OFFICER"));
  EXPECT_EQ(GetElection()->state(), v1::Election::STATE_CALLED);
}

}  // namespace
}  // namespace plenary::election
