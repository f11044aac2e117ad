#include "common/crypto/ed25519.h"

#include <gtest/gtest.h>

#include "common/crypto/bytes.h"
#include "common/testing/status_matchers.h"

namespace plenary::crypto {
namespace {

using testing::IsError;

struct KnownAnswer {
  const char* description;
  const char* seed;
  const char* public_key;
  const char* message;
  const char* signature;
};

// RFC 8032 section 7.1.
constexpr KnownAnswer kKnownAnswers[] = {
    {"the empty message of test 1", "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
     "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"},
    {"the one byte of test 2", "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
     "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"},
};

TEST(Ed25519, SignsAsRfc8032Does) {
  for (const KnownAnswer& known : kKnownAnswers) {
    SCOPED_TRACE(known.description);
    const std::string message = *HexDecode(known.message);
    ASSERT_OK_AND_ASSIGN(const Ed25519KeyPair pair, Ed25519KeyPair::FromSeed(*HexDecode(known.seed)));
    EXPECT_EQ(HexEncode(pair.public_key().bytes()), known.public_key);
    EXPECT_EQ(HexEncode(pair.Seed()), known.seed);
    EXPECT_EQ(HexEncode(pair.Sign(message)), known.signature);
    ASSERT_OK_AND_ASSIGN(const Ed25519PublicKey key,
                         Ed25519PublicKey::FromBytes(*HexDecode(known.public_key)));
    EXPECT_EQ(key, pair.public_key());
    EXPECT_OK(VerifyEd25519(key, message, *HexDecode(known.signature)));
  }
}

TEST(Ed25519, RefusesWhatWasAltered) {
  SeededRandom random("ed25519");
  const Ed25519KeyPair pair = Ed25519KeyPair::Generate(random);
  const Ed25519KeyPair other = Ed25519KeyPair::Generate(random);
  const auto invalid = IsError(absl::StatusCode::kInvalidArgument, "SIGNATURE_INVALID");
  const std::string signature = pair.Sign("message");
  ASSERT_OK(VerifyEd25519(pair.public_key(), "message", signature));
  EXPECT_THAT(VerifyEd25519(pair.public_key(), "massage", signature), invalid);
  EXPECT_THAT(VerifyEd25519(other.public_key(), "message", signature), invalid);
  EXPECT_THAT(VerifyEd25519(pair.public_key(), "message", signature.substr(1)), invalid);
  EXPECT_THAT(VerifyEd25519(pair.public_key(), "message", signature + '\0'), invalid);
  for (std::size_t i = 0; i < signature.size(); ++i) {
    std::string altered = signature;
    altered[i] = static_cast<char>(altered[i] ^ 1);
    EXPECT_THAT(VerifyEd25519(pair.public_key(), "message", altered), invalid) << i;
  }
}

TEST(Ed25519, RefusesASmallOrderKeyWhoseSignatureFitsEveryMessage) {
  // The key is the neutral point, so R = S * B holds for R = B, S = 1 whatever the message is.
  const std::string neutral = *HexDecode("0100000000000000000000000000000000000000000000000000000000000000");
  const std::string signature = *HexDecode(
      "5866666666666666666666666666666666666666666666666666666666666666"
      "0100000000000000000000000000000000000000000000000000000000000000");
  ASSERT_OK_AND_ASSIGN(const Ed25519PublicKey key, Ed25519PublicKey::FromBytes(neutral));
  EXPECT_THAT(VerifyEd25519(key, "any message", signature),
              IsError(absl::StatusCode::kInvalidArgument, "SIGNATURE_INVALID"));
}

TEST(Ed25519, MovesAKeyAndWipesWhereItWas) {
  SeededRandom random("ed25519");
  Ed25519KeyPair pair = Ed25519KeyPair::Generate(random);
  const std::string seed = pair.Seed();
  Ed25519KeyPair moved = std::move(pair);
  EXPECT_EQ(moved.Seed(), seed);
  EXPECT_EQ(pair.Seed(), std::string(kEd25519SeedSize, '\0'));  // NOLINT(bugprone-use-after-move): the point
  pair = std::move(moved);
  EXPECT_EQ(pair.Seed(), seed);
  EXPECT_OK(VerifyEd25519(pair.public_key(), "message", pair.Sign("message")));
}

TEST(Ed25519, RefusesWrongSizes) {
  const auto length = IsError(absl::StatusCode::kInvalidArgument, "LENGTH_UNEXPECTED");
  EXPECT_THAT(Ed25519PublicKey::FromBytes(std::string(31, 'x')), length);
  EXPECT_THAT(Ed25519PublicKey::FromBytes(std::string(33, 'x')), length);
  EXPECT_THAT(Ed25519KeyPair::FromSeed(std::string(31, 'x')), length);
  EXPECT_THAT(Ed25519KeyPair::FromSeed(std::string(64, 'x')), length);
}

}  // namespace
}  // namespace plenary::crypto
