#include "services/membership/verification_service.h"

#include "common/testing/every_caller.h"
#include "common/time/proto_time.h"
#include "services/membership/limits.h"
#include "services/membership/limits_verification.h"
#include "services/membership/testing_verification.h"

namespace plenary::membership {
namespace {

using absl::StatusCode;
using testing::Invoke;
using testing::IsError;
using Stub = v1::VerificationService::Stub;

class VerificationServiceTest : public VerificationTest {
 protected:
  v1::VerificationWay Way(const std::string& id) {
    v1::VerificationWay way;
    way.set_name("categories/professional/ways/" + id);
    way.set_display_name("By " + id);
    return way;
  }
  absl::StatusOr<v1::VerificationWay> Save(const v1::VerificationWay& way) {
    v1::SaveVerificationWayRequest request;
    *request.mutable_way() = way;
    return Invoke(&Stub::SaveVerificationWay, *verification_, suite_.Staff(), request);
  }
  v1::VerificationWay Vouched(int vouchers) {
    v1::VerificationWay way = Way("vouched");
    way.set_vouchers(vouchers);
    return way;
  }
  absl::StatusOr<v1::VerificationWay> Remove(const std::string& id, const std::string& as_of = "") {
    v1::RemoveVerificationWayRequest request;
    request.set_name("categories/professional/ways/" + id);
    request.set_as_of(as_of);
    return Invoke(&Stub::RemoveVerificationWay, *verification_, suite_.Staff(), request);
  }
  absl::StatusOr<v1::ListVerificationWaysResponse> List(const v1::ListVerificationWaysRequest& request) {
    return Invoke(&Stub::ListVerificationWays, *verification_, testing::TestSuite::Anonymous(), request);
  }
  int WaysOn(const std::string& day, const std::string& category = "") {
    v1::ListVerificationWaysRequest request;
    request.set_as_of(day);
    request.set_category(category);
    return List(request)->ways_size();
  }
  absl::StatusOr<v1::ExplainVerificationResponse> Explain(const std::string& person,
                                                          const std::string& as_of = "") {
    v1::ExplainVerificationRequest request;
    request.set_person(person);
    request.set_as_of(as_of);
    return Invoke(&Stub::ExplainVerification, *verification_, suite_.Staff(), request);
  }
  absl::StatusOr<v1::Vouch> Vouch(const std::string& voucher, const std::string& person) {
    v1::VouchForRequest request;
    request.set_person(person);
    return Invoke(&Stub::VouchFor, *verification_, As(voucher), request);
  }
  absl::StatusOr<v1::Vouch> WithdrawVouch(const std::string& voucher, const std::string& person) {
    v1::WithdrawVouchRequest request;
    request.set_person(person);
    return Invoke(&Stub::WithdrawVouch, *verification_, As(voucher), request);
  }
  absl::StatusOr<v1::VerificationGrant> Grant(const std::string& person, const std::string& motion,
                                              const std::string& category = "categories/professional") {
    v1::GrantVerificationRequest request;
    request.set_person(person);
    request.set_category(category);
    request.set_motion(motion);
    return Invoke(&Stub::GrantVerification, *verification_, suite_.Service("committee"), request);
  }
  absl::StatusOr<v1::CodeAcceptance> Record(const std::string& person, const std::string& version) {
    v1::RecordCodeAcceptanceRequest request;
    request.set_person(person);
    request.set_code_version(version);
    *request.mutable_accept_time() = ToTimestamp(suite_.clock().Now());
    return Invoke(&Stub::RecordCodeAcceptance, *verification_, suite_.Service("ethics"), request);
  }

  const std::string ada_ = PersonAt("ada@example.org").name();
};

TEST_F(VerificationServiceTest, LetsInWhomThePoliciesName) {
  testing::ExpectEveryPolicyHolds(suite_, verification_loopback_.channel(),
                                  {"plenary.membership.v1.VerificationService"});
}

TEST_F(VerificationServiceTest, WhoIsVouchedForMayVoteWithoutLetters) {
  EXPECT_EQ(MayVote(ada_)->reason(), "LETTERS_MISSING");
  ASSERT_OK(Save(Vouched(2)));
  ASSERT_OK(Vouch("bea@example.org", ada_));
  EXPECT_EQ(MayVote(ada_)->reason(), "LETTERS_MISSING");
  ASSERT_OK(Vouch("dan@example.org", ada_));
  EXPECT_TRUE(MayVote(ada_)->allowed());
  EXPECT_FALSE(MayVote(ada_, "2022-08-19")->allowed()) << "before the vouches";
  suite_.clock().Advance(absl::Hours(24));
  ASSERT_OK_AND_ASSIGN(const v1::Vouch withdrawn, WithdrawVouch("dan@example.org", ada_));
  EXPECT_EQ(withdrawn.end_date(), "2022-08-21");
  EXPECT_FALSE(MayVote(ada_)->allowed());
  EXPECT_TRUE(MayVote(ada_, "2022-08-20")->allowed()) << "what held then held then";
}

TEST_F(VerificationServiceTest, CountsOnTheRollToo) {
  ASSERT_OK(Save(Vouched(1)));
  ASSERT_OK(Vouch("bea@example.org", ada_));
  v1::ExplainEligibilityRequest request;
  request.set_company(CompanyOf("ada@example.org"));
  ASSERT_OK_AND_ASSIGN(const auto answer,
                       Invoke(&v1::RollService::Stub::ExplainEligibility, *rolls_, suite_.Staff(), request));
  EXPECT_EQ(answer.companies(0).reason(), "REPRESENTATIVE_NOT_NAMED") << "both of the company may vote now";
}

TEST_F(VerificationServiceTest, TellsEachWayAndWhatIsMissing) {
  ASSERT_OK(Save(Vouched(2)));
  v1::VerificationWay certified = Way("certified");
  certified.set_track("tracks/technician");
  certified.set_letters(1);
  ASSERT_OK(Save(certified));
  ASSERT_OK_AND_ASSIGN(const auto answer, Explain(ada_));
  EXPECT_FALSE(answer.verified());
  EXPECT_EQ(answer.full_name(), "Ada");
  ASSERT_EQ(answer.ways_size(), 3);
  EXPECT_EQ(answer.ways(0).way(), "") << "the letters that the category asks for";
  EXPECT_EQ(answer.ways(0).missing_size(), 1);
  EXPECT_EQ(answer.ways(1).way(), "categories/professional/ways/certified");
  EXPECT_EQ(answer.ways(1).missing_size(), 2);
  EXPECT_EQ(answer.ways(2).missing(0),
            "Ask 2 more member(s) of other companies to vouch for you: 0 of 2 do.");
  ASSERT_OK_AND_ASSIGN(const auto bea, Explain(PersonAt("bea@example.org").name()));
  EXPECT_TRUE(bea.verified());
  EXPECT_TRUE(bea.ways(0).satisfied());
  EXPECT_THAT(Explain("people/none"), IsError(StatusCode::kNotFound, "PERSON_NOT_FOUND"));
  EXPECT_THAT(Explain(ada_, "2022-02-30"), IsError(StatusCode::kInvalidArgument, "DATE_INVALID"));
}

TEST_F(VerificationServiceTest, ACertificationVerifiesWhileItHolds) {
  v1::VerificationWay way = Way("certified");
  way.set_track("tracks/technician");
  ASSERT_OK(Save(way));
  database_.Run(
      "INSERT INTO certifications (id, person, track, granted_on, valid_until, granted_by) VALUES"
      " ('00000000000000000000000001', '" +
      ada_.substr(7) + "', 'technician', '2022-08-01', '2022-09-01', 'test')");
  EXPECT_TRUE(MayVote(ada_)->allowed());
  EXPECT_FALSE(MayVote(ada_, "2022-07-31")->allowed());
  EXPECT_FALSE(MayVote(ada_, "2022-09-01")->allowed());
}

TEST_F(VerificationServiceTest, AMotionOfTheBoardVerifiesUntilItIsRevoked) {
  v1::VerificationWay way = Way("board");
  way.set_board_motion(true);
  ASSERT_OK(Save(way));
  ASSERT_OK_AND_ASSIGN(const auto grant, Grant(ada_, "bodies/board/motions/m1"));
  EXPECT_EQ(grant.start_date(), "2022-08-20");
  EXPECT_TRUE(MayVote(ada_)->allowed());
  ASSERT_OK_AND_ASSIGN(const auto again, Grant(ada_, "bodies/board/motions/m1"));
  EXPECT_EQ(again.SerializeAsString(), grant.SerializeAsString());
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM verification_grants"), "1");
  v1::RevokeVerificationRequest request;
  request.set_person(ada_);
  request.set_category("categories/professional");
  request.set_motion("bodies/board/motions/m1");
  EXPECT_THAT(Invoke(&Stub::RevokeVerification, *verification_, suite_.Staff(), request),
              IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
  request.set_reason("The motion was annulled.");
  ASSERT_OK_AND_ASSIGN(const auto revoked,
                       Invoke(&Stub::RevokeVerification, *verification_, suite_.Staff(), request));
  EXPECT_EQ(revoked.end_reason(), "The motion was annulled.");
  EXPECT_FALSE(MayVote(ada_)->allowed());
  EXPECT_THAT(Invoke(&Stub::RevokeVerification, *verification_, suite_.Staff(), request),
              IsError(StatusCode::kNotFound, "GRANT_NOT_FOUND"));
  EXPECT_THAT(Grant("people/none", "bodies/board/motions/m1"),
              IsError(StatusCode::kNotFound, "PERSON_NOT_FOUND"));
  EXPECT_THAT(Grant(ada_, "bodies/board/motions/m1", "categories/none"),
              IsError(StatusCode::kNotFound, "CATEGORY_NOT_FOUND"));
  EXPECT_THAT(Grant(ada_, "m1"), IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
}

TEST_F(VerificationServiceTest, AWayHasVersionsAndAnEnd) {
  v1::VerificationWay way = Vouched(1);
  way.set_valid_from("2022-01-01");
  ASSERT_OK(Save(way));
  way.set_valid_from("2022-06-01");
  way.set_vouchers(3);
  ASSERT_OK(Save(way));
  ASSERT_OK(Remove("vouched", "2022-12-01"));
  v1::ListVerificationWaysRequest request;
  request.set_as_of("2022-05-31");
  EXPECT_EQ(List(request)->ways(0).vouchers(), 1);
  request.set_as_of("2022-06-01");
  EXPECT_EQ(List(request)->ways(0).vouchers(), 3);
  EXPECT_EQ(WaysOn("2021-12-31"), 0);
  EXPECT_EQ(WaysOn("2022-11-30"), 1);
  EXPECT_EQ(WaysOn("2022-12-01"), 0);
  EXPECT_EQ(WaysOn("2022-11-30", "categories/professional"), 1);
  EXPECT_EQ(WaysOn("2022-11-30", "categories/registered"), 0);
  EXPECT_THAT(Remove("vouched", "2022-12-01"), IsError(StatusCode::kNotFound, "WAY_NOT_FOUND"));
  EXPECT_THAT(Remove("other"), IsError(StatusCode::kNotFound, "WAY_NOT_FOUND"));
  EXPECT_THAT(Remove("vouched", "soon"), IsError(StatusCode::kInvalidArgument, "DATE_INVALID"));
}

TEST_F(VerificationServiceTest, RefusesWaysThatCannotBe) {
  EXPECT_THAT(Save(Way("nothing")), IsError(StatusCode::kInvalidArgument, "WAY_ASKS_NOTHING"));
  EXPECT_THAT(Save(Vouched(limits::kMostVouchers + 1)),
              IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_OK(Save(Vouched(limits::kMostVouchers)));
  v1::VerificationWay way = Vouched(1);
  way.set_letters(limits::kMostLetters + 1);
  EXPECT_THAT(Save(way), IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
  way = Vouched(1);
  way.set_display_name(std::string(limits::kLongestWayName + 1, 'x'));
  EXPECT_THAT(Save(way), IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
  way = Vouched(1);
  way.set_name("categories/none/ways/vouched");
  EXPECT_THAT(Save(way), IsError(StatusCode::kNotFound, "CATEGORY_NOT_FOUND"));
  way = Vouched(1);
  way.set_valid_from("2022-02-30");
  EXPECT_THAT(Save(way), IsError(StatusCode::kInvalidArgument, "DATE_INVALID"));
}

TEST_F(VerificationServiceTest, ListsWaysInPages) {
  for (const char* id : {"c", "a", "b"}) {
    v1::VerificationWay way = Way(id);
    way.set_vouchers(1);
    ASSERT_OK(Save(way));
  }
  v1::ListVerificationWaysRequest request;
  request.set_page_size(2);
  ASSERT_OK_AND_ASSIGN(const auto first, List(request));
  ASSERT_EQ(first.ways_size(), 2);
  EXPECT_EQ(first.ways(0).name(), "categories/professional/ways/a");
  request.set_page_token(first.next_page_token());
  ASSERT_OK_AND_ASSIGN(const auto second, List(request));
  ASSERT_EQ(second.ways_size(), 1);
  EXPECT_EQ(second.ways(0).name(), "categories/professional/ways/c");
  EXPECT_EQ(second.next_page_token(), "");
}

TEST_F(VerificationServiceTest, OnlyWhoMayVoteVouchesAndForOthersOnly) {
  const std::string bea = PersonAt("bea@example.org").name();
  EXPECT_THAT(Vouch("ada@example.org", bea), IsError(StatusCode::kPermissionDenied, "VOUCHER_NOT_ENTITLED"));
  EXPECT_THAT(Vouch("bea@example.org", bea), IsError(StatusCode::kFailedPrecondition, "VOUCHER_CONFLICT"));
  EXPECT_THAT(Vouch("carl@example.org", ada_), IsError(StatusCode::kFailedPrecondition, "VOUCHER_CONFLICT"))
      << "of one company";
  EXPECT_THAT(Vouch("bea@example.org", "people/none"), IsError(StatusCode::kNotFound, "PERSON_NOT_FOUND"));
}

TEST_F(VerificationServiceTest, APairVouchesOnceAndAgainAfterAWithdrawal) {
  ASSERT_OK_AND_ASSIGN(const v1::Vouch first, Vouch("bea@example.org", ada_));
  suite_.clock().Advance(absl::Hours(24));
  ASSERT_OK_AND_ASSIGN(const v1::Vouch second, Vouch("bea@example.org", ada_));
  EXPECT_EQ(first.SerializeAsString(), second.SerializeAsString());
  ASSERT_OK(WithdrawVouch("bea@example.org", ada_));
  EXPECT_THAT(WithdrawVouch("bea@example.org", ada_), IsError(StatusCode::kNotFound, "VOUCH_NOT_FOUND"));
  ASSERT_OK(Vouch("bea@example.org", ada_));
  v1::ListVouchesRequest request;
  request.set_page_size(1);
  ASSERT_OK_AND_ASSIGN(const auto page,
                       Invoke(&Stub::ListVouches, *verification_, As("ada@example.org"), request));
  ASSERT_EQ(page.vouches_size(), 1);
  EXPECT_EQ(page.vouches(0).end_date(), "2022-08-21");
  request.set_page_token(page.next_page_token());
  ASSERT_OK_AND_ASSIGN(const auto next,
                       Invoke(&Stub::ListVouches, *verification_, As("ada@example.org"), request));
  ASSERT_EQ(next.vouches_size(), 1);
  EXPECT_EQ(next.vouches(0).end_date(), "");
  EXPECT_EQ(next.next_page_token(), "");
}

TEST_F(VerificationServiceTest, APairThatVouchesInEightPlacesVouchesOnce) {
  Race([&] { EXPECT_OK(Vouch("bea@example.org", ada_)); });
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM vouches"), "1");
}

TEST_F(VerificationServiceTest, TheFirstAcceptanceOfACodeIsKept) {
  ASSERT_OK_AND_ASSIGN(const auto first, Record(ada_, "codeVersions/2022-1"));
  EXPECT_EQ(first.accept_date(), "2022-08-20");
  suite_.clock().Advance(absl::Hours(48));
  ASSERT_OK_AND_ASSIGN(const auto second, Record(ada_, "codeVersions/2022-1"));
  EXPECT_EQ(second.accept_date(), "2022-08-20");
  EXPECT_THAT(Record("people/none", "codeVersions/2022-1"),
              IsError(StatusCode::kNotFound, "PERSON_NOT_FOUND"));
  EXPECT_THAT(Record(ada_, "2022-1"), IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
}

TEST_F(VerificationServiceTest, AnAcceptedCodeOpensWhatTheCategoryAsksItFor) {
  v1::SaveCategoryRequest request;
  v1::Category& category = *request.mutable_category();
  category.set_name("categories/professional");
  category.set_display_name("Professional");
  category.mutable_rights()->set_can_vote(true);
  category.set_required_code_version("codeVersions/2022-1");
  ASSERT_OK(Invoke(&v1::RegisterService::Stub::SaveCategory, *register_, suite_.Staff(), request));
  EXPECT_EQ(MayVote(ada_)->reason(), "CODE_NOT_ACCEPTED");
  ASSERT_OK(Record(ada_, "codeVersions/2022-1"));
  EXPECT_TRUE(MayVote(ada_)->allowed());
}

}  // namespace
}  // namespace plenary::membership
