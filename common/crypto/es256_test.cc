#include "common/crypto/es256.h"

#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>

#include "common/crypto/bytes.h"
#include "common/crypto/private_key_codec.h"
#include "common/crypto/rsa_key.h"
#include "common/testing/status_matchers.h"

namespace plenary::crypto {
namespace {

using testing::IsError;

// RFC 7515 appendix A.3.
constexpr std::string_view kX = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
constexpr std::string_view kY = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";
constexpr std::string_view kMessage =
    "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQog"
    "Imh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
constexpr std::string_view kSignature =
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

const auto kInvalid = IsError(absl::StatusCode::kInvalidArgument, "SIGNATURE_INVALID");
const auto kUnsuitable = IsError(absl::StatusCode::kInvalidArgument, "KEY_UNSUITABLE");

TEST(Es256, VerifiesTheExampleOfRfc7515) {
  ASSERT_OK_AND_ASSIGN(const Es256PublicKey key,
                       Es256PublicKey::FromCoordinates(*Base64UrlDecode(kX), *Base64UrlDecode(kY)));
  EXPECT_OK(key.Verify(kMessage, *Base64UrlDecode(kSignature)));
  EXPECT_EQ(Base64UrlEncode(key.x()), kX);
  EXPECT_EQ(Base64UrlEncode(key.y()), kY);
}

TEST(Es256, SignsInFixedSizeWhatThePublicKeyVerifies) {
  const Es256PrivateKey key = Es256PrivateKey::Generate();
  ASSERT_OK_AND_ASSIGN(const Es256PublicKey public_key,
                       Es256PublicKey::FromCoordinates(key.public_key().x(), key.public_key().y()));
  for (int i = 0; i < 600; ++i) {  // about two of them have a number with a leading zero byte
    const std::string signature = key.Sign("message");
    ASSERT_EQ(signature.size(), kEs256SignatureSize);
    ASSERT_OK(public_key.Verify("message", signature));
  }
}

TEST(Es256, RefusesWhatWasAltered) {
  const Es256PrivateKey key = Es256PrivateKey::Generate();
  const std::string signature = key.Sign("message");
  EXPECT_THAT(key.public_key().Verify("massage", signature), kInvalid);
  EXPECT_THAT(Es256PrivateKey::Generate().public_key().Verify("message", signature), kInvalid);
  EXPECT_THAT(key.public_key().Verify("message", signature.substr(1)), kInvalid);
  EXPECT_THAT(key.public_key().Verify("message", signature + '\0'), kInvalid);
  EXPECT_THAT(key.public_key().Verify("message", std::string(64, '\0')), kInvalid);
  EXPECT_THAT(key.public_key().Verify("message", std::string(64, '\xff')), kInvalid);
  for (std::size_t i = 0; i < signature.size(); ++i) {
    std::string altered = signature;
    altered[i] = static_cast<char>(altered[i] ^ 1);
    EXPECT_THAT(key.public_key().Verify("message", altered), kInvalid) << i;
  }
  EXPECT_EQ(ERR_peek_error(), 0u) << "a refusal must not be left for the next TLS read to find";
}

TEST(Es256, RefusesAPointThatIsNotOnTheCurve) {
  const std::string x = *Base64UrlDecode(kX);
  std::string y = *Base64UrlDecode(kY);
  EXPECT_THAT(Es256PublicKey::FromCoordinates(y, x), kUnsuitable);
  EXPECT_THAT(Es256PublicKey::FromCoordinates(std::string(32, '\0'), std::string(32, '\0')), kUnsuitable);
  EXPECT_THAT(Es256PublicKey::FromCoordinates(x, std::string(32, '\xff')), kUnsuitable);
  y[31] = static_cast<char>(y[31] ^ 1);
  EXPECT_THAT(Es256PublicKey::FromCoordinates(x, y), kUnsuitable);
  EXPECT_THAT(Es256PublicKey::FromCoordinates(x.substr(1), y),
              IsError(absl::StatusCode::kInvalidArgument, "LENGTH_UNEXPECTED"));
}

TEST(Es256, KeepsAPrivateKeyAsPem) {
  const Es256PrivateKey key = Es256PrivateKey::Generate();
  const std::string pem = key.ToPem();
  EXPECT_EQ(pem.substr(0, 28), "-----BEGIN PRIVATE KEY-----\n");
  ASSERT_OK_AND_ASSIGN(const Es256PrivateKey again, Es256PrivateKey::FromPem(pem));
  EXPECT_EQ(again.public_key().x(), key.public_key().x());
  EXPECT_OK(key.public_key().Verify("message", again.Sign("message")));
}

TEST(Es256, RefusesOtherKeys) {
  EXPECT_THAT(Es256PrivateKey::FromPem(""), kUnsuitable);
  EXPECT_THAT(Es256PrivateKey::FromPem("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"),
              kUnsuitable);
  const internal::OpenSslPtr<EVP_PKEY> other_curve(EVP_EC_gen("P-384"));
  EXPECT_THAT(Es256PrivateKey::FromPem(internal::PrivateKeyToPem(*other_curve)), kUnsuitable);
  EXPECT_THAT(RsaPrivateKey::FromPem(Es256PrivateKey::Generate().ToPem()), kUnsuitable);
  EXPECT_EQ(ERR_peek_error(), 0u);
}

}  // namespace
}  // namespace plenary::crypto
