#include "common/crypto/blind_rsa.h"

#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <thread>
#include <vector>

#include "common/crypto/blind_rsa_internal.h"
#include "common/crypto/bytes.h"
#include "common/crypto/private_key_codec.h"
#include "common/testing/status_matchers.h"

namespace plenary::crypto {
namespace {

using internal::OpenSslPtr;
using testing::IsError;

const auto kInvalid = IsError(absl::StatusCode::kInvalidArgument, "SIGNATURE_INVALID");
const auto kUnsuitable = IsError(absl::StatusCode::kInvalidArgument, "KEY_UNSUITABLE");
const auto kLength = IsError(absl::StatusCode::kInvalidArgument, "LENGTH_UNEXPECTED");
const auto kOutOfRange = IsError(absl::StatusCode::kInvalidArgument, "BLINDED_MESSAGE_OUT_OF_RANGE");

// One key for the whole program: making one takes about a second.
const RsaPrivateKey& Key() {
  static const auto* const key = new RsaPrivateKey(*RsaPrivateKey::Generate());
  return *key;
}
const RsaPublicKey& PublicKey() { return Key().public_key(); }

// n + difference, as long as n.
std::string ModulusPlus(int difference) {
  const OpenSslPtr<BIGNUM> number = internal::NumberOf(PublicKey().n());
  if (difference < 0) {
    BN_sub_word(number.get(), static_cast<BN_ULONG>(-difference));
  } else {
    BN_add_word(number.get(), static_cast<BN_ULONG>(difference));
  }
  return internal::BytesOf(*number, kRsaModulusSize);
}

std::string SmallNumber(char value) { return std::string(kRsaModulusSize - 1, '\0') + value; }

std::string FlipBit(std::string bytes, std::size_t at) {
  bytes[at] = static_cast<char>(bytes[at] ^ 1);
  return bytes;
}

struct Signed {
  std::string input_msg;
  BlindedMessage blinded;
  std::string blind_sig;
  std::string signature;
};

Signed SignBlindly(std::string_view msg, RandomSource& random) {
  Signed all;
  all.input_msg = PrepareRandomized(msg, random);
  all.blinded = *Blind(PublicKey(), all.input_msg, random);
  all.blind_sig = *BlindSign(Key(), all.blinded.blinded_msg);
  all.signature = *Finalize(PublicKey(), all.input_msg, all.blind_sig, all.blinded.inv);
  return all;
}

// A plain RSASSA-PSS signature by OpenSSL, with any salt.
std::string SignWithSalt(std::string_view msg, int salt_size) {
  const OpenSslPtr<EVP_PKEY> key = *internal::PrivateKeyFromDer(Key().ToDer(), "RSA");
  const OpenSslPtr<EVP_MD_CTX> context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* settings = nullptr;
  std::string signature(kRsaModulusSize, '\0');
  std::size_t size = signature.size();
  EXPECT_EQ(EVP_DigestSignInit(context.get(), &settings, EVP_sha384(), nullptr, key.get()), 1);
  EXPECT_EQ(EVP_PKEY_CTX_set_rsa_padding(settings, RSA_PKCS1_PSS_PADDING), 1);
  EXPECT_EQ(EVP_PKEY_CTX_set_rsa_pss_saltlen(settings, salt_size), 1);
  EXPECT_EQ(
      EVP_DigestSign(context.get(), internal::MutableData(signature), &size, internal::Data(msg), msg.size()),
      1);
  return signature;
}

TEST(BlindRsa, GivesASignatureThatAnyoneVerifies) {
  SystemRandom random;
  const Signed all = SignBlindly("message", random);
  EXPECT_EQ(all.input_msg.size(), kBlindRsaPrefixSize + 7);
  EXPECT_TRUE(all.input_msg.ends_with("message"));
  EXPECT_EQ(all.signature.size(), kRsaModulusSize);
  EXPECT_OK(Verify(PublicKey(), all.input_msg, all.signature));
  ASSERT_OK_AND_ASSIGN(const RsaPublicKey read, RsaPublicKey::FromBytes(PublicKey().n(), PublicKey().e()));
  EXPECT_OK(Verify(read, all.input_msg, all.signature));
}

TEST(BlindRsa, TheSameSourceGivesTheSameRunAndTheSameMessageTheSameAnswer) {
  SeededRandom first("run"), second("run"), third("another run");
  const Signed a = SignBlindly("message", first), b = SignBlindly("message", second),
               c = SignBlindly("message", third);
  EXPECT_EQ(a.input_msg, b.input_msg);
  EXPECT_EQ(a.blinded.blinded_msg, b.blinded.blinded_msg);
  EXPECT_EQ(a.blinded.inv, b.blinded.inv);
  EXPECT_EQ(a.signature, b.signature);
  EXPECT_NE(a.signature, c.signature);
  EXPECT_EQ(*BlindSign(Key(), a.blinded.blinded_msg), a.blind_sig);
}

TEST(BlindRsa, TheSignerSeesNeitherTheMessageNorTheSignature) {
  SystemRandom random;
  const std::string input_msg = PrepareRandomized("message", random);
  EXPECT_NE(Blind(PublicKey(), input_msg, random)->blinded_msg,
            Blind(PublicKey(), input_msg, random)->blinded_msg);
}

TEST(Blind, GivesUpOnABrokenSource) {
  class ZeroRandom final : public RandomSource {
    void Fill(std::span<std::uint8_t> bytes) override {
      std::fill(bytes.begin(), bytes.end(), std::uint8_t{0});
    }
  };
  ZeroRandom random;
  EXPECT_THAT(Blind(PublicKey(), "message", random),
              IsError(absl::StatusCode::kInternal, "RANDOMNESS_UNSUITABLE"));
}

TEST(BlindSign, TakesExactlyTheNumbersFromOneToBelowTheModulus) {
  EXPECT_THAT(BlindSign(Key(), SmallNumber(0)), kOutOfRange);
  EXPECT_THAT(BlindSign(Key(), ModulusPlus(0)), kOutOfRange);
  EXPECT_THAT(BlindSign(Key(), ModulusPlus(1)), kOutOfRange);
  EXPECT_THAT(BlindSign(Key(), std::string(kRsaModulusSize, '\xff')), kOutOfRange);
  ASSERT_OK_AND_ASSIGN(const std::string one, BlindSign(Key(), SmallNumber(1)));
  EXPECT_EQ(one, SmallNumber(1));
  ASSERT_OK_AND_ASSIGN(const std::string minus_one, BlindSign(Key(), ModulusPlus(-1)));
  EXPECT_EQ(minus_one, ModulusPlus(-1));
}

TEST(BlindSign, RefusesAnyOtherLength) {
  const std::string blinded_msg = ModulusPlus(-12345);
  ASSERT_OK(BlindSign(Key(), blinded_msg));
  EXPECT_THAT(BlindSign(Key(), ""), kLength);
  EXPECT_THAT(BlindSign(Key(), blinded_msg.substr(1)), kLength);
  EXPECT_THAT(BlindSign(Key(), '\0' + blinded_msg), kLength);
}

TEST(BlindSign, ServesSeveralThreadsWithOneKey) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([i] {
      SeededRandom random(std::to_string(i));
      for (int j = 0; j < 5; ++j) {
        const Signed all = SignBlindly("message", random);
        EXPECT_OK(Verify(PublicKey(), all.input_msg, all.signature));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST(CheckBlindSignature, TakesTheSignersAnswerAndNoOther) {
  SeededRandom random("check");
  const Signed all = SignBlindly("message", random), other = SignBlindly("message", random);
  const auto check = [](std::string_view blinded_msg, std::string_view blind_sig) {
    return CheckBlindSignature(PublicKey(), blinded_msg, blind_sig);
  };
  EXPECT_OK(check(all.blinded.blinded_msg, all.blind_sig));
  EXPECT_OK(check(SmallNumber(1), SmallNumber(1)));
  EXPECT_OK(check(ModulusPlus(-1), ModulusPlus(-1)));
  EXPECT_THAT(check(all.blinded.blinded_msg, other.blind_sig), kInvalid);
  EXPECT_THAT(check(all.blinded.blinded_msg, FlipBit(all.blind_sig, 383)), kInvalid);
  EXPECT_THAT(check(FlipBit(all.blinded.blinded_msg, 383), all.blind_sig), kInvalid);
  EXPECT_THAT(check(all.blinded.blinded_msg, all.signature), kInvalid);
  EXPECT_THAT(check(all.blinded.blinded_msg, SmallNumber(0)), kInvalid);
  EXPECT_THAT(check(SmallNumber(1), ModulusPlus(1)), kInvalid) << "the same number, once more around";
  EXPECT_THAT(check(all.blinded.blinded_msg, std::string(kRsaModulusSize, '\xff')), kInvalid);
  EXPECT_THAT(check(SmallNumber(0), SmallNumber(0)), kOutOfRange);
  EXPECT_THAT(check(ModulusPlus(0), SmallNumber(0)), kOutOfRange);
  EXPECT_THAT(check(all.blinded.blinded_msg, ""), kLength);
  EXPECT_THAT(check(all.blinded.blinded_msg, all.blind_sig.substr(1)), kLength);
  EXPECT_THAT(check(all.blinded.blinded_msg, all.blind_sig + '\0'), kLength);
  EXPECT_THAT(check('\0' + all.blinded.blinded_msg, all.blind_sig), kLength);
}

TEST(Finalize, RefusesEveryAnswerButTheSignersOwn) {
  SeededRandom random("finalize");
  const Signed all = SignBlindly("message", random), other = SignBlindly("message", random);
  const auto finalize = [&](std::string_view input_msg, std::string_view blind_sig, std::string_view inv) {
    return Finalize(PublicKey(), input_msg, blind_sig, inv);
  };
  ASSERT_OK(finalize(all.input_msg, all.blind_sig, all.blinded.inv));
  EXPECT_THAT(finalize(all.input_msg, other.blind_sig, all.blinded.inv), kInvalid);
  EXPECT_THAT(finalize(other.input_msg, all.blind_sig, all.blinded.inv), kInvalid);
  EXPECT_THAT(finalize(all.input_msg, all.blind_sig, other.blinded.inv), kInvalid);
  EXPECT_THAT(finalize(all.input_msg, ModulusPlus(0), all.blinded.inv), kInvalid);
  EXPECT_THAT(finalize(all.input_msg, SmallNumber(0), all.blinded.inv), kInvalid);
  EXPECT_THAT(finalize(all.input_msg, all.blind_sig, std::string(kRsaModulusSize, '\xff')), kInvalid);
  EXPECT_THAT(finalize(all.input_msg, all.blind_sig.substr(1), all.blinded.inv), kLength);
  EXPECT_THAT(finalize(all.input_msg, all.blind_sig, all.blinded.inv + '\0'), kLength);
}

TEST(Verify, RefusesWhatWasAltered) {
  SeededRandom random("verify");
  const Signed all = SignBlindly("message", random);
  for (std::size_t i = 0; i < all.input_msg.size(); ++i) {
    EXPECT_THAT(Verify(PublicKey(), FlipBit(all.input_msg, i), all.signature), kInvalid) << i;
  }
  for (std::size_t i = 0; i < all.signature.size(); ++i) {
    EXPECT_THAT(Verify(PublicKey(), all.input_msg, FlipBit(all.signature, i)), kInvalid) << i;
  }
  EXPECT_THAT(Verify(PublicKey(), "message", all.signature), kInvalid) << "without its prefix";
  EXPECT_THAT(Verify(PublicKey(), all.input_msg, all.blind_sig), kInvalid) << "not yet unblinded";
  EXPECT_THAT(Verify(PublicKey(), all.input_msg, ""), kInvalid);
  EXPECT_THAT(Verify(PublicKey(), all.input_msg, ModulusPlus(0)), kInvalid);
  EXPECT_THAT(Verify(PublicKey(), all.input_msg, '\0' + all.signature), kInvalid);
  EXPECT_EQ(ERR_peek_error(), 0u) << "a refusal must not be left for the next TLS read to find";
}

TEST(Verify, TakesASaltOf48BytesAndNoOther) {
  EXPECT_OK(Verify(PublicKey(), "message", SignWithSalt("message", 48)));
  for (const int salt_size : {0, 20, 32, 47, 49, 64}) {
    EXPECT_THAT(Verify(PublicKey(), "message", SignWithSalt("message", salt_size)), kInvalid) << salt_size;
  }
}

TEST(Verify, RefusesASignatureThatLacksItsLeadingZero) {
  // One in 256 begins with a zero byte, and OpenSSL itself would let the rest of it through.
  std::string signature;
  do {
    signature = SignWithSalt("message", 48);
  } while (signature.front() != '\0');
  EXPECT_OK(Verify(PublicKey(), "message", signature));
  EXPECT_THAT(Verify(PublicKey(), "message", signature.substr(1)), kInvalid);
}

TEST(RsaPublicKey, RefusesUnsuitableNumbers) {
  const std::string& n = PublicKey().n();
  const std::string& e = PublicKey().e();
  ASSERT_EQ(n.size(), kRsaModulusSize);
  ASSERT_EQ(e, kRsaExponentBytes);
  ASSERT_OK(RsaPublicKey::FromBytes(n, e));
  std::string top_bit_clear = n;
  top_bit_clear[0] = static_cast<char>(top_bit_clear[0] & 0x7f);
  EXPECT_THAT(RsaPublicKey::FromBytes(FlipBit(n, n.size() - 1), e), kUnsuitable) << "even";
  EXPECT_THAT(RsaPublicKey::FromBytes(top_bit_clear, e), kUnsuitable) << "3071 bits";
  EXPECT_THAT(RsaPublicKey::FromBytes('\0' + n, e), kUnsuitable) << "a leading zero";
  EXPECT_THAT(RsaPublicKey::FromBytes('\1' + n, e), kUnsuitable) << "3073 bits";
  EXPECT_THAT(RsaPublicKey::FromBytes(n.substr(0, 255) + '\1', e), kUnsuitable) << "2048 bits";
  EXPECT_THAT(RsaPublicKey::FromBytes("", e), kUnsuitable);
  EXPECT_THAT(RsaPublicKey::FromBytes(n, "\x03"), kUnsuitable);
  EXPECT_THAT(RsaPublicKey::FromBytes(n, '\0' + e), kUnsuitable);
  EXPECT_THAT(RsaPublicKey::FromBytes(n, ""), kUnsuitable);
}

TEST(RsaPrivateKey, IsKeptAsPemAndDer) {
  const std::string pem = Key().ToPem();
  EXPECT_TRUE(pem.starts_with("-----BEGIN PRIVATE KEY-----\n"));
  ASSERT_OK_AND_ASSIGN(const RsaPrivateKey from_pem, RsaPrivateKey::FromPem(pem));
  ASSERT_OK_AND_ASSIGN(const RsaPrivateKey from_der, RsaPrivateKey::FromDer(Key().ToDer()));
  EXPECT_EQ(from_pem.public_key().n(), PublicKey().n());
  const std::string blinded_msg = ModulusPlus(-12345);
  EXPECT_EQ(*BlindSign(from_pem, blinded_msg), *BlindSign(Key(), blinded_msg));
  EXPECT_EQ(*BlindSign(from_der, blinded_msg), *BlindSign(Key(), blinded_msg));
}

TEST(RsaPrivateKey, RefusesOtherKeysAndOtherBytes) {
  const OpenSslPtr<EVP_PKEY> short_key(EVP_RSA_gen(2048u));
  EXPECT_THAT(RsaPrivateKey::FromPem(internal::PrivateKeyToPem(*short_key)), kUnsuitable);
  EXPECT_THAT(RsaPrivateKey::FromPem(""), kUnsuitable);
  EXPECT_THAT(RsaPrivateKey::FromPem(Key().ToDer()), kUnsuitable);
  EXPECT_THAT(RsaPrivateKey::FromDer(Key().ToPem()), kUnsuitable);
  EXPECT_THAT(RsaPrivateKey::FromDer(Key().ToDer() + '\0'), kUnsuitable);
  EXPECT_THAT(RsaPrivateKey::FromDer(Key().ToDer().substr(0, 1000)), kUnsuitable);
  EXPECT_EQ(ERR_peek_error(), 0u);
}

TEST(RsaPrivateKey, RefusesAPrivateExponentOfAnotherKey) {
  const OpenSslPtr<EVP_PKEY> key = *internal::PrivateKeyFromDer(Key().ToDer(), "RSA");
  const auto number = [&](const char* name) {
    BIGNUM* value = nullptr;
    EXPECT_EQ(EVP_PKEY_get_bn_param(key.get(), name, &value), 1);
    return internal::ShortestBytesOf(*OpenSslPtr<BIGNUM>(value));
  };
  const std::string d = number(OSSL_PKEY_PARAM_RSA_D), p = number(OSSL_PKEY_PARAM_RSA_FACTOR1),
                    q = number(OSSL_PKEY_PARAM_RSA_FACTOR2);
  ASSERT_OK_AND_ASSIGN(const RsaPrivateKey right,
                       internal::PrivateKeyFromNumbers(PublicKey().n(), PublicKey().e(), d, p, q));
  EXPECT_OK(RsaPrivateKey::FromDer(right.ToDer()));
  ASSERT_OK_AND_ASSIGN(const RsaPrivateKey wrong, internal::PrivateKeyFromNumbers(
                                                      PublicKey().n(), PublicKey().e(), FlipBit(d, 5), p, q));
  EXPECT_THAT(RsaPrivateKey::FromDer(wrong.ToDer()), kUnsuitable);
}

TEST(RsaPrivateKey, RefusesAnEncryptedKeyWithoutAskingForItsPassphrase) {
  const OpenSslPtr<EVP_PKEY> key = *internal::PrivateKeyFromDer(Key().ToDer(), "RSA");
  const OpenSslPtr<BIO> bio(BIO_new(BIO_s_mem()));
  char passphrase[] = "passphrase";
  ASSERT_EQ(PEM_write_bio_PKCS8PrivateKey(bio.get(), key.get(), EVP_aes_256_cbc(), passphrase,
                                          sizeof(passphrase) - 1, nullptr, nullptr),
            1);
  char* start = nullptr;
  const auto size = static_cast<std::size_t>(BIO_get_mem_data(bio.get(), &start));
  const std::string pem(start, size);
  ASSERT_TRUE(pem.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----"));
  EXPECT_THAT(RsaPrivateKey::FromPem(pem), kUnsuitable);
}

}  // namespace
}  // namespace plenary::crypto
