#include "services/committee/motion_service.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <atomic>
#include <barrier>
#include <thread>

#include "common/db/transact.h"
#include "services/committee/testing/committee_fixture.h"

namespace plenary::committee {
namespace {

using absl::StatusCode;
using plenary::testing::IsError;
using ::testing::ElementsAre;
using v1::Motion;
using v1::MotionVote;
using Stub = v1::MotionService::Stub;

class MotionServiceTest : public testing::CommitteeTest {
 protected:
  // A board of seven with five holders: people/1 (the chair) to people/5.
  MotionServiceTest() { CreateBoard(7, 5); }

  v1::ProposeMotionRequest Proposal(const std::string& body = "bodies/board") {
    v1::ProposeMotionRequest request;
    request.set_body(body);
    request.mutable_motion()->set_title("Waive the letters for the 2022 season");
    request.mutable_motion()->set_text("Resolved, that the letters of reference are waived.");
    return request;
  }
  v1::ProposeMotionRequest WaiverProposal() {
    v1::ProposeMotionRequest request = Proposal();
    v1::WaiveRequirement& waiver = *request.mutable_motion()->mutable_waive_requirement();
    waiver.set_requirement(membership::v1::REQUIREMENT_REFERENCE_LETTERS);
    waiver.add_acts(membership::v1::ACT_VOTE);
    waiver.add_acts(membership::v1::ACT_HOLD_OFFICE);
    waiver.set_valid_from("2022-08-01");
    waiver.set_valid_until("2022-12-31");
    return request;
  }
  v1::ProposeMotionRequest SuspensionProposal() {
    v1::ProposeMotionRequest request = Proposal();
    v1::ActOnMembership& suspend = *request.mutable_motion()->mutable_suspend_membership();
    suspend.set_holder("people/7");
    suspend.set_effective_date("2022-09-01");
    suspend.set_reason("Sold the members' list.");
    return request;
  }
  absl::StatusOr<Motion> Propose(const std::string& person, const v1::ProposeMotionRequest& request) {
    return Motions(&Stub::ProposeMotion, suite_.Person(person), request);
  }
  template <typename Request>
  absl::StatusOr<Motion> Move(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Motion*),
                              const std::string& person, const std::string& name) {
    Request request;
    request.set_name(name);
    return Motions(method, suite_.Person(person), request);
  }
  absl::StatusOr<MotionVote> Vote(const std::string& person, const std::string& motion,
                                  MotionVote::Choice choice) {
    v1::CastMotionVoteRequest request;
    request.set_motion(motion);
    request.set_choice(choice);
    return Motions(&Stub::CastMotionVote, suite_.Person(person), request);
  }
  absl::StatusOr<Motion> Announce(const std::string& name) {
    return Move(&Stub::AnnounceMotion, "people/1", name);
  }
  absl::StatusOr<Motion> Get(const std::string& name) { return Move(&Stub::GetMotion, "people/9", name); }

  // The name of a motion of people/2 that the chair opened.
  std::string OpenOne(const v1::ProposeMotionRequest& request) {
    const auto motion = Propose("people/2", request);
    EXPECT_OK(motion);
    EXPECT_OK(Move(&Stub::OpenMotion, "people/1", motion->name()));
    return motion->name();
  }
  // Votes of people/1, people/2, …
  void CallTheRoll(const std::string& motion, const std::vector<MotionVote::Choice>& choices) {
    for (std::size_t i = 0; i < choices.size(); ++i) {
      ASSERT_OK(Vote(fmt::format("people/{}", i + 1), motion, choices[i]));
    }
  }
  // Hands what is due to membership, in this thread.
  int Deliver() {
    outbox::Dispatcher dispatcher(
        database_.pool(), [this] { return suite_.clock().Now(); }, membership_peer_.Handlers());
    return dispatcher.DeliverDue().value();
  }
  void PassTo(absl::CivilDay day) { suite_.clock().Set(absl::FromCivil(day, absl::UTCTimeZone())); }

  static constexpr MotionVote::Choice kYes = MotionVote::CHOICE_YES;
  static constexpr MotionVote::Choice kNo = MotionVote::CHOICE_NO;
  static constexpr MotionVote::Choice kAbstain = MotionVote::CHOICE_ABSTAIN;
};

TEST_F(MotionServiceTest, GoesFromTheProposalToTheResult) {
  ASSERT_OK_AND_ASSIGN(const Motion proposed, Propose("people/2", Proposal()));
  EXPECT_EQ(proposed.state(), Motion::STATE_PROPOSED);
  EXPECT_EQ(proposed.threshold(), Motion::THRESHOLD_MAJORITY);
  EXPECT_EQ(proposed.mover(), "people/2");
  ASSERT_OK_AND_ASSIGN(const Motion open, Move(&Stub::OpenMotion, "people/1", proposed.name()));
  EXPECT_EQ(open.state(), Motion::STATE_OPEN);
  CallTheRoll(open.name(), {kYes, kYes, kNo, kAbstain});
  ASSERT_OK_AND_ASSIGN(const Motion announced, Announce(open.name()));
  EXPECT_EQ(announced.state(), Motion::STATE_CARRIED);
  EXPECT_EQ(announced.result().filled_seats(), 5);
  EXPECT_EQ(announced.result().quorum(), 3);
  EXPECT_EQ(announced.result().explanation(), "2 yes, 1 no, 1 abstained; a majority needs yes > no");
  ASSERT_OK_AND_ASSIGN(const Motion read, Get(open.name()));
  EXPECT_EQ(read.SerializeAsString(), announced.SerializeAsString());
  ASSERT_EQ(read.votes_size(), 4);
  EXPECT_EQ(read.votes(2).seat(), "bodies/board/seats/3");
  EXPECT_EQ(read.votes(2).full_name(), "Member 3");
  EXPECT_EQ(read.votes(2).choice(), kNo);
}

TEST_F(MotionServiceTest, ATieIsLost) {
  const std::string motion = OpenOne(Proposal());
  CallTheRoll(motion, {kYes, kYes, kNo, kNo, kAbstain});
  ASSERT_OK_AND_ASSIGN(const Motion announced, Announce(motion));
  EXPECT_EQ(announced.state(), Motion::STATE_LOST);
  EXPECT_FALSE(announced.result().carried());
}

TEST_F(MotionServiceTest, TwoThirdsNeedTwiceAsManyYes) {
  v1::ProposeMotionRequest request = Proposal();
  request.mutable_motion()->set_threshold(Motion::THRESHOLD_TWO_THIRDS);
  const std::string lost = OpenOne(request);
  CallTheRoll(lost, {kYes, kYes, kYes, kNo, kNo});
  ASSERT_OK_AND_ASSIGN(const Motion first, Announce(lost));
  EXPECT_EQ(first.state(), Motion::STATE_LOST);
  const std::string carried = OpenOne(request);
  CallTheRoll(carried, {kYes, kYes, kNo});
  ASSERT_OK_AND_ASSIGN(const Motion second, Announce(carried));
  EXPECT_EQ(second.state(), Motion::STATE_CARRIED);
}

TEST_F(MotionServiceTest, WithoutAQuorumTheMotionStaysOpen) {
  const std::string motion = OpenOne(Proposal());
  CallTheRoll(motion, {kYes, kYes});
  EXPECT_THAT(Announce(motion), IsError(StatusCode::kFailedPrecondition, "NO_QUORUM"));
  ASSERT_OK(Vote("people/3", motion, kAbstain));
  ASSERT_OK_AND_ASSIGN(const Motion announced, Announce(motion));
  EXPECT_EQ(announced.state(), Motion::STATE_CARRIED);
}

TEST_F(MotionServiceTest, TheLastVoteOfASeatCountsUntilTheAnnouncement) {
  const std::string motion = OpenOne(Proposal());
  CallTheRoll(motion, {kYes, kYes, kNo});
  ASSERT_OK(Vote("people/2", motion, kNo));
  ASSERT_OK(Vote("people/2", motion, kNo));
  ASSERT_OK_AND_ASSIGN(const Motion announced, Announce(motion));
  EXPECT_EQ(announced.result().yes(), 1);
  EXPECT_EQ(announced.result().no(), 2);
  EXPECT_THAT(Vote("people/2", motion, kYes), IsError(StatusCode::kFailedPrecondition, "MOTION_NOT_OPEN"));
}

TEST_F(MotionServiceTest, VotesAreTakenOnlyWhileItIsOpen) {
  ASSERT_OK_AND_ASSIGN(const Motion motion, Propose("people/2", Proposal()));
  EXPECT_THAT(Vote("people/2", motion.name(), kYes),
              IsError(StatusCode::kFailedPrecondition, "MOTION_NOT_OPEN"));
  EXPECT_THAT(Announce(motion.name()), IsError(StatusCode::kFailedPrecondition, "MOTION_NOT_OPEN"));
  ASSERT_OK(Move(&Stub::OpenMotion, "people/1", motion.name()));
  EXPECT_THAT(Move(&Stub::OpenMotion, "people/1", motion.name()),
              IsError(StatusCode::kFailedPrecondition, "MOTION_NOT_PROPOSED"));
  EXPECT_THAT(Vote("people/2", motion.name(), MotionVote::CHOICE_UNSPECIFIED),
              IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
}

TEST_F(MotionServiceTest, OnlyHoldersOfTheBodyProposeAndVote) {
  CreateBody("finance", 7);
  ASSERT_OK(SeatFounder("bodies/finance/seats/1", "people/8", v1::Holding::OFFICE_CHAIR));
  EXPECT_THAT(Propose("people/9", Proposal()), IsError(StatusCode::kPermissionDenied, "NOT_A_SEAT_HOLDER"));
  EXPECT_THAT(Propose("people/8", Proposal()), IsError(StatusCode::kPermissionDenied, "NOT_A_SEAT_HOLDER"));
  const std::string motion = OpenOne(Proposal());
  EXPECT_THAT(Vote("people/8", motion, kYes), IsError(StatusCode::kPermissionDenied, "NOT_A_SEAT_HOLDER"));
  EXPECT_THAT(Move(&Stub::AnnounceMotion, "people/8", motion),
              IsError(StatusCode::kPermissionDenied, "NOT_THE_CHAIR"));
  EXPECT_THAT(Motions(&Stub::ProposeMotion, suite_.Staff(), Proposal()),
              IsError(StatusCode::kPermissionDenied, "NOT_A_SEAT_HOLDER"));
  EXPECT_THAT(Motions(&Stub::ProposeMotion, suite_.Service("election"), Proposal()),
              IsError(StatusCode::kPermissionDenied, "NOT_ALLOWED"));
  EXPECT_THAT(Motions(&Stub::ProposeMotion, suite_.Anonymous(), Proposal()),
              IsError(StatusCode::kUnauthenticated, "SIGN_IN_NEEDED"));
}

TEST_F(MotionServiceTest, OnlyTheChairOpensAndAnnounces) {
  ASSERT_OK_AND_ASSIGN(const Motion motion, Propose("people/2", Proposal()));
  for (const char* person : {"people/2", "people/9"}) {
    EXPECT_THAT(Move(&Stub::OpenMotion, person, motion.name()),
                IsError(StatusCode::kPermissionDenied, "NOT_THE_CHAIR"));
  }
  ASSERT_OK(Move(&Stub::OpenMotion, "people/1", motion.name()));
  EXPECT_THAT(Move(&Stub::AnnounceMotion, "people/2", motion.name()),
              IsError(StatusCode::kPermissionDenied, "NOT_THE_CHAIR"));
}

TEST_F(MotionServiceTest, TheMoverTakesItBackBeforeItIsAnnounced) {
  const std::string open = OpenOne(Proposal());
  EXPECT_THAT(Move(&Stub::WithdrawMotion, "people/1", open),
              IsError(StatusCode::kPermissionDenied, "NOT_THE_MOVER"));
  ASSERT_OK_AND_ASSIGN(const Motion withdrawn, Move(&Stub::WithdrawMotion, "people/2", open));
  EXPECT_EQ(withdrawn.state(), Motion::STATE_WITHDRAWN);
  EXPECT_THAT(Move(&Stub::WithdrawMotion, "people/2", open),
              IsError(StatusCode::kFailedPrecondition, "MOTION_CLOSED"));
  EXPECT_THAT(Move(&Stub::OpenMotion, "people/1", open),
              IsError(StatusCode::kFailedPrecondition, "MOTION_NOT_PROPOSED"));
  const std::string decided = OpenOne(Proposal());
  CallTheRoll(decided, {kNo, kNo, kNo});
  ASSERT_OK(Announce(decided));
  EXPECT_THAT(Move(&Stub::WithdrawMotion, "people/2", decided),
              IsError(StatusCode::kFailedPrecondition, "MOTION_CLOSED"));
}

TEST_F(MotionServiceTest, AMotionThatIsNotThereIsNotFound) {
  const std::string nowhere = "bodies/board/motions/" + std::string(26, '0');
  EXPECT_THAT(Get(nowhere), IsError(StatusCode::kNotFound, "MOTION_NOT_FOUND"));
  EXPECT_THAT(Get("bodies/board/motions/1"), IsError(StatusCode::kNotFound, "MOTION_NOT_FOUND"));
  EXPECT_THAT(Vote("people/1", nowhere, kYes), IsError(StatusCode::kNotFound, "MOTION_NOT_FOUND"));
  EXPECT_THAT(Announce(nowhere), IsError(StatusCode::kNotFound, "MOTION_NOT_FOUND"));
  EXPECT_THAT(Propose("people/1", Proposal("bodies/nobody")),
              IsError(StatusCode::kNotFound, "BODY_NOT_FOUND"));
  // Nor under the name of another body.
  CreateBody("finance", 7);
  ASSERT_OK_AND_ASSIGN(const Motion motion, Propose("people/2", Proposal()));
  EXPECT_THAT(Get("bodies/finance" + motion.name().substr(12)),
              IsError(StatusCode::kNotFound, "MOTION_NOT_FOUND"));
}

TEST_F(MotionServiceTest, MembersAndStaffReadMotions) {
  ASSERT_OK_AND_ASSIGN(const Motion motion, Propose("people/2", Proposal()));
  v1::GetMotionRequest request;
  request.set_name(motion.name());
  EXPECT_OK(Motions(&Stub::GetMotion, suite_.Staff(), request));
  EXPECT_THAT(Motions(&Stub::GetMotion, suite_.Person("people/9", "", {}), request),
              IsError(StatusCode::kPermissionDenied, "NOT_ALLOWED"));
  EXPECT_THAT(Motions(&Stub::GetMotion, suite_.Anonymous(), request),
              IsError(StatusCode::kUnauthenticated, "SIGN_IN_NEEDED"));
}

TEST_F(MotionServiceTest, ListsMotionsNewestFirstInPages) {
  std::vector<std::string> names;
  for (int i = 0; i < 3; ++i) {
    names.push_back(OpenOne(Proposal()));
    ASSERT_OK(Vote("people/1", names.back(), kYes));
    suite_.clock().Advance(absl::Minutes(1));
  }
  v1::ListMotionsRequest request;
  request.set_body("bodies/board");
  request.set_page_size(2);
  ASSERT_OK_AND_ASSIGN(const auto first, Motions(&Stub::ListMotions, suite_.Staff(), request));
  ASSERT_EQ(first.motions_size(), 2);
  EXPECT_EQ(first.motions(0).name(), names[2]);
  EXPECT_EQ(first.motions(1).name(), names[1]);
  EXPECT_EQ(first.motions(1).votes_size(), 1);
  request.set_page_token(first.next_page_token());
  ASSERT_OK_AND_ASSIGN(const auto second, Motions(&Stub::ListMotions, suite_.Staff(), request));
  ASSERT_EQ(second.motions_size(), 1);
  EXPECT_EQ(second.motions(0).name(), names[0]);
  EXPECT_EQ(second.next_page_token(), "");
  request.set_body("bodies/nobody");
  EXPECT_THAT(Motions(&Stub::ListMotions, suite_.Staff(), request),
              IsError(StatusCode::kNotFound, "BODY_NOT_FOUND"));
}

TEST_F(MotionServiceTest, NamesEveryFieldThatIsWrong) {
  v1::ProposeMotionRequest request;
  request.set_body("bodies/board");
  v1::WaiveRequirement& waiver = *request.mutable_motion()->mutable_waive_requirement();
  waiver.add_acts(membership::v1::ACT_UNSPECIFIED);
  waiver.set_valid_from("2022-12-31");
  waiver.set_valid_until("2022-08-01");
  const auto refused = Propose("people/2", request);
  EXPECT_THAT(refused, IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
  std::vector<std::string> fields;
  for (const FieldViolation& violation : FieldViolationsOf(refused.status()))
    fields.push_back(violation.field);
  EXPECT_THAT(fields, ElementsAre("motion.title", "motion.text", "motion.waive_requirement.requirement",
                                  "motion.waive_requirement.acts", "motion.waive_requirement.valid_until"));
}

TEST_F(MotionServiceTest, ProposesToWaiveAnyRequirementThereIs) {
  v1::ProposeMotionRequest request = WaiverProposal();
  v1::WaiveRequirement& waiver = *request.mutable_motion()->mutable_waive_requirement();
  for (const auto requirement :
       {membership::v1::REQUIREMENT_REFERENCE_LETTERS, membership::v1::REQUIREMENT_CREDITS,
        membership::v1::REQUIREMENT_CODE_ACCEPTANCE}) {
    waiver.set_requirement(requirement);
    ASSERT_OK_AND_ASSIGN(const Motion proposed, Propose("people/2", request));
    EXPECT_EQ(proposed.waive_requirement().requirement(), requirement);
  }
  waiver.set_requirement(static_cast<membership::v1::Requirement>(99));
  EXPECT_THAT(Propose("people/2", request), IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
}

TEST_F(MotionServiceTest, OnlyTheBoardWaivesARequirement) {
  CreateBody("finance", 7);
  ASSERT_OK(SeatFounder("bodies/finance/seats/1", "people/8", v1::Holding::OFFICE_CHAIR));
  v1::ProposeMotionRequest request = WaiverProposal();
  request.set_body("bodies/finance");
  EXPECT_THAT(Propose("people/8", request), IsError(StatusCode::kFailedPrecondition, "NOT_THE_BOARD"));
}

TEST_F(MotionServiceTest, ACarriedWaiverReachesMembershipExactlyOnce) {
  const std::string motion = OpenOne(WaiverProposal());
  CallTheRoll(motion, {kYes, kYes, kYes});
  v1::AnnounceMotionRequest request;
  request.set_name(motion);
  request.set_request_id(RandomUuid());
  ASSERT_OK_AND_ASSIGN(const Motion first,
                       Motions(&Stub::AnnounceMotion, suite_.Person("people/1"), request));
  membership_.AnswerWaivers(absl::UnavailableError("restarting"));
  EXPECT_EQ(Deliver(), 0);
  membership_.AnswerWaivers(absl::OkStatus());
  database_.Run("UPDATE outbox SET retry_at = 0");
  EXPECT_EQ(Deliver(), 1);
  ASSERT_OK_AND_ASSIGN(const Motion second,
                       Motions(&Stub::AnnounceMotion, suite_.Person("people/1"), request));
  EXPECT_EQ(first.SerializeAsString(), second.SerializeAsString());
  EXPECT_EQ(Deliver(), 0);
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM outbox"), "1");

  const auto waivers = membership_.waivers();
  ASSERT_EQ(waivers.size(), 1u);
  EXPECT_EQ(waivers[0].waiver().motion(), motion);
  EXPECT_EQ(waivers[0].waiver().valid_until(), "2022-12-31");
  EXPECT_EQ(waivers[0].waiver().acts_size(), 2);
  EXPECT_EQ(waivers[0].request_id(), database_.One("SELECT effect_id FROM outbox"));
  EXPECT_THAT(Announce(motion), IsError(StatusCode::kFailedPrecondition, "MOTION_NOT_OPEN"));
}

TEST_F(MotionServiceTest, ACarriedSuspensionAndItsEndReachMembershipExactlyOnce) {
  const std::string suspension = OpenOne(SuspensionProposal());
  CallTheRoll(suspension, {kYes, kYes, kYes});
  ASSERT_OK_AND_ASSIGN(const Motion carried, Announce(suspension));
  EXPECT_EQ(carried.suspend_membership().holder(), "people/7");
  ASSERT_OK_AND_ASSIGN(const Motion read, Get(suspension));
  EXPECT_EQ(read.SerializeAsString(), carried.SerializeAsString());
  v1::ProposeMotionRequest request = Proposal();
  v1::ActOnMembership& reinstate = *request.mutable_motion()->mutable_reinstate_membership();
  reinstate = SuspensionProposal().motion().suspend_membership();
  reinstate.set_effective_date("2022-10-01");
  const std::string end = OpenOne(request);
  CallTheRoll(end, {kYes, kYes, kYes});
  ASSERT_OK(Announce(end));
  EXPECT_EQ(Deliver(), 2);
  EXPECT_EQ(Deliver(), 0);
  ASSERT_EQ(memberships_.suspensions().size(), 1u);
  const auto told = memberships_.suspensions().front();
  EXPECT_EQ(told.motion(), suspension);
  EXPECT_EQ(told.holder(), "people/7");
  EXPECT_EQ(told.effective_date(), "2022-09-01");
  EXPECT_EQ(told.reason(), "Sold the members' list.");
  EXPECT_TRUE(IsUuid(told.request_id()));
  ASSERT_EQ(memberships_.reinstatements().size(), 1u);
  EXPECT_EQ(memberships_.reinstatements().front().motion(), end);
  EXPECT_EQ(memberships_.reinstatements().front().effective_date(), "2022-10-01");
}

TEST_F(MotionServiceTest, OnlyTheBoardSuspendsAndReinstates) {
  CreateBody("finance", 7);
  ASSERT_OK(SeatFounder("bodies/finance/seats/1", "people/8", v1::Holding::OFFICE_CHAIR));
  v1::ProposeMotionRequest request = SuspensionProposal();
  request.set_body("bodies/finance");
  EXPECT_THAT(Propose("people/8", request), IsError(StatusCode::kFailedPrecondition, "NOT_THE_BOARD"));
  request.mutable_motion()->clear_suspend_membership();
  *request.mutable_motion()->mutable_reinstate_membership() =
      SuspensionProposal().motion().suspend_membership();
  EXPECT_THAT(Propose("people/8", request), IsError(StatusCode::kFailedPrecondition, "NOT_THE_BOARD"));
}

TEST_F(MotionServiceTest, AMotionDoesOneThingAndSaysItWhole) {
  v1::ProposeMotionRequest request = WaiverProposal();
  *request.mutable_motion()->mutable_suspend_membership() =
      SuspensionProposal().motion().suspend_membership();
  EXPECT_THAT(Propose("people/2", request), IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
  request = Proposal();
  v1::ActOnMembership& suspend = *request.mutable_motion()->mutable_suspend_membership();
  suspend.set_holder("bodies/board");
  suspend.set_effective_date("2023-02-29");
  suspend.set_reason(std::string(501, 'x'));
  const auto refused = Propose("people/2", request);
  EXPECT_THAT(refused, IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
  std::vector<std::string> fields;
  for (const FieldViolation& violation : FieldViolationsOf(refused.status()))
    fields.push_back(violation.field);
  EXPECT_THAT(fields,
              ElementsAre("motion.suspend_membership.holder", "motion.suspend_membership.effective_date",
                          "motion.suspend_membership.reason"));
}

TEST_F(MotionServiceTest, ALostMotionActsOnNothing) {
  const std::string motion = OpenOne(WaiverProposal());
  CallTheRoll(motion, {kNo, kNo, kYes});
  ASSERT_OK(Announce(motion));
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM outbox"), "0");
}

TEST_F(MotionServiceTest, SomeoneWhoseTermIsOverDoesNotVoteAndTheirVoteFalls) {
  CreateBody("finance", 3);
  for (int i = 1; i <= 3; ++i) {
    v1::SeatFounderRequest founder =
        Founder(fmt::format("bodies/finance/seats/{}", i), fmt::format("people/1{}", i));
    if (i == 1) founder.set_office(v1::Holding::OFFICE_CHAIR);
    if (i != 3) founder.set_end_date("2023-10-01");
    ASSERT_OK(Bodies(&v1::BodyService::Stub::SeatFounder, suite_.Staff(), founder));
  }
  ASSERT_OK_AND_ASSIGN(const Motion motion, Propose("people/12", Proposal("bodies/finance")));
  ASSERT_OK(Move(&Stub::OpenMotion, "people/11", motion.name()));
  ASSERT_OK(Vote("people/13", motion.name(), kNo));
  PassTo(absl::CivilDay(2022, 10, 1));
  EXPECT_THAT(Vote("people/13", motion.name(), kNo),
              IsError(StatusCode::kPermissionDenied, "NOT_A_SEAT_HOLDER"));
  ASSERT_OK(Vote("people/11", motion.name(), kYes));
  ASSERT_OK(Vote("people/12", motion.name(), kAbstain));
  ASSERT_OK_AND_ASSIGN(const Motion announced, Move(&Stub::AnnounceMotion, "people/11", motion.name()));
  EXPECT_EQ(announced.result().filled_seats(), 2);
  EXPECT_EQ(announced.result().no(), 0);
  EXPECT_EQ(announced.state(), Motion::STATE_CARRIED);
  EXPECT_EQ(announced.votes_size(), 2);
}

TEST_F(MotionServiceTest, TheAnnouncementCountsExactlyTheVotesAcceptedBeforeIt) {
  for (int round = 0; round < 10; ++round) {
    const std::string motion = OpenOne(Proposal());
    CallTheRoll(motion, {kYes, kYes, kYes, kYes, kYes});
    std::barrier start(6);
    std::atomic<int> accepted_no = 0;
    std::vector<std::thread> voters;
    for (int i = 1; i <= 5; ++i) {
      voters.emplace_back([&, i] {
        start.arrive_and_wait();
        const auto vote = Vote(fmt::format("people/{}", i), motion, kNo);
        if (vote.ok())
          ++accepted_no;
        else
          EXPECT_THAT(vote, IsError(StatusCode::kFailedPrecondition, "MOTION_NOT_OPEN"));
      });
    }
    start.arrive_and_wait();
    const auto announced = Announce(motion);
    for (std::thread& voter : voters) voter.join();
    ASSERT_OK(announced);
    EXPECT_EQ(announced->result().no(), accepted_no);
    EXPECT_EQ(announced->result().yes(), 5 - accepted_no);
    ASSERT_OK_AND_ASSIGN(const Motion read, Get(motion));
    EXPECT_EQ(read.SerializeAsString(), announced->SerializeAsString());
  }
}

}  // namespace
}  // namespace plenary::committee
