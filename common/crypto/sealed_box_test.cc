#include "common/crypto/sealed_box.h"

#include <gtest/gtest.h>
#include <sodium.h>

#include "common/crypto/bytes.h"
#include "common/testing/status_matchers.h"

namespace plenary::crypto {
namespace {

using plenary::testing::HasReason;

class SealedBoxTest : public ::testing::Test {
 protected:
  SeededRandom random_{"sealed box"};
  std::string secret_ = MakeX25519Secret(random_);
  std::string key_ = *X25519PublicKey(secret_);
};

// Points of small order on Curve25519, from libsodium's own list of what it refuses.
const char* const kSmallOrder[] = {"0000000000000000000000000000000000000000000000000000000000000000",
                                   "0100000000000000000000000000000000000000000000000000000000000000",
                                   "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
                                   "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
                                   "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"};

TEST_F(SealedBoxTest, OpensWhatItSealed) {
  for (const std::size_t size : {0, 1, 34, 2000}) {
    const std::string content = random_.Bytes(size);
    const auto box = Seal(key_, content, random_.Bytes(kX25519KeySize));
    ASSERT_OK(box);
    EXPECT_EQ(box->size(), size + kSealedBoxOverhead);
    EXPECT_EQ(*OpenSealed(*box, key_, secret_), content);
  }
}

TEST_F(SealedBoxTest, OpensWhatLibsodiumSealed) {
  const std::string content = "choices";
  std::string box(content.size() + crypto_box_SEALBYTES, '\0');
  crypto_box_seal(reinterpret_cast<unsigned char*>(box.data()),
                  reinterpret_cast<const unsigned char*>(content.data()), content.size(),
                  reinterpret_cast<const unsigned char*>(key_.data()));
  EXPECT_EQ(*OpenSealed(box, key_, secret_), content);
}

TEST_F(SealedBoxTest, MakesTheSameBoxOfTheSameArguments) {
  const std::string ephemeral = random_.Bytes(kX25519KeySize);
  EXPECT_EQ(*Seal(key_, "a", ephemeral), *Seal(key_, "a", ephemeral));
  EXPECT_NE(*Seal(key_, "a", ephemeral), *Seal(key_, "a", random_.Bytes(kX25519KeySize)));
}

TEST_F(SealedBoxTest, RefusesABoxOfWhichOneByteWasChanged) {
  const std::string box = *Seal(key_, "choices", random_.Bytes(kX25519KeySize));
  for (std::size_t i = 0; i < box.size(); ++i) {
    std::string changed = box;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    EXPECT_THAT(OpenSealed(changed, key_, secret_), HasReason("SECRET_WRONG")) << i;
  }
  EXPECT_THAT(OpenSealed(box.substr(0, box.size() - 1), key_, secret_), HasReason("SECRET_WRONG"));
  EXPECT_THAT(OpenSealed("", key_, secret_), HasReason("SECRET_WRONG"));
  const std::string other = MakeX25519Secret(random_);
  EXPECT_THAT(OpenSealed(box, *X25519PublicKey(other), other), HasReason("SECRET_WRONG"));
}

TEST_F(SealedBoxTest, RefusesKeysOfSmallOrder) {
  EXPECT_OK(CheckX25519PublicKey(key_));
  for (const char* hex : kSmallOrder) {
    const std::string key = *HexDecode(hex);
    EXPECT_THAT(CheckX25519PublicKey(key), HasReason("KEY_UNSUITABLE")) << hex;
    EXPECT_THAT(Seal(key, "a", random_.Bytes(kX25519KeySize)), HasReason("KEY_UNSUITABLE")) << hex;
    // As the ephemeral key of a box.
    EXPECT_THAT(OpenSealed(key + std::string(20, 'x'), key_, secret_), HasReason("SECRET_WRONG")) << hex;
  }
}

TEST_F(SealedBoxTest, RefusesKeysOfAnotherLength) {
  for (const std::size_t size : {0, 31, 33}) {
    const std::string key(size, 'k');
    EXPECT_THAT(CheckX25519PublicKey(key), HasReason("LENGTH_UNEXPECTED"));
    EXPECT_THAT(X25519PublicKey(key), HasReason("LENGTH_UNEXPECTED"));
    EXPECT_THAT(Seal(key_, "a", key), HasReason("LENGTH_UNEXPECTED"));
    EXPECT_FALSE(IsCanonicalX25519Secret(key));
  }
}

TEST_F(SealedBoxTest, TellsCanonicalSecretsFromOthers) {
  EXPECT_TRUE(IsCanonicalX25519Secret(secret_));
  for (const int bit : {0, 1, 2, 254, 255}) {
    std::string changed = secret_;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(IsCanonicalX25519Secret(changed)) << bit;
    // X25519 clamps by itself: another spelling of the secret has the same public key.
    EXPECT_EQ(*X25519PublicKey(changed), key_) << bit;
  }
}

TEST_F(SealedBoxTest, TakesNeitherOfTwoClampedSecretsOfOneKey) {
  // 2^254 + 8 * 12345, and 8l minus that.
  const std::string a = *HexDecode("c881010000000000000000000000000000000000000000000000000000000040");
  const std::string b = *HexDecode("a01dade7d21893c0b2e6bc17f5cef7a600000000000000000000000000000040");
  EXPECT_EQ(*X25519PublicKey(a), *X25519PublicKey(b));
  EXPECT_FALSE(IsCanonicalX25519Secret(a));
  EXPECT_FALSE(IsCanonicalX25519Secret(b));
  for (const std::size_t byte : {16u, 30u, 31u}) {
    std::string larger = a;
    ++larger[byte];
    EXPECT_TRUE(IsCanonicalX25519Secret(larger)) << byte;
  }
  std::string largest_refused = a;
  std::fill_n(largest_refused.begin() + 1, 15, '\xff');
  EXPECT_FALSE(IsCanonicalX25519Secret(largest_refused));
}

}  // namespace
}  // namespace plenary::crypto
