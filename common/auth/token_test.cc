#include "common/auth/token.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

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

TEST(KeyFolder, KeepsOnePairAndHidesThePrivateKey) {
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() /
      ("keys-" + crypto::HexEncode(crypto::Sha256(std::to_string(::getpid()))).substr(0, 12));
  ASSERT_OK(MakeServiceKey(folder, "membership"));
  ASSERT_OK_AND_ASSIGN(const auto first, LoadSigner(folder, "membership"));
  ASSERT_OK(MakeServiceKey(folder, "membership"));
  ASSERT_OK_AND_ASSIGN(const auto second, LoadSigner(folder, "membership"));
  EXPECT_EQ(first->PublicKeyJson(), second->PublicKeyJson());
  struct stat file {};
  ASSERT_EQ(::stat((folder / "membership.pem").c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777, 0600u);
  ASSERT_OK_AND_ASSIGN(const auto keys, LoadKeySet(folder, "membership"));
  EXPECT_THAT(keys->Verify(first->SignPerson(Ada(), {"ethics"}, kNow), "ethics", kNow), IsOk());
  EXPECT_THAT(LoadSigner(folder, "absent"), testing::StatusIs(absl::StatusCode::kNotFound));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace plenary::auth
