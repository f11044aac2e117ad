// Keys and signatures that other programs take and this suite does not: whoever holds such a key has signed
// everything, and a signature with two spellings makes two ballots of one.
#include <gtest/gtest.h>

#include "common/crypto/bytes.h"
#include "common/crypto/ed25519.h"
#include "common/testing/small_order.h"
#include "common/testing/status_matchers.h"

namespace plenary::crypto {
namespace {

using testing::HasReason;

TEST(Ed25519BadInput, NoKeyOfSmallOrderHasSignedAnything) {
  for (const std::string& bytes : testing::SmallOrderEd25519Keys()) {
    const std::string signature = testing::SignatureUnderSmallOrder(bytes, "message");
    ASSERT_OK_AND_ASSIGN(const Ed25519PublicKey key, Ed25519PublicKey::FromBytes(bytes));
    EXPECT_THAT(VerifyEd25519(key, "message", signature), HasReason("SIGNATURE_INVALID")) << HexEncode(bytes);
    EXPECT_TRUE(testing::OpenSslTakes(bytes, "message", signature)) << "only the order of the key is refused";
  }
}

TEST(Ed25519BadInput, ASignatureHasOneSpelling) {
  SeededRandom random("ed25519");
  const Ed25519KeyPair pair = Ed25519KeyPair::Generate(random);
  const std::string signature = pair.Sign("message");
  EXPECT_OK(VerifyEd25519(pair.public_key(), "message", signature));
  EXPECT_NE(testing::SpelledAgain(signature), signature);
  EXPECT_THAT(VerifyEd25519(pair.public_key(), "message", testing::SpelledAgain(signature)),
              HasReason("SIGNATURE_INVALID"));
}

TEST(Ed25519BadInput, NoOtherLengthIsASignature) {
  SeededRandom random("ed25519");
  const Ed25519KeyPair pair = Ed25519KeyPair::Generate(random);
  const std::string signature = pair.Sign("message");
  for (const std::size_t size : {0, 1, 32, 63}) {
    EXPECT_THAT(VerifyEd25519(pair.public_key(), "message", signature.substr(0, size)),
                HasReason("SIGNATURE_INVALID"))
        << size;
  }
  for (const std::size_t more : {1, 64}) {
    EXPECT_THAT(VerifyEd25519(pair.public_key(), "message", signature + std::string(more, '\0')),
                HasReason("SIGNATURE_INVALID"))
        << more;
  }
  for (const char byte : {'\0', '\xff'}) {
    EXPECT_THAT(VerifyEd25519(pair.public_key(), "message", std::string(64, byte)),
                HasReason("SIGNATURE_INVALID"));
  }
}

}  // namespace
}  // namespace plenary::crypto
