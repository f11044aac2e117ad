#include "services/membership/badge_service.h"

#include <fmt/format.h>

#include <atomic>
#include <thread>

#include "common/ids/id.h"
#include "common/testing/every_caller.h"
#include "services/membership/limits_education.h"
#include "services/membership/testing_membership.h"

namespace plenary::membership {
namespace {

using absl::StatusCode;
using testing::Invoke;
using testing::IsError;
using Stub = v1::BadgeService::Stub;

class BadgeServiceTest : public MembershipTest {
 protected:
  BadgeServiceTest()
      : service_(suite_.edge(), database_.pool(), ids_),
        badge_loopback_({&service_}),
        badges_(v1::BadgeService::NewStub(badge_loopback_.channel())) {
    SaveCategories();
    MustImport(
        "ann@example.org,Ann,Acme,professional,2021-08-24,2022-08-31,2,,\n"
        "bob@example.org,Bob,Acme,professional,2019-08-24,2020-08-23,2,,\n"
        "otto@example.org,Otto,Office,staff,2020-01-01,,,,\n");
  }

  absl::StatusOr<v1::Badge> Issue(const std::string& email = "ann@example.org",
                                  const std::string& renews = "", const std::string& label = "web site",
                                  bool show_company = false, const std::string& request_id = "") {
    v1::IssueBadgeRequest request;
    request.set_label(label);
    request.set_show_company(show_company);
    request.set_renews(renews);
    request.set_request_id(request_id);
    return Invoke(&Stub::IssueBadge, *badges_, As(email), request);
  }
  v1::CheckBadgeResponse Check(const std::string& name) {
    v1::CheckBadgeRequest request;
    request.set_name(name);
    const auto answer = Invoke(&Stub::CheckBadge, *badges_, testing::TestSuite::Anonymous(), request);
    EXPECT_OK(answer);
    return answer.value_or(v1::CheckBadgeResponse());
  }
  absl::StatusOr<v1::Badge> Revoke(const std::string& name, const std::string& email = "ann@example.org") {
    v1::RevokeBadgeRequest request;
    request.set_name(name);
    return Invoke(&Stub::RevokeBadge, *badges_, As(email), request);
  }
  void Act(const std::string& kind, const std::string& day) {
    database_.Run(fmt::format(
        "INSERT INTO membership_acts (id, holder, kind, effective_on, reason, source, created_at)"
        " VALUES ('{}', '{}', '{}', '{}', '', 'test', 0)",
        ids_.NextText(), ResourceId("people", PersonAt("ann@example.org").name()).value(), kind, day));
  }

  BadgeService service_;
  testing::Loopback badge_loopback_;
  std::unique_ptr<Stub> badges_;
};

TEST_F(BadgeServiceTest, ShowsAMemberToAnybody) {
  ASSERT_OK_AND_ASSIGN(const v1::Badge badge, Issue());
  const v1::CheckBadgeResponse answer = Check(badge.name());
  EXPECT_EQ(answer.state(), v1::CheckBadgeResponse::STATE_VALID);
  EXPECT_EQ(answer.full_name(), "Ann");
  EXPECT_EQ(answer.category_display_name(), "professional");
  EXPECT_EQ(answer.company_display_name(), "") << "without consent no company";
  EXPECT_EQ(answer.checked_on(), "2022-08-20");
  ASSERT_OK_AND_ASSIGN(const v1::Badge with_company, Issue("ann@example.org", "", "", true));
  EXPECT_EQ(Check(with_company.name()).company_display_name(), "Acme");
  EXPECT_NE(badge.name(), with_company.name());
}

TEST_F(BadgeServiceTest, ShowsCertificationsThatAreGood) {
  const std::string ann = ResourceId("people", PersonAt("ann@example.org").name()).value();
  database_.Run("INSERT INTO tracks VALUES ('technician', 'Technician', 0, 0, 0, 0)");
  database_.Run(
      fmt::format("INSERT INTO certifications (id, person, track, granted_on, valid_until, granted_by)"
                  " VALUES ('{}', '{}', 'technician', '2020-01-01', '2021-01-01', 'x'),"
                  " ('{}', '{}', 'technician', '2021-01-01', '2022-08-21', 'x')",
                  ids_.NextText(), ann, ids_.NextText(), ann));
  ASSERT_OK_AND_ASSIGN(const v1::Badge badge, Issue());
  const v1::CheckBadgeResponse today = Check(badge.name());
  ASSERT_EQ(today.certifications_size(), 1);
  EXPECT_EQ(today.certifications(0), "Technician");
  suite_.clock().Set(Noon("2022-08-21"));
  EXPECT_EQ(Check(badge.name()).certifications_size(), 0);
}

TEST_F(BadgeServiceTest, DiesWithTheMembershipAndComesBack) {
  ASSERT_OK_AND_ASSIGN(const v1::Badge badge, Issue());
  const auto state = [&] { return Check(badge.name()).state(); };
  Act("SUSPENDED", "2022-08-20");
  EXPECT_EQ(state(), v1::CheckBadgeResponse::STATE_NOT_VALID);
  Act("REINSTATED", "2022-08-20");
  EXPECT_EQ(state(), v1::CheckBadgeResponse::STATE_VALID);
  suite_.clock().Set(Noon("2022-09-30"));
  EXPECT_EQ(state(), v1::CheckBadgeResponse::STATE_VALID) << "the last day of grace";
  suite_.clock().Set(Noon("2022-10-01"));
  EXPECT_EQ(state(), v1::CheckBadgeResponse::STATE_NOT_VALID);
  MustImport("ann@example.org,Ann,Acme,professional,2022-10-01,2023-08-31,2,,\n");
  EXPECT_EQ(state(), v1::CheckBadgeResponse::STATE_VALID) << "renewed";
  Act("CANCELLED", "2022-10-01");
  EXPECT_EQ(state(), v1::CheckBadgeResponse::STATE_NOT_VALID);
}

TEST_F(BadgeServiceTest, TellsNothingButTheWordOfABadgeThatIsNotGood) {
  ASSERT_OK_AND_ASSIGN(const v1::Badge badge, Issue("ann@example.org", "", "", true));
  ASSERT_OK(Revoke(badge.name()));
  v1::CheckBadgeResponse dead = Check(badge.name());
  EXPECT_EQ(dead.state(), v1::CheckBadgeResponse::STATE_NOT_VALID);
  for (const std::string name :
       {"badges/none", "", "badges/' OR 1=1", "people/x", "badges/00000000000000000000000000"}) {
    v1::CheckBadgeResponse unknown = Check(name);
    EXPECT_EQ(unknown.state(), v1::CheckBadgeResponse::STATE_UNKNOWN);
    unknown.clear_state();
    v1::CheckBadgeResponse rest = dead;
    rest.clear_state();
    EXPECT_EQ(unknown.SerializeAsString(), rest.SerializeAsString());
  }
}

TEST_F(BadgeServiceTest, IsIssuedToMembersOnly) {
  EXPECT_THAT(Issue("bob@example.org"),
              IsError(StatusCode::kFailedPrecondition, "NO_BADGE_WITHOUT_MEMBERSHIP"));
  EXPECT_THAT(Issue("otto@example.org"),
              IsError(StatusCode::kFailedPrecondition, "NO_BADGE_WITHOUT_MEMBERSHIP"));
  EXPECT_THAT(Invoke(&Stub::IssueBadge, *badges_, suite_.Person("people/none"), {}),
              IsError(StatusCode::kNotFound, "PERSON_NOT_FOUND"));
  EXPECT_THAT(Issue("ann@example.org", "", std::string(81, 'x')),
              IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(Issue("ann@example.org", "", "\x1b]0;x"),
              IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
}

TEST_F(BadgeServiceTest, IsRenewedInOneStep) {
  ASSERT_OK_AND_ASSIGN(const v1::Badge first, Issue());
  const std::string request_id = RandomUuid();
  ASSERT_OK_AND_ASSIGN(const v1::Badge second,
                       Issue("ann@example.org", first.name(), "web", false, request_id));
  ASSERT_OK_AND_ASSIGN(const v1::Badge again,
                       Issue("ann@example.org", first.name(), "web", false, request_id));
  EXPECT_EQ(again.name(), second.name());
  EXPECT_EQ(Check(first.name()).state(), v1::CheckBadgeResponse::STATE_NOT_VALID);
  EXPECT_EQ(Check(second.name()).state(), v1::CheckBadgeResponse::STATE_VALID);
  EXPECT_THAT(Issue("ann@example.org", first.name()), IsError(StatusCode::kNotFound, "BADGE_NOT_FOUND"));
  EXPECT_THAT(Issue("ann@example.org", "badges/none"), IsError(StatusCode::kNotFound, "BADGE_NOT_FOUND"));
}

TEST_F(BadgeServiceTest, BoundsTheLiveBadgesUnderARace) {
  std::atomic<int> issued{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 2 * limits::kMostLiveBadges; ++i) {
    threads.emplace_back([&] {
      const auto result = Issue();
      if (result.ok()) {
        ++issued;
      } else {
        EXPECT_THAT(result, IsError(StatusCode::kFailedPrecondition, "TOO_MANY_BADGES"));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(issued, limits::kMostLiveBadges);
  v1::ListMyBadgesRequest list;
  list.set_page_size(3);
  ASSERT_OK_AND_ASSIGN(const auto first, Invoke(&Stub::ListMyBadges, *badges_, As("ann@example.org"), list));
  list.set_page_token(first.next_page_token());
  ASSERT_OK_AND_ASSIGN(const auto second, Invoke(&Stub::ListMyBadges, *badges_, As("ann@example.org"), list));
  EXPECT_EQ(first.badges_size() + second.badges_size(), limits::kMostLiveBadges);
  ASSERT_OK(Revoke(first.badges(0).name()));
  EXPECT_OK(Issue()) << "a revoked one makes room";
}

TEST_F(BadgeServiceTest, IsRevokedByItsOwnerOrByStaff) {
  ASSERT_OK_AND_ASSIGN(const v1::Badge badge, Issue());
  EXPECT_THAT(Revoke(badge.name(), "bob@example.org"), IsError(StatusCode::kNotFound, "BADGE_NOT_FOUND"));
  EXPECT_THAT(Revoke("badges/none", "otto@example.org"), IsError(StatusCode::kNotFound, "BADGE_NOT_FOUND"));
  ASSERT_OK_AND_ASSIGN(const v1::Badge revoked, Revoke(badge.name(), "otto@example.org"));
  EXPECT_TRUE(revoked.has_revoke_time());
  suite_.clock().Advance(absl::Hours(1));
  ASSERT_OK_AND_ASSIGN(const v1::Badge again, Revoke(badge.name()));
  EXPECT_EQ(again.SerializeAsString(), revoked.SerializeAsString());
  v1::ListMyBadgesRequest list;
  list.set_person(badge.person());
  EXPECT_THAT(Invoke(&Stub::ListMyBadges, *badges_, As("bob@example.org"), list),
              IsError(StatusCode::kPermissionDenied, "NOT_ALLOWED"));
  ASSERT_OK_AND_ASSIGN(const auto all, Invoke(&Stub::ListMyBadges, *badges_, suite_.Staff(), list));
  EXPECT_EQ(all.badges_size(), 1);
}

TEST_F(BadgeServiceTest, AnswersExactlyThoseWhomThePolicyNames) {
  testing::ExpectEveryPolicyHolds(suite_, badge_loopback_.channel(), {"plenary.membership.v1.BadgeService"});
}

}  // namespace
}  // namespace plenary::membership
