#include "common/auth/token.h"

#include <gtest/gtest.h>

#include "common/crypto/bytes.h"
#include "common/testing/status_matchers.h"

namespace plenary::auth {
namespace {

using testing::HasReason;
using testing::IsOk;

const absl::Time kNow = absl::FromUnixSeconds(1'661'000'000);

Principal Ada() {
  return {Principal::Kind::kPerson, "people/ada", "companies/one", {"member", "representative"}, ""};
}

class TokenTest : public ::testing::Test {
 protected:
  TokenTest() {
    EXPECT_OK(keys_.Add(membership_.PublicKeyJson()));
    EXPECT_OK(keys_.Add(committee_.PublicKeyJson()));
  }
  TokenSigner membership_{"membership", "membership-1", crypto::Es256PrivateKey::Generate()};
  TokenSigner committee_{"committee", "committee-1", crypto::Es256PrivateKey::Generate()};
  KeySet keys_{"membership"};
};

TEST_F(TokenTest, NamesThePersonTheCompanyAndTheRoles) {
  ASSERT_OK_AND_ASSIGN(const Principal principal,
                       keys_.Verify(membership_.SignPerson(Ada(), {"ethics"}, kNow), "ethics", kNow));
  EXPECT_EQ(principal.person, "people/ada");
  EXPECT_EQ(principal.company, "companies/one");
  EXPECT_TRUE(principal.HasRole("representative"));
  EXPECT_FALSE(principal.HasRole("staff"));
}

TEST_F(TokenTest, ProvesAServiceToItsPeers) {
  ASSERT_OK_AND_ASSIGN(const Principal principal,
                       keys_.Verify(committee_.SignService({"ethics"}, kNow), "ethics", kNow));
  EXPECT_TRUE(principal.IsService("committee"));
  EXPECT_EQ(principal.Actor(), "services/committee");
}

TEST_F(TokenTest, AServiceOtherThanTheIssuerOfPeopleCannotNameAPerson) {
  EXPECT_THAT(keys_.Verify(committee_.SignPerson(Ada(), {"ethics"}, kNow), "ethics", kNow),
              HasReason("TOKEN_INVALID"));
}

TEST_F(TokenTest, AKeySpeaksForItsOwnIssuerOnly) {
  const TokenSigner impostor("membership", "committee-1", crypto::Es256PrivateKey::Generate());
  EXPECT_THAT(keys_.Verify(impostor.SignPerson(Ada(), {"ethics"}, kNow), "ethics", kNow),
              HasReason("TOKEN_INVALID"));
}

TEST_F(TokenTest, IsForOneServiceAndWorthNothingAtAnother) {
  const std::string person = membership_.SignPerson(Ada(), {"ethics"}, kNow);
  const std::string service = committee_.SignService({"membership"}, kNow);
  EXPECT_THAT(keys_.Verify(person, "ethics", kNow), IsOk());
  EXPECT_THAT(keys_.Verify(person, "membership", kNow), HasReason("TOKEN_INVALID"));
  EXPECT_THAT(keys_.Verify(service, "membership", kNow), IsOk());
  EXPECT_THAT(keys_.Verify(service, "ethics", kNow), HasReason("TOKEN_INVALID"));
  EXPECT_THAT(keys_.Verify(membership_.SignPerson(Ada(), {}, kNow), "ethics", kNow),
              HasReason("TOKEN_INVALID"));
}

TEST_F(TokenTest, EndsWithItsLifetime) {
  const std::string token = membership_.SignPerson(Ada(), {"ethics"}, kNow);
  EXPECT_THAT(keys_.Verify(token, "ethics", kNow + kPersonTokenLifetime - absl::Seconds(1)), IsOk());
  EXPECT_THAT(keys_.Verify(token, "ethics", kNow + kPersonTokenLifetime), HasReason("TOKEN_EXPIRED"));
  EXPECT_THAT(keys_.Verify(token, "ethics", kNow - absl::Minutes(5)), HasReason("TOKEN_INVALID"))
      << "issued in the future";
}

TEST_F(TokenTest, AnyChangedCharacterIsRefused) {
  const std::string token = membership_.SignPerson(Ada(), {"ethics"}, kNow);
  int refused = 0;
  for (std::size_t i = 0; i < token.size(); i += 3) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    if (!keys_.Verify(changed, "ethics", kNow).ok()) ++refused;
  }
  EXPECT_EQ(refused, static_cast<int>((token.size() + 2) / 3));
}

TEST_F(TokenTest, RefusesOtherAlgorithmsAndMalformedText) {
  const std::string claims = crypto::Base64UrlEncode(
      R"({"iss":"membership","sub":"people/ada","aud":["ethics"],"iat":1661000000,"exp":1761000000})");
  const std::string none = crypto::Base64UrlEncode(R"({"alg":"none","kid":"membership-1"})");
  for (const std::string& token :
       {none + "." + claims + ".", none + "." + claims, std::string(), std::string("a.b.c.d"),
        std::string(5000, 'a'), std::string(".."), std::string("e30.e30.e30")}) {
    EXPECT_THAT(keys_.Verify(token, "ethics", kNow), HasReason("TOKEN_INVALID"));
  }
}

TEST_F(TokenTest, NamesAServiceAccountAndItsRoles) {
  Principal sync;
  sync.kind = Principal::Kind::kServiceAccount;
  sync.account = "serviceAccounts/sync";
  sync.roles = {"staff"};
  ASSERT_OK_AND_ASSIGN(const Principal principal,
                       keys_.Verify(membership_.SignPerson(sync, {"ethics"}, kNow), "ethics", kNow));
  EXPECT_EQ(principal.Actor(), "serviceAccounts/sync");
  EXPECT_TRUE(principal.HasRole("staff"));
  EXPECT_FALSE(principal.IsPerson());
  EXPECT_THAT(keys_.Verify(committee_.SignPerson(sync, {"ethics"}, kNow), "ethics", kNow),
              HasReason("TOKEN_INVALID"));
}

TEST_F(TokenTest, ReplacesItsKeysTogetherOrNotAtAll) {
  const std::string token = membership_.SignPerson(Ada(), {"ethics"}, kNow);
  EXPECT_THAT(keys_.Replace({committee_.PublicKeyJson(), "{}"}), HasReason("KEY_UNREADABLE"));
  EXPECT_THAT(keys_.Verify(token, "ethics", kNow), IsOk());
  ASSERT_OK(keys_.Replace({committee_.PublicKeyJson()}));
  EXPECT_THAT(keys_.Verify(token, "ethics", kNow), HasReason("TOKEN_INVALID"));
  EXPECT_TRUE(keys_.PersonKeys().empty());
}

}  // namespace
}  // namespace plenary::auth
