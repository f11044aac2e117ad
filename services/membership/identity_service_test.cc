#include "common/testing/every_caller.h"
#include "services/membership/create_staff.h"
#include "services/membership/testing_membership.h"

namespace plenary::membership {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::Invoke;
using testing::IsError;

class IdentityServiceTest : public MembershipTest {
 protected:
  IdentityServiceTest() {
    SaveCategories();
    MustImport(
        "ann@example.org,Ann Lee,Acme,professional,2021-08-24,2022-08-23,2,,\n"
        "bob@example.org,Bob,Acme,registered,2021-08-24,,,,\n");
  }

  absl::StatusOr<v1::SignInForDevelopmentResponse> SignIn(const std::string& email) {
    v1::SignInForDevelopmentRequest request;
    request.set_email(email);
    return Invoke(&v1::DevelopmentIdentityService::Stub::SignInForDevelopment, *development_,
                  testing::TestSuite::Anonymous(), request);
  }

  absl::StatusOr<v1::GetMeResponse> GetMe(std::unique_ptr<grpc::ClientContext> context) {
    return Invoke(&v1::IdentityService::Stub::GetMe, *identity_, std::move(context), v1::GetMeRequest());
  }
};

TEST_F(IdentityServiceTest, LikeItsNeighboursLetsInWhomThePoliciesName) {
  testing::ExpectEveryPolicyHolds(
      suite_, loopback_.channel(),
      {"plenary.membership.v1.IdentityService", "plenary.membership.v1.DevelopmentIdentityService",
       "plenary.membership.v1.RegisterService", "plenary.membership.v1.RollService",
       "plenary.membership.v1.RegistrarService"});
}

TEST_F(IdentityServiceTest, PutsTheRolesOfTheDayIntoTheToken) {
  ASSERT_OK_AND_ASSIGN(const auto session, SignIn(" ANN@example.org"));
  EXPECT_THAT(session.roles(), ElementsAre("member", "representative"));
  EXPECT_EQ(session.full_name(), "Ann Lee");
  ASSERT_OK_AND_ASSIGN(
      const auth::Principal principal,
      suite_.keys().Verify(session.tokens(0).access_token(), "membership", suite_.clock().Now()));
  EXPECT_EQ(principal.person, session.person());
  EXPECT_EQ(principal.company, CompanyOf("ann@example.org"));
  EXPECT_THAT(principal.roles, ElementsAre("member", "representative"));
  for (const auto& token : session.tokens()) {
    EXPECT_EQ(suite_.keys().Verify(token.access_token(), "membership", suite_.clock().Now()).ok(),
              token.service() == "membership")
        << "a token is for one service: " << token.service();
  }
  EXPECT_EQ(session.expire_time().seconds(), absl::ToUnixSeconds(suite_.clock().Now() + absl::Minutes(15)));
  suite_.clock().Set(Noon("2022-10-01"));
  ASSERT_OK_AND_ASSIGN(const auto later, SignIn("ann@example.org"));
  EXPECT_EQ(later.roles_size(), 0) << "the membership has lapsed";
}

TEST_F(IdentityServiceTest, KnowsTheCallerByTheFactsAndNotByTheToken) {
  ASSERT_OK_AND_ASSIGN(const auto me, GetMe(As("bob@example.org")));
  EXPECT_EQ(me.full_name(), "Bob");
  EXPECT_EQ(me.company_display_name(), "Acme");
  EXPECT_THAT(me.roles(), ElementsAre("member"));
  auto stale = suite_.Person(PersonAt("bob@example.org").name(), "companies/old", {"member", "staff"});
  ASSERT_OK_AND_ASSIGN(const auto now, GetMe(std::move(stale)));
  EXPECT_THAT(now.roles(), ElementsAre("member"));
  EXPECT_EQ(now.company(), CompanyOf("bob@example.org"));
}

TEST_F(IdentityServiceTest, DoesNotKnowStrangers) {
  EXPECT_THAT(SignIn("nobody@example.org"), IsError(absl::StatusCode::kNotFound, "PERSON_NOT_FOUND"));
  EXPECT_THAT(SignIn("no address"), IsError(absl::StatusCode::kNotFound, "PERSON_NOT_FOUND"));
  EXPECT_THAT(GetMe(suite_.Person("people/gone")), IsError(absl::StatusCode::kNotFound, "PERSON_NOT_FOUND"));
  EXPECT_THAT(GetMe(testing::TestSuite::Anonymous()),
              IsError(absl::StatusCode::kUnauthenticated, "SIGN_IN_NEEDED"));
}

class CreateStaffTest : public MembershipTest {
 protected:
  absl::StatusOr<std::string> Create(const std::string& email) {
    return CreateStaff(database_.pool(), ids_,
                       {.email = email, .full_name = "Olga Office", .office = "The Office"},
                       suite_.clock().Now(), absl::Now() + absl::Seconds(20));
  }
};

TEST_F(CreateStaffTest, MakesTheFirstStaffOfAnEmptyRegister) {
  ASSERT_OK_AND_ASSIGN(const std::string done, Create("Olga@example.org"));
  EXPECT_THAT(done, HasSubstr("olga@example.org is staff from 2022-08-20 on"));
  ASSERT_OK_AND_ASSIGN(const auto me, Invoke(&v1::IdentityService::Stub::GetMe, *identity_,
                                             As("olga@example.org"), v1::GetMeRequest()));
  EXPECT_THAT(me.roles(), ElementsAre("staff"));
  EXPECT_EQ(me.company_display_name(), "The Office");
}

TEST_F(CreateStaffTest, ChangesNothingTheSecondTime) {
  ASSERT_OK(Create("olga@example.org"));
  suite_.clock().Advance(absl::Hours(48));
  ASSERT_OK_AND_ASSIGN(const std::string done, Create("olga@example.org"));
  EXPECT_EQ(done, "olga@example.org is staff already\n");
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM memberships"), "1");
  ASSERT_OK(Create("otto@example.org"));
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM companies"), "1");
}

TEST_F(CreateStaffTest, RefusesWhatIsNoAddress) {
  EXPECT_THAT(Create("olga"), IsError(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
}

}  // namespace
}  // namespace plenary::membership
