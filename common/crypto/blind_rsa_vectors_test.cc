// RFC 9474 appendix A: every value of all four variants, through the code the suite offers.
#include <gtest/gtest.h>
#include <openssl/bn.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "common/crypto/blind_rsa_internal.h"
#include "common/crypto/bytes.h"
#include "common/testing/status_matchers.h"

namespace plenary::crypto::internal {
namespace {

using testing::IsError;

// Hands out a script, then fails the test.
class ScriptedRandom final : public RandomSource {
 public:
  explicit ScriptedRandom(std::string script) : script_(std::move(script)) {}
  void Fill(std::span<std::uint8_t> bytes) override {
    ASSERT_LE(bytes.size(), script_.size() - at_) << "more was drawn than the protocol says";
    std::copy_n(script_.begin() + static_cast<std::ptrdiff_t>(at_), bytes.size(), bytes.begin());
    at_ += bytes.size();
  }
  std::size_t Remaining() const { return script_.size() - at_; }

 private:
  std::string script_;
  std::size_t at_ = 0;
};

// The fields of one vector as bytes.
using Vector = std::map<std::string, std::string>;

std::map<std::string, Vector> ReadVectors() {
  const char* root = std::getenv("PLENARY_SOURCE_DIR");
  std::ifstream file(std::string(root == nullptr ? "." : root) + "/tests/data/rfc9474/test_vectors.json");
  std::map<std::string, Vector> vectors;
  for (const auto& entry : nlohmann::json::parse(file)) {
    Vector& vector = vectors[entry.at("name").get<std::string>()];
    for (const auto& [field, value] : entry.items()) {
      if (field == "name") continue;
      const std::string text = value.get<std::string>();
      vector[field] = HexDecode(text.starts_with("0x") ? text.substr(2) : text).value();
    }
  }
  return vectors;
}

std::string InverseModulo(std::string_view value, std::string_view n) {
  const OpenSslPtr<BN_CTX> context(BN_CTX_new());
  const OpenSslPtr<BIGNUM> inverse(
      BN_mod_inverse(nullptr, NumberOf(value).get(), NumberOf(n).get(), context.get()));
  return BytesOf(*inverse, n.size());
}

std::string PowerModulo(std::string_view base, std::string_view exponent, std::string_view n) {
  const OpenSslPtr<BN_CTX> context(BN_CTX_new());
  const OpenSslPtr<BIGNUM> power(BN_new());
  BN_mod_exp(power.get(), NumberOf(base).get(), NumberOf(exponent).get(), NumberOf(n).get(), context.get());
  return BytesOf(*power, n.size());
}

std::string FlipBit(std::string bytes, std::size_t at) {
  bytes[at] = static_cast<char>(bytes[at] ^ 1);
  return bytes;
}

class Rfc9474 : public ::testing::TestWithParam<Variant> {
 protected:
  void SetUp() override {
    const auto vectors = ReadVectors();
    const auto found = vectors.find(std::string(GetParam().name));
    ASSERT_NE(found, vectors.end());
    vector_ = found->second;
    ASSERT_OK_AND_ASSIGN(RsaPrivateKey key, PrivateKeyFromNumbers(vector_["n"], vector_["e"], vector_["d"],
                                                                  vector_["p"], vector_["q"]));
    key_ = std::make_unique<RsaPrivateKey>(std::move(key));
  }

  const RsaPublicKey& public_key() const { return key_->public_key(); }

  Vector vector_;
  std::unique_ptr<RsaPrivateKey> key_;
};

TEST_P(Rfc9474, EveryValueOfTheVectorComesOut) {
  const Variant& variant = GetParam();
  EXPECT_EQ(vector_["sLen"], std::string(1, static_cast<char>(variant.salt_size)));
  EXPECT_EQ(vector_["is_randomized"], std::string(1, variant.prefix_size > 0 ? '\1' : '\0'));
  ScriptedRandom random(vector_["msg_prefix"] + vector_["salt"] +
                        InverseModulo(vector_["inv"], vector_["n"]));

  const std::string input_msg = Prepare(variant, vector_["msg"], random);
  EXPECT_EQ(HexEncode(input_msg), HexEncode(vector_["input_msg"]));

  ASSERT_OK_AND_ASSIGN(const std::string encoded, EmsaPssEncode(input_msg, vector_["salt"], 4095));
  // Vector 0 lacks the value, but its signature gives it.
  const auto stated = vector_.find("encoded_msg");
  if (stated != vector_.end()) {
    EXPECT_EQ(HexEncode(encoded), HexEncode(stated->second));
  }
  EXPECT_EQ(HexEncode(encoded), HexEncode(PowerModulo(vector_["sig"], vector_["e"], vector_["n"])));

  ASSERT_OK_AND_ASSIGN(const BlindedMessage blinded, Blind(variant, public_key(), input_msg, random));
  EXPECT_EQ(HexEncode(blinded.blinded_msg), HexEncode(vector_["blinded_msg"]));
  EXPECT_EQ(HexEncode(blinded.inv), HexEncode(vector_["inv"]));
  EXPECT_EQ(random.Remaining(), 0u);

  ASSERT_OK_AND_ASSIGN(const std::string blind_sig, BlindSign(*key_, blinded.blinded_msg));
  EXPECT_EQ(HexEncode(blind_sig), HexEncode(vector_["blind_sig"]));

  ASSERT_OK_AND_ASSIGN(const std::string signature,
                       Finalize(variant, public_key(), input_msg, blind_sig, blinded.inv));
  EXPECT_EQ(HexEncode(signature), HexEncode(vector_["sig"]));
  EXPECT_OK(Verify(variant, public_key(), input_msg, signature));
}

TEST_P(Rfc9474, OneFlippedBitAnywhereIsRefused) {
  const Variant& variant = GetParam();
  const auto invalid = IsError(absl::StatusCode::kInvalidArgument, "SIGNATURE_INVALID");
  const std::string input_msg = vector_["input_msg"], signature = vector_["sig"];
  ASSERT_OK(Verify(variant, public_key(), input_msg, signature));
  for (std::size_t i = 0; i < input_msg.size(); ++i) {  // prefix and message
    EXPECT_THAT(Verify(variant, public_key(), FlipBit(input_msg, i), signature), invalid) << i;
  }
  for (std::size_t i = 0; i < signature.size(); ++i) {
    EXPECT_THAT(Verify(variant, public_key(), input_msg, FlipBit(signature, i)), invalid) << i;
  }
  EXPECT_THAT(Finalize(variant, public_key(), input_msg, FlipBit(vector_["blind_sig"], 100), vector_["inv"]),
              invalid);
  EXPECT_THAT(Finalize(variant, public_key(), input_msg, vector_["blind_sig"], FlipBit(vector_["inv"], 100)),
              invalid);
}

TEST_P(Rfc9474, ASignatureIsRefusedByVariantsOfAnotherSalt) {
  for (const Variant& other : kVariants) {
    EXPECT_EQ(Verify(other, public_key(), vector_["input_msg"], vector_["sig"]).ok(),
              other.salt_size == GetParam().salt_size)
        << other.name;
  }
  EXPECT_EQ(crypto::Verify(public_key(), vector_["input_msg"], vector_["sig"]).ok(),
            GetParam().salt_size == 48);
}

TEST_P(Rfc9474, AWrongPrivateExponentLetsNothingOut) {
  std::string d = vector_["d"];
  d.back() = static_cast<char>(d.back() ^ 2);
  ASSERT_OK_AND_ASSIGN(const RsaPrivateKey wrong,
                       PrivateKeyFromNumbers(vector_["n"], vector_["e"], d, vector_["p"], vector_["q"]));
  EXPECT_THAT(BlindSign(wrong, vector_["blinded_msg"]),
              IsError(absl::StatusCode::kInternal, "SIGNING_FAULT"));
}

INSTANTIATE_TEST_SUITE_P(Variants, Rfc9474, ::testing::ValuesIn(kVariants),
                         [](const ::testing::TestParamInfo<Variant>& tested) {
                           std::string name(tested.param.name.substr(sizeof("RSABSSA-SHA384-") - 1));
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(Rfc9474Vectors, AreTheFourOfTheVariants) { EXPECT_EQ(ReadVectors().size(), kVariants.size()); }

TEST(Rfc9474Vectors, TheirKeyIsTooLongForTheSuite) {
  const auto vectors = ReadVectors();
  const Vector& vector = vectors.begin()->second;
  EXPECT_THAT(RsaPublicKey::FromBytes(vector.at("n"), vector.at("e")),
              IsError(absl::StatusCode::kInvalidArgument, "KEY_UNSUITABLE"));
}

}  // namespace
}  // namespace plenary::crypto::internal
