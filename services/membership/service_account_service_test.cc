#include "common/status/error.h"
#include "common/time/proto_time.h"
#include "services/membership/testing_identity.h"

namespace plenary::membership {
namespace {

using ::testing::ElementsAre;
using testing::Invoke;
using testing::IsError;
using testing::IsOk;

using Stub = v1::ServiceAccountService::Stub;
constexpr auto kRefused = absl::StatusCode::kUnauthenticated;
constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

class ServiceAccountTest : public IdentityTest {
 protected:
  absl::StatusOr<v1::ServiceAccount> Create(const std::string& display_name, std::vector<std::string> roles,
                                            absl::Duration life = absl::Hours(24),
                                            const std::string& request_id = "",
                                            std::unique_ptr<grpc::ClientContext> context = nullptr) {
    v1::CreateServiceAccountRequest request;
    request.set_display_name(display_name);
    request.mutable_roles()->Add(roles.begin(), roles.end());
    *request.mutable_expire_time() = ToTimestamp(suite_.clock().Now() + life);
    request.set_request_id(request_id);
    if (context == nullptr) context = As("olga@example.org");
    return Invoke(&Stub::CreateServiceAccount, *accounts_, std::move(context), request);
  }
  absl::StatusOr<v1::SignedInServiceAccount> SignInAccount(const std::string& name, const std::string& secret,
                                                           const std::string& from = "") {
    v1::SignInServiceAccountRequest request;
    request.set_name(name);
    request.set_secret(secret);
    return Invoke(&Stub::SignInServiceAccount, *accounts_, From(from), request);
  }
  absl::StatusOr<v1::ServiceAccount> Rotate(const std::string& name, const std::string& request_id = "") {
    v1::RotateServiceAccountSecretRequest request;
    request.set_name(name);
    request.set_request_id(request_id);
    return Invoke(&Stub::RotateServiceAccountSecret, *accounts_, As("olga@example.org"), request);
  }
  absl::StatusOr<v1::ServiceAccount> Revoke(const std::string& name) {
    v1::RevokeServiceAccountRequest request;
    request.set_name(name);
    return Invoke(&Stub::RevokeServiceAccount, *accounts_, As("olga@example.org"), request);
  }
};

TEST_F(ServiceAccountTest, ActsWithItsRolesAndUnderItsName) {
  ASSERT_OK_AND_ASSIGN(const auto shop, Create("Web shop", {"staff"}));
  EXPECT_EQ(shop.creator(), PersonAt("olga@example.org").name());
  ASSERT_OK_AND_ASSIGN(const auto tokens, SignInAccount(shop.name(), shop.secret()));
  EXPECT_EQ(tokens.expire_time().seconds(), absl::ToUnixSeconds(suite_.clock().Now() + absl::Minutes(15)));
  const auto with_token = [&] {
    auto context = testing::TestSuite::Anonymous();
    context->AddMetadata("authorization", "Bearer " + tokens.tokens(0).access_token());
    return context;
  };
  v1::RecordReferenceLettersRequest letters;
  letters.set_person(PersonAt("bob@example.org").name());
  letters.set_accepted_letters(1);
  letters.set_request_id(RandomUuid());
  EXPECT_OK(Invoke(&v1::RegisterService::Stub::RecordReferenceLetters, *register_, with_token(), letters));
  EXPECT_EQ(database_.One("SELECT actor FROM audit ORDER BY sequence DESC LIMIT 1"), shop.name());
  EXPECT_THAT(Invoke(&v1::IdentityService::Stub::GetMe, *identity_, with_token(), v1::GetMeRequest()),
              IsError(absl::StatusCode::kPermissionDenied, "NOT_ALLOWED"))
      << "it is nobody in the society";
  v1::CreateServiceAccountRequest another;
  EXPECT_THAT(Invoke(&Stub::CreateServiceAccount, *accounts_, with_token(), another),
              IsError(absl::StatusCode::kPermissionDenied, "PERSON_NEEDED"));
}

TEST_F(ServiceAccountTest, ShowsTheSecretOnceAndStoresItNowhere) {
  const std::string request_id = RandomUuid();
  ASSERT_OK_AND_ASSIGN(const auto shop, Create("Web shop", {}, absl::Hours(24), request_id));
  EXPECT_EQ(shop.secret().size(), 43u);
  EXPECT_FALSE(IsStored(shop.secret()));
  ASSERT_OK_AND_ASSIGN(const auto again, Create("Web shop", {}, absl::Hours(24), request_id));
  EXPECT_EQ(again.name(), shop.name());
  EXPECT_EQ(again.secret(), "");
  ASSERT_OK_AND_ASSIGN(const auto listed, Invoke(&Stub::ListServiceAccounts, *accounts_,
                                                 As("olga@example.org"), v1::ListServiceAccountsRequest()));
  ASSERT_EQ(listed.service_accounts_size(), 1);
  EXPECT_EQ(listed.service_accounts(0).secret(), "");
  EXPECT_EQ(listed.service_accounts(0).secret_fingerprint(), shop.secret_fingerprint());
}

TEST_F(ServiceAccountTest, ANewSecretTakesThePlaceOfTheOld) {
  ASSERT_OK_AND_ASSIGN(const auto shop, Create("Web shop", {"staff"}));
  const std::string request_id = RandomUuid();
  ASSERT_OK_AND_ASSIGN(const auto rotated, Rotate(shop.name(), request_id));
  EXPECT_NE(rotated.secret_fingerprint(), shop.secret_fingerprint());
  EXPECT_THAT(SignInAccount(shop.name(), shop.secret()), IsError(kRefused, "SERVICE_ACCOUNT_REFUSED"));
  EXPECT_THAT(SignInAccount(shop.name(), rotated.secret()), IsOk());
  EXPECT_EQ(Rotate(shop.name(), request_id)->secret(), "") << "a repeated request";
  EXPECT_THAT(SignInAccount(shop.name(), rotated.secret()), IsOk()) << "which changes nothing";
  EXPECT_FALSE(IsStored(rotated.secret()));
}

TEST_F(ServiceAccountTest, RefusesARevokedAnExpiredAndAnUnknownAccountAlike) {
  ASSERT_OK_AND_ASSIGN(const auto revoked, Create("One", {"staff"}));
  ASSERT_OK_AND_ASSIGN(const auto expiring, Create("Two", {"staff"}, absl::Minutes(5)));
  ASSERT_OK_AND_ASSIGN(const auto short_lived, SignInAccount(expiring.name(), expiring.secret()));
  EXPECT_EQ(short_lived.expire_time().seconds(), expiring.expire_time().seconds());
  ASSERT_OK_AND_ASSIGN(const auto first, Revoke(revoked.name()));
  suite_.clock().Advance(absl::Minutes(5));
  ASSERT_OK_AND_ASSIGN(const auto second, Revoke(revoked.name()));
  EXPECT_EQ(second.revoke_time().seconds(), first.revoke_time().seconds()) << "it stays as it was";
  for (const v1::ServiceAccount& account : {revoked, expiring}) {
    EXPECT_THAT(SignInAccount(account.name(), account.secret()),
                IsError(kRefused, "SERVICE_ACCOUNT_REFUSED"));
    EXPECT_THAT(Rotate(account.name()),
                IsError(absl::StatusCode::kFailedPrecondition, "SERVICE_ACCOUNT_ENDED"));
  }
  EXPECT_THAT(SignInAccount("serviceAccounts/none", "x"), IsError(kRefused, "SERVICE_ACCOUNT_REFUSED"));
  EXPECT_THAT(Rotate("serviceAccounts/none"),
              IsError(absl::StatusCode::kNotFound, "SERVICE_ACCOUNT_NOT_FOUND"));
  EXPECT_THAT(Revoke("people/none"), IsError(absl::StatusCode::kNotFound, "SERVICE_ACCOUNT_NOT_FOUND"));
}

TEST_F(ServiceAccountTest, ChecksWhatIsAskedFor) {
  EXPECT_THAT(Create("", {}), IsError(kInvalid, "FIELD_INVALID"));
  EXPECT_THAT(Create(std::string(81, 'x'), {}), IsError(kInvalid, "FIELD_INVALID"));
  EXPECT_THAT(Create(std::string(80, 'x'), {}), IsOk());
  EXPECT_THAT(Create("Web shop", {}, absl::ZeroDuration()), IsError(kInvalid, "FIELD_INVALID"));
  EXPECT_THAT(Create("Web shop", {}, limits::kLongestAccountLife + absl::Seconds(1)),
              IsError(kInvalid, "FIELD_INVALID"));
  EXPECT_THAT(Create("Web shop", {}, limits::kLongestAccountLife), IsOk());
  for (const std::string role : {"member", "representative", "administrator", "", "Staff"}) {
    EXPECT_THAT(Create("Web shop", {role}), IsError(kInvalid, "FIELD_INVALID")) << role;
  }
  EXPECT_THAT(Create("Web shop", {"staff", "staff"}), IsError(kInvalid, "FIELD_INVALID"));
  EXPECT_THAT(Create("Web shop", {}, absl::Hours(1), "", As("ann@example.org")),
              IsError(absl::StatusCode::kPermissionDenied, "NOT_ALLOWED"));
}

TEST_F(ServiceAccountTest, CountsWrongSecretsByPlaceAndNotByAccount) {
  ASSERT_OK_AND_ASSIGN(const auto shop, Create("Web shop", {"staff"}));
  for (int i = 0; i < limits::kWrongProofsFromPeer; ++i) {
    ASSERT_THAT(SignInAccount(shop.name(), "x", "198.51.100.7"),
                IsError(kRefused, "SERVICE_ACCOUNT_REFUSED"));
  }
  EXPECT_THAT(SignInAccount(shop.name(), shop.secret(), "198.51.100.7"),
              IsError(absl::StatusCode::kResourceExhausted, "SIGN_IN_LIMIT"));
  for (int i = 0; i < limits::kWrongProofsFromPeer + 1; ++i) {
    ASSERT_THAT(SignInAccount(shop.name(), shop.secret(), "198.51.100.8"), IsOk());
  }
}

}  // namespace
}  // namespace plenary::membership
