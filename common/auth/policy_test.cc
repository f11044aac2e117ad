#include "common/auth/policy.h"

#include <gtest/gtest.h>

#include "google/rpc/error_details.pb.h"

namespace plenary::auth {
namespace {

using policy::v1::Policy;

Principal Person(std::vector<std::string> roles) {
  return {Principal::Kind::kPerson, "people/ada", "companies/one", std::move(roles), ""};
}
Principal Service(std::string name) { return {Principal::Kind::kService, "", "", {}, std::move(name)}; }

TEST(Decide, NoPolicyLetsNobodyIn) {
  for (const Principal& principal :
       {Principal{}, Person({"staff", "member", "representative"}), Service("election")}) {
    EXPECT_EQ(Decide(Policy(), principal, nullptr), Access::kRefused);
  }
}

TEST(Decide, APublicMethodTakesEverybody) {
  Policy policy;
  policy.set_public_(true);
  EXPECT_EQ(Decide(policy, Principal{}, nullptr), Access::kAllowed);
  EXPECT_EQ(Decide(policy, Service("election"), nullptr), Access::kAllowed);
}

TEST(Decide, AnAnonymousMethodRefusesWhoeverShowsAnIdentity) {
  Policy policy;
  policy.set_anonymous_only(true);
  EXPECT_EQ(Decide(policy, Principal{}, nullptr), Access::kAllowed);
  EXPECT_EQ(Decide(policy, Person({"staff"}), nullptr), Access::kRefused);
  EXPECT_EQ(Decide(policy, Service("election"), nullptr), Access::kRefused);
}

TEST(Decide, AnyNamedRoleOrServiceIsEnough) {
  Policy policy;
  policy.add_roles("staff");
  policy.add_services("election");
  EXPECT_EQ(Decide(policy, Person({"member", "staff"}), nullptr), Access::kAllowed);
  EXPECT_EQ(Decide(policy, Person({"member"}), nullptr), Access::kRefused);
  EXPECT_EQ(Decide(policy, Service("election"), nullptr), Access::kAllowed);
  EXPECT_EQ(Decide(policy, Service("committee"), nullptr), Access::kRefused);
  EXPECT_EQ(Decide(policy, Principal{}, nullptr), Access::kRefused);
}

TEST(Decide, AServiceIsNoPersonWhateverItsRoles) {
  Policy policy;
  policy.add_roles("staff");
  policy.set_signed_in(true);
  Principal service = Service("committee");
  service.roles = {"staff"};
  EXPECT_EQ(Decide(policy, service, nullptr), Access::kRefused);
}

TEST(Decide, AServiceAccountGetsInByItsRolesAlone) {
  Principal account;
  account.kind = Principal::Kind::kServiceAccount;
  account.account = "serviceAccounts/sync";
  account.roles = {"staff"};
  Policy policy;
  policy.set_signed_in(true);
  policy.set_self("reason");
  policy.set_relation("chair");
  google::rpc::ErrorInfo request;
  EXPECT_EQ(Decide(policy, account, &request), Access::kRefused);
  policy.add_roles("staff");
  EXPECT_EQ(Decide(policy, account, &request), Access::kAllowed);
  account.roles = {};
  EXPECT_EQ(Decide(policy, account, &request), Access::kRefused);
  EXPECT_EQ(account.Actor(), "serviceAccounts/sync");
}

TEST(Decide, SelfIsThePersonTheRequestNames) {
  Policy policy;
  policy.set_self("reason");  // any text field will do
  google::rpc::ErrorInfo request;
  request.set_reason("people/ada");
  EXPECT_EQ(Decide(policy, Person({}), &request), Access::kAllowed);
  request.set_reason("people/eve");
  EXPECT_EQ(Decide(policy, Person({}), &request), Access::kRefused);
  request.clear_reason();
  EXPECT_EQ(Decide(policy, Person({}), &request), Access::kAllowed) << "an empty field is the caller";
  EXPECT_EQ(Decide(policy, Principal{}, &request), Access::kRefused);
  policy.set_self("no_such_field");
  EXPECT_EQ(Decide(policy, Person({}), &request), Access::kRefused);
}

TEST(Decide, ARelationIsLeftToTheMethod) {
  Policy policy;
  policy.set_relation("chair");
  policy.add_roles("staff");
  EXPECT_EQ(Decide(policy, Person({}), nullptr), Access::kMustProveRelation);
  EXPECT_EQ(Decide(policy, Person({"staff"}), nullptr), Access::kAllowed);
  EXPECT_EQ(Decide(policy, Principal{}, nullptr), Access::kRefused);
  EXPECT_EQ(Decide(policy, Service("election"), nullptr), Access::kRefused);
}

TEST(DescribePolicy, SaysWhoMayCall) {
  Policy policy;
  EXPECT_EQ(DescribePolicy(policy), "nobody");
  policy.add_roles("staff");
  policy.set_relation("returning_officer");
  EXPECT_EQ(DescribePolicy(policy), "staff, returning officer");
}

}  // namespace
}  // namespace plenary::auth
