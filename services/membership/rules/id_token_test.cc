#include "services/membership/rules/id_token.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/crypto/hmac.h"
#include "common/testing/status_matchers.h"
#include "services/membership/limits_oidc.h"
#include "services/membership/testing_oidc.h"

namespace plenary::membership::rules {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::IsError;
using ::testing::Key;

const absl::Time kNow = absl::FromUnixSeconds(1'700'000'000);

std::string BySignature(std::string_view text) { return ProviderKey().Sign(text); }

class IdTokenTest : public ::testing::Test {
 protected:
  IdTokenTest() {
    claims_ = {{"iss", "https://id.example"}, {"sub", "ann"},          {"aud", "plenary"},
               {"iat", 1'700'000'000},        {"exp", 1'700'000'300},  {"nonce", "n-1"},
               {"email", "Ann@Example.org"},  {"email_verified", true}};
    keys_ = ReadProviderKeys(Claims{{"keys", {JwkOf(ProviderKey(), "k1")}}}.dump()).value();
  }

  absl::StatusOr<IdClaims> Check(const std::string& token) {
    return CheckIdToken(token, keys_,
                        {.issuer = "https://id.example",
                         .client_id = "plenary",
                         .nonce = "n-1",
                         .access_token = "opaque",
                         .now = kNow});
  }
  absl::StatusOr<IdClaims> CheckSigned(const Claims& header = {{"alg", "RS256"}, {"kid", "k1"}}) {
    return Check(Jws(header, claims_, BySignature));
  }
  // Refused with the claim as it is now, for that reason.
  void ExpectRefused(const std::string& because) {
    const auto refused = CheckSigned();
    ASSERT_THAT(refused, IsError(absl::StatusCode::kUnauthenticated, "OIDC_REFUSED")) << claims_;
    EXPECT_THAT(std::string(refused.status().message()), HasSubstr(because)) << claims_;
  }

  Claims claims_;
  ProviderKeys keys_;
};

TEST_F(IdTokenTest, SaysWhoItIs) {
  ASSERT_OK_AND_ASSIGN(const IdClaims person, CheckSigned());
  EXPECT_EQ(person.subject, "ann");
  EXPECT_EQ(person.email, "ann@example.org");
  claims_["aud"] = {"plenary"};
  claims_["azp"] = "plenary";
  claims_["exp"] = 1'700'000'300.5;
  EXPECT_OK(CheckSigned());
}

TEST_F(IdTokenTest, TakesAnAddressOnlyWhenItIsVerified) {
  for (const Claims& verified :
       {Claims(false), Claims("true"), Claims(1), Claims(nullptr), Claims::object()}) {
    claims_["email_verified"] = verified;
    ASSERT_OK_AND_ASSIGN(const IdClaims person, CheckSigned());
    EXPECT_EQ(person.email, "") << verified;
  }
  claims_.erase("email_verified");
  EXPECT_EQ(CheckSigned()->email, "");
  claims_["email_verified"] = true;
  claims_["email"] = "no address";
  EXPECT_EQ(CheckSigned()->email, "");
}

TEST_F(IdTokenTest, RefusesAnotherIssuer) {
  for (const Claims& issuer :
       {Claims("https://id.example/"), Claims("http://id.example"), Claims(""), Claims(1)}) {
    claims_["iss"] = issuer;
    ExpectRefused("another issuer");
  }
}

TEST_F(IdTokenTest, RefusesAnotherAudience) {
  for (const Claims& audience : {Claims("other"), Claims({"other"}), Claims({"plenary", "other"}),
                                 Claims::array(), Claims(""), Claims(nullptr), Claims(true)}) {
    claims_["aud"] = audience;
    ExpectRefused("another client");
  }
  claims_["aud"] = "plenary";
  for (const Claims& party : {Claims("other"), Claims(""), Claims(1)}) {
    claims_["azp"] = party;
    ExpectRefused("another client");
  }
}

TEST_F(IdTokenTest, RefusesWhatIsOutOfDate) {
  const std::int64_t now = absl::ToUnixSeconds(kNow);
  const std::int64_t skew = absl::ToInt64Seconds(limits::kIdTokenSkew);
  const std::int64_t oldest = absl::ToInt64Seconds(limits::kOldestIdToken);
  for (const Claims& expires : {Claims(now - skew), Claims(-1), Claims("1800000000"), Claims(1e300)}) {
    claims_["exp"] = expires;
    ExpectRefused("out of date");
  }
  claims_["exp"] = now - skew + 1;
  EXPECT_OK(CheckSigned());
  for (const Claims& issued : {Claims(now + skew + 1), Claims(now - oldest - skew), Claims(nullptr)}) {
    claims_["iat"] = issued;
    ExpectRefused("out of date");
  }
  for (const std::int64_t issued : {now + skew, now - oldest - skew + 1}) {
    claims_["iat"] = issued;
    EXPECT_OK(CheckSigned());
  }
  claims_.erase("iat");
  ExpectRefused("out of date");
}

TEST_F(IdTokenTest, RefusesAnotherNonce) {
  for (const Claims& nonce : {Claims("n-2"), Claims("n-"), Claims(""), Claims(nullptr)}) {
    claims_["nonce"] = nonce;
    ExpectRefused("another request");
  }
  claims_.erase("nonce");
  ExpectRefused("another request");
}

TEST_F(IdTokenTest, ChecksTheDigestOfTheAccessTokenWhenThereIsOne) {
  claims_["at_hash"] = crypto::Base64UrlEncode(crypto::Sha256("opaque").substr(0, 16));
  EXPECT_OK(CheckSigned());
  for (const Claims& digest :
       {Claims(crypto::Base64UrlEncode(crypto::Sha256("other").substr(0, 16))),
        Claims(crypto::Base64UrlEncode(crypto::Sha256("opaque"))), Claims(""), Claims(1)}) {
    claims_["at_hash"] = digest;
    ExpectRefused("another access token");
  }
}

TEST_F(IdTokenTest, RefusesASubjectThatIsNone) {
  for (const Claims& subject : {Claims(""), Claims(std::string(limits::kLongestSubject + 1, 'a')),
                                Claims("änn"), Claims("a\nb"), Claims(7)}) {
    claims_["sub"] = subject;
    ExpectRefused("names nobody");
  }
  claims_["sub"] = std::string(limits::kLongestSubject, 'a');
  EXPECT_OK(CheckSigned());
}

TEST_F(IdTokenTest, RefusesATokenThatChoosesItsAlgorithm) {
  const auto unsigned_token = Jws({{"alg", "none"}, {"kid", "k1"}}, claims_, [](auto) { return ""; });
  const auto with_public_key = Jws({{"alg", "HS256"}, {"kid", "k1"}}, claims_, [](std::string_view text) {
    return crypto::HmacSha256(ProviderKey().n(), text);
  });
  for (const std::string& token : {unsigned_token, with_public_key}) {
    EXPECT_THAT(Check(token), IsError(absl::StatusCode::kUnauthenticated, "OIDC_REFUSED"));
  }
  for (const Claims& header :
       {Claims{{"alg", "RS512"}, {"kid", "k1"}}, Claims{{"alg", "ES256"}, {"kid", "k1"}},
        Claims{{"kid", "k1"}}, Claims{{"alg", "RS256"}, {"kid", "k2"}}, Claims{{"alg", "RS256"}},
        Claims{{"alg", "RS256"}, {"kid", "k1"}, {"crit", {"exp"}}}}) {
    EXPECT_THAT(CheckSigned(header), IsError(absl::StatusCode::kUnauthenticated, "OIDC_REFUSED")) << header;
  }
}

TEST_F(IdTokenTest, RefusesAnotherSignature) {
  const testing::Rs256Key other;
  const auto sign = [&](std::string_view text) { return other.Sign(text); };
  EXPECT_THAT(Check(Jws({{"alg", "RS256"}, {"kid", "k1"}}, claims_, sign)),
              IsError(absl::StatusCode::kUnauthenticated, "OIDC_REFUSED"));
}

TEST_F(IdTokenTest, TakesEs256OfAnEllipticKey) {
  const auto key = crypto::Es256PrivateKey::Generate();
  const Claims jwk = {{"kty", "EC"},
                      {"crv", "P-256"},
                      {"kid", "e1"},
                      {"x", crypto::Base64UrlEncode(key.public_key().x())},
                      {"y", crypto::Base64UrlEncode(key.public_key().y())}};
  keys_ = ReadProviderKeys(Claims{{"keys", {jwk}}}.dump()).value();
  const auto sign = [&](std::string_view text) { return key.Sign(text); };
  EXPECT_OK(Check(Jws({{"alg", "ES256"}, {"kid", "e1"}}, claims_, sign)));
  EXPECT_THAT(Check(Jws({{"alg", "RS256"}, {"kid", "e1"}}, claims_, sign)),
              IsError(absl::StatusCode::kUnauthenticated, "OIDC_REFUSED"));
}

TEST_F(IdTokenTest, RefusesWhatIsNoToken) {
  const std::string good = Jws({{"alg", "RS256"}, {"kid", "k1"}}, claims_, BySignature);
  for (const std::string& token :
       {std::string(), std::string("."), std::string(".."), good + ".x", good.substr(good.find('.')),
        std::string("W10.W10.AA"), std::string(limits::kLongestIdToken + 1, 'a')}) {
    EXPECT_THAT(Check(token), IsError(absl::StatusCode::kUnauthenticated, "OIDC_REFUSED")) << token;
    EXPECT_EQ(KeyIdOf(token), "");
  }
  EXPECT_EQ(KeyIdOf(good), "k1");
}

TEST(UserInfo, IsOfThePersonOfTheToken) {
  Claims info = {{"sub", "ann"}, {"email", "Ann@Example.org"}, {"email_verified", true}};
  ASSERT_OK_AND_ASSIGN(const std::string address, ReadUserInfo(info.dump(), "ann"));
  EXPECT_EQ(address, "ann@example.org");
  for (const std::string& text :
       {info.dump() + "x", std::string("[]"), std::string("{}"), std::string("e30.e30.")}) {
    EXPECT_THAT(ReadUserInfo(text, "ann"), IsError(absl::StatusCode::kUnauthenticated, "OIDC_REFUSED"))
        << text;
  }
  EXPECT_THAT(ReadUserInfo(info.dump(), "bob"), IsError(absl::StatusCode::kUnauthenticated, "OIDC_REFUSED"));
  info["email_verified"] = "true";
  EXPECT_EQ(*ReadUserInfo(info.dump(), "ann"), "");
}

TEST(ProviderKeys, PassesOverWhatCannotSignIdTokens) {
  const Claims good = JwkOf(ProviderKey(), "good");
  Claims for_secrets = JwkOf(ProviderKey(), "secrets"), other_padding = JwkOf(ProviderKey(), "padding");
  Claims nameless = JwkOf(ProviderKey(), ""), broken = JwkOf(ProviderKey(), "broken");
  for_secrets["use"] = "enc";
  other_padding["alg"] = "PS256";
  broken["n"] = "AA";
  const Claims shared = {{"kty", "oct"}, {"kid", "shared"}, {"k", "AA"}};
  ASSERT_OK_AND_ASSIGN(
      const ProviderKeys keys,
      ReadProviderKeys(
          Claims{{"keys", {for_secrets, other_padding, nameless, broken, shared, 7, good}}}.dump()));
  EXPECT_THAT(keys, ElementsAre(Key("good")));
}

TEST(ProviderKeys, RefusesWhatIsNoSet) {
  Claims many = Claims::array();
  for (std::size_t i = 0; i < limits::kMostProviderKeys; ++i) many.push_back(1);
  EXPECT_OK(ReadProviderKeys(Claims{{"keys", many}}.dump()));
  many.push_back(1);
  for (const std::string& text :
       {std::string("["), std::string("{}"), std::string(R"({"keys": 1})"), Claims{{"keys", many}}.dump()}) {
    EXPECT_FALSE(ReadProviderKeys(text).ok()) << text;
  }
}

}  // namespace
}  // namespace plenary::membership::rules
