#include "common/crypto/secretbox.h"

#include <gtest/gtest.h>
#include <sodium.h>

#include "common/crypto/bytes.h"
#include "common/crypto/openssl_ptr.h"
#include "common/testing/status_matchers.h"

namespace plenary::crypto {
namespace {

using testing::IsError;

constexpr std::size_t kSize = 2048;
const auto kWrong = IsError(absl::StatusCode::kInvalidArgument, "SECRET_WRONG");
const auto kTooLong = IsError(absl::StatusCode::kInvalidArgument, "PLAINTEXT_TOO_LONG");

// A box made of raw content with libsodium alone, as another implementation would make it.
std::string BoxOf(std::string_view label, std::string_view secret, std::string_view content) {
  crypto_generichash_state state;
  std::string key(32, '\0'), box(24, 'n');
  crypto_generichash_init(&state, nullptr, 0, key.size());
  crypto_generichash_update(&state, internal::Data(label), label.size());
  crypto_generichash_update(&state, internal::Data(secret), secret.size());
  crypto_generichash_final(&state, internal::MutableData(key), key.size());
  box.resize(24 + 16 + content.size());
  crypto_secretbox_easy(internal::MutableData(box) + 24, internal::Data(content), content.size(),
                        internal::Data(box), internal::Data(key));
  return box;
}

TEST(SecretBox, OpensToWhatWasSealedAndAlwaysHasItsSize) {
  SeededRandom random("boxes");
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, std::size_t{1632}, kSize - kSecretBoxOverhead}) {
    const std::string plaintext = random.Bytes(size);
    ASSERT_OK_AND_ASSIGN(const std::string box,
                         SealWithSecret("label", "0123456789abcdef", plaintext, kSize, random));
    EXPECT_EQ(box.size(), kSize);
    ASSERT_OK_AND_ASSIGN(const std::string opened, OpenWithSecret("label", "0123456789abcdef", box));
    EXPECT_EQ(opened, plaintext);
  }
}

TEST(SecretBox, HasTheLayoutItPromises) {
  ASSERT_OK_AND_ASSIGN(
      const std::string opened,
      OpenWithSecret("label", "secret", BoxOf("label", "secret", std::string("\0\3abc\0\0", 7))));
  EXPECT_EQ(opened, "abc");
}

TEST(SecretBox, TheSameSourceGivesTheSameBoxAndTheSystemsNever) {
  SeededRandom first("box"), second("box");
  SystemRandom system;
  ASSERT_OK_AND_ASSIGN(const std::string box, SealWithSecret("label", "secret", "text", 100, first));
  EXPECT_EQ(*SealWithSecret("label", "secret", "text", 100, second), box);
  EXPECT_NE(*SealWithSecret("label", "secret", "text", 100, system), box);
}

TEST(SecretBox, RefusesAPlaintextThatDoesNotFit) {
  SeededRandom random("boxes");
  EXPECT_THAT(SealWithSecret("l", "s", std::string(kSize - kSecretBoxOverhead + 1, 'x'), kSize, random),
              kTooLong);
  EXPECT_THAT(SealWithSecret("l", "s", std::string(65536, 'x'), 100000, random), kTooLong);
  EXPECT_THAT(SealWithSecret("l", "s", "", kSecretBoxOverhead - 1, random), kTooLong);
  EXPECT_OK(SealWithSecret("l", "s", "", kSecretBoxOverhead, random));
}

TEST(SecretBox, StaysShutForAnotherSecretAndWhenAltered) {
  SeededRandom random("boxes");
  ASSERT_OK_AND_ASSIGN(const std::string box, SealWithSecret("label", "secret", "text", 100, random));
  EXPECT_THAT(OpenWithSecret("label", "Secret", box), kWrong);
  EXPECT_THAT(OpenWithSecret("babel", "secret", box), kWrong);
  EXPECT_THAT(OpenWithSecret("label", "secret", box.substr(0, 99)), kWrong);
  EXPECT_THAT(OpenWithSecret("label", "secret", ""), kWrong);
  for (std::size_t i = 0; i < box.size(); ++i) {
    std::string altered = box;
    altered[i] = static_cast<char>(altered[i] ^ 1);
    EXPECT_THAT(OpenWithSecret("label", "secret", altered), kWrong) << i;
  }
}

TEST(SecretBox, RefusesContentThatSealingNeverMakes) {
  EXPECT_THAT(OpenWithSecret("l", "s", BoxOf("l", "s", std::string("\0\4abc", 5))), kWrong)
      << "length beyond the end";
  EXPECT_THAT(OpenWithSecret("l", "s", BoxOf("l", "s", std::string("\0\1ab", 4))), kWrong)
      << "padding not zero";
  EXPECT_THAT(OpenWithSecret("l", "s", BoxOf("l", "s", std::string("\0", 1))), kWrong) << "no length";
}

}  // namespace
}  // namespace plenary::crypto
