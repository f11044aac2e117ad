#include "services/committee/body_service.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "common/testing/every_caller.h"
#include "services/committee/testing/committee_fixture.h"

namespace plenary::committee {
namespace {

using absl::StatusCode;
using plenary::testing::IsError;
using ::testing::ElementsAre;
using BodyStub = v1::BodyService::Stub;

class BodyServiceTest : public testing::CommitteeTest {
 protected:
  v1::CreateBodyRequest NewBody() {
    v1::CreateBodyRequest request;
    v1::Body& body = *request.mutable_body();
    body.set_name("bodies/governance");
    body.set_display_name("Governance");
    body.set_kind(v1::Body::KIND_COMMITTEE);
    body.set_purpose("To keep the rules of the society.");
    body.set_seat_count(7);
    body.set_filled_seats(5);  // ignored
    return request;
  }
  absl::StatusOr<v1::Body> Create(const v1::CreateBodyRequest& request) {
    return Bodies(&BodyStub::CreateBody, suite_.Staff(), request);
  }
  absl::StatusOr<v1::ListHoldingsResponse> Holdings(const v1::ListHoldingsRequest& request) {
    return Bodies(&BodyStub::ListHoldings, suite_.Anonymous(), request);
  }
  membership::v1::ExplainRightResponse No(const std::string& reason) {
    membership::v1::ExplainRightResponse answer;
    answer.set_reason(reason);
    answer.set_remedy("Renew the membership.");
    answer.set_full_name("Ann Ames");
    return answer;
  }
};

TEST_F(BodyServiceTest, LikeMotionsLetsInWhomThePoliciesName) {
  plenary::testing::ExpectEveryPolicyHolds(
      suite_, server_.channel(), {"plenary.committee.v1.BodyService", "plenary.committee.v1.MotionService"});
}

TEST_F(BodyServiceTest, CreatesABodyWithVacantSeats) {
  ASSERT_OK_AND_ASSIGN(const v1::Body created, Create(NewBody()));
  EXPECT_EQ(created.filled_seats(), 0);
  ASSERT_OK_AND_ASSIGN(const v1::Body read, GetBody("governance"));
  EXPECT_EQ(read.SerializeAsString(), created.SerializeAsString());
  EXPECT_THAT(Holders("governance"), ElementsAre());
  EXPECT_EQ(database_.One("SELECT actor FROM audit"), "people/staff");
}

TEST_F(BodyServiceTest, TheIdOfABodyStandsOnce) {
  ASSERT_OK(Create(NewBody()));
  EXPECT_THAT(Create(NewBody()), IsError(StatusCode::kAlreadyExists, "BODY_EXISTS"));
}

TEST_F(BodyServiceTest, ARepeatedRequestIdCreatesOnce) {
  v1::CreateBodyRequest request = NewBody();
  request.set_request_id(RandomUuid());
  ASSERT_OK_AND_ASSIGN(const v1::Body first, Create(request));
  ASSERT_OK_AND_ASSIGN(const v1::Body second, Create(request));
  EXPECT_EQ(first.SerializeAsString(), second.SerializeAsString());
  request.mutable_body()->set_name("bodies/finance");
  EXPECT_THAT(Create(request), IsError(StatusCode::kAlreadyExists, "REQUEST_ID_REUSED"));
}

TEST_F(BodyServiceTest, NamesEveryFieldThatIsWrong) {
  v1::CreateBodyRequest request;
  request.mutable_body()->set_name("bodies/The Board");
  request.mutable_body()->set_seat_count(100);
  const auto refused = Create(request);
  EXPECT_THAT(refused, IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
  std::vector<std::string> fields;
  for (const FieldViolation& violation : FieldViolationsOf(refused.status()))
    fields.push_back(violation.field);
  EXPECT_THAT(fields,
              ElementsAre("body.name", "body.display_name", "body.kind", "body.purpose", "body.seat_count"));
}

TEST_F(BodyServiceTest, OnlyStaffCreateBodiesAndSeatFounders) {
  EXPECT_THAT(Bodies(&BodyStub::CreateBody, suite_.Person("people/1"), NewBody()),
              IsError(StatusCode::kPermissionDenied, "NOT_ALLOWED"));
  EXPECT_THAT(Bodies(&BodyStub::CreateBody, suite_.Anonymous(), NewBody()),
              IsError(StatusCode::kUnauthenticated, "SIGN_IN_NEEDED"));
  EXPECT_THAT(
      Bodies(&BodyStub::SeatFounder, suite_.Person("people/1"), Founder("bodies/board/seats/1", "people/1")),
      IsError(StatusCode::kPermissionDenied, "NOT_ALLOWED"));
  EXPECT_THAT(
      Bodies(&BodyStub::SeatFounder, suite_.Service("election"), Founder("bodies/board/seats/1", "people/1")),
      IsError(StatusCode::kPermissionDenied, "NOT_ALLOWED"));
}

TEST_F(BodyServiceTest, ABodyThatIsNotThereIsNotFound) {
  EXPECT_THAT(GetBody("nobody"), IsError(StatusCode::kNotFound, "BODY_NOT_FOUND"));
  EXPECT_THAT(GetBody("a/b"), IsError(StatusCode::kNotFound, "BODY_NOT_FOUND"));
  v1::ListSeatsRequest request;
  request.set_body("bodies/nobody");
  EXPECT_THAT(Bodies(&BodyStub::ListSeats, suite_.Anonymous(), request),
              IsError(StatusCode::kNotFound, "BODY_NOT_FOUND"));
  EXPECT_THAT(SeatFounder("bodies/nobody/seats/1", "people/1"),
              IsError(StatusCode::kNotFound, "BODY_NOT_FOUND"));
}

TEST_F(BodyServiceTest, ListsBodiesByIdInPages) {
  for (const char* id : {"marketing", "board", "finance"}) CreateBody(id, 7);
  v1::ListBodiesRequest request;
  request.set_page_size(2);
  ASSERT_OK_AND_ASSIGN(const auto first, Bodies(&BodyStub::ListBodies, suite_.Anonymous(), request));
  ASSERT_EQ(first.bodies_size(), 2);
  EXPECT_EQ(first.bodies(0).name(), "bodies/board");
  EXPECT_EQ(first.bodies(1).name(), "bodies/finance");
  request.set_page_token(first.next_page_token());
  ASSERT_OK_AND_ASSIGN(const auto second, Bodies(&BodyStub::ListBodies, suite_.Anonymous(), request));
  ASSERT_EQ(second.bodies_size(), 1);
  EXPECT_EQ(second.bodies(0).name(), "bodies/marketing");
  EXPECT_EQ(second.next_page_token(), "");
  request.set_page_token("!");
  EXPECT_THAT(Bodies(&BodyStub::ListBodies, suite_.Anonymous(), request),
              IsError(StatusCode::kInvalidArgument, "PAGE_TOKEN_INVALID"));
}

TEST_F(BodyServiceTest, SeatsAFounderUnderTheNameThatMembershipGives) {
  CreateBody("finance", 7);
  ASSERT_OK_AND_ASSIGN(const v1::Seat seat,
                       SeatFounder("bodies/finance/seats/2", "people/ann", v1::Holding::OFFICE_TREASURER));
  EXPECT_EQ(seat.holding().full_name(), "Member ann");
  EXPECT_EQ(seat.holding().origin(), v1::Holding::ORIGIN_FOUNDING);
  EXPECT_EQ(seat.holding().office(), v1::Holding::OFFICE_TREASURER);
  EXPECT_THAT(Holders("finance"), ElementsAre("2 people/ann"));
  ASSERT_OK_AND_ASSIGN(const v1::Body body, GetBody("finance"));
  EXPECT_EQ(body.filled_seats(), 1);
}

TEST_F(BodyServiceTest, AFounderNeedsTheRightToHoldOfficeButNotTheLetters) {
  CreateBody("finance", 7);
  membership_.Say("people/ann", No("NOT_IN_GOOD_STANDING"));
  EXPECT_THAT(SeatFounder("bodies/finance/seats/1", "people/ann"),
              IsError(StatusCode::kFailedPrecondition, "NOT_IN_GOOD_STANDING"));
  membership_.Say("people/ann", No("LETTERS_MISSING"));
  EXPECT_OK(SeatFounder("bodies/finance/seats/1", "people/ann"));
}

TEST_F(BodyServiceTest, ARepeatedRequestGetsItsFirstAnswerWhateverMembershipSaysByThen) {
  CreateBody("finance", 7);
  v1::SeatFounderRequest request = Founder("bodies/finance/seats/1", "people/ann");
  request.set_request_id(RandomUuid());
  ASSERT_OK_AND_ASSIGN(const v1::Seat first, Bodies(&BodyStub::SeatFounder, suite_.Staff(), request));
  membership_.Say("people/ann", No("NO_MEMBERSHIP"));
  ASSERT_OK_AND_ASSIGN(const v1::Seat second, Bodies(&BodyStub::SeatFounder, suite_.Staff(), request));
  EXPECT_EQ(first.SerializeAsString(), second.SerializeAsString());
}

TEST_F(BodyServiceTest, OneHolderASeatOnePositionAPersonOneChairABody) {
  CreateBody("finance", 7);
  CreateBody("governance", 7);
  ASSERT_OK(SeatFounder("bodies/finance/seats/1", "people/ann", v1::Holding::OFFICE_CHAIR));
  EXPECT_THAT(SeatFounder("bodies/finance/seats/1", "people/bob"),
              IsError(StatusCode::kAlreadyExists, "SEAT_HELD"));
  EXPECT_THAT(SeatFounder("bodies/governance/seats/1", "people/ann"),
              IsError(StatusCode::kAlreadyExists, "PERSON_HOLDS_SEAT"));
  EXPECT_THAT(SeatFounder("bodies/finance/seats/2", "people/bob", v1::Holding::OFFICE_CHAIR),
              IsError(StatusCode::kAlreadyExists, "CHAIR_HELD"));
  EXPECT_OK(SeatFounder("bodies/governance/seats/1", "people/bob", v1::Holding::OFFICE_CHAIR));
}

TEST_F(BodyServiceTest, ASeatBeyondTheLastIsNotFound) {
  CreateBody("finance", 7);
  EXPECT_THAT(SeatFounder("bodies/finance/seats/8", "people/ann"),
              IsError(StatusCode::kNotFound, "SEAT_NOT_FOUND"));
}

TEST_F(BodyServiceTest, AFoundersTermHasBegunAndHasNotEnded) {
  CreateBody("finance", 7);
  v1::SeatFounderRequest ahead = Founder("bodies/finance/seats/1", "people/ann");
  ahead.set_start_date("2022-08-25");
  EXPECT_THAT(Bodies(&BodyStub::SeatFounder, suite_.Staff(), ahead),
              IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
  v1::SeatFounderRequest over = Founder("bodies/finance/seats/1", "people/ann");
  over.set_start_date("2022-02-30");
  over.set_end_date(testing::kToday);
  const auto refused = Bodies(&BodyStub::SeatFounder, suite_.Staff(), over);
  EXPECT_THAT(refused, IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_EQ(FieldViolationsOf(refused.status()).size(), 2u);
}

TEST_F(BodyServiceTest, ASeatWhoseTermIsOverIsNoLongerFilled) {
  CreateBody("finance", 7);
  ASSERT_OK(SeatFounder("bodies/finance/seats/1", "people/ann"));
  suite_.clock().Set(absl::FromCivil(absl::CivilDay(2022, 10, 1), absl::UTCTimeZone()));
  EXPECT_THAT(Holders("finance"), ElementsAre());
  v1::ListHoldingsRequest request;
  request.set_person("people/ann");
  ASSERT_OK_AND_ASSIGN(const auto listed, Holdings(request));
  ASSERT_EQ(listed.holdings_size(), 1);
  EXPECT_TRUE(listed.holdings(0).ended());
}

TEST_F(BodyServiceTest, ListsHoldingsNewestFirstOfABodyOrAPerson) {
  CreateBody("finance", 7);
  CreateBody("governance", 7);
  for (int i = 1; i <= 3; ++i) {
    v1::SeatFounderRequest request =
        Founder(fmt::format("bodies/finance/seats/{}", i), fmt::format("people/{}", i));
    request.set_start_date(fmt::format("2022-08-0{}", i));
    ASSERT_OK(Bodies(&BodyStub::SeatFounder, suite_.Staff(), request));
  }
  ASSERT_OK(SeatFounder("bodies/governance/seats/1", "people/4"));
  v1::ListHoldingsRequest request;
  request.set_body("bodies/finance");
  request.set_page_size(2);
  ASSERT_OK_AND_ASSIGN(const auto first, Holdings(request));
  ASSERT_EQ(first.holdings_size(), 2);
  EXPECT_EQ(first.holdings(0).person(), "people/3");
  EXPECT_EQ(first.holdings(1).person(), "people/2");
  request.set_page_token(first.next_page_token());
  ASSERT_OK_AND_ASSIGN(const auto second, Holdings(request));
  ASSERT_EQ(second.holdings_size(), 1);
  EXPECT_EQ(second.holdings(0).person(), "people/1");
  EXPECT_EQ(second.next_page_token(), "");

  ASSERT_OK_AND_ASSIGN(const auto all, Holdings(v1::ListHoldingsRequest()));
  EXPECT_EQ(all.holdings_size(), 4);
  request.Clear();
  request.set_person("ann");
  EXPECT_THAT(Holdings(request), IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
}

}  // namespace
}  // namespace plenary::committee
