// Keys that everybody can sign for: points of small order, and signatures that fit any message. A verifier
// that does not look for them takes them. FOR TESTS ONLY.
#pragma once

#include <openssl/evp.h>
#include <sodium.h>

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace plenary::testing {

namespace internal {

inline const unsigned char* Data(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}
inline unsigned char* MutableData(std::string& bytes) {
  return reinterpret_cast<unsigned char*>(bytes.data());
}

// From the lowest byte, all others `fill`, the highest `last`.
inline std::string Point(unsigned char first, unsigned char fill, unsigned char last) {
  std::string bytes(32, static_cast<char>(fill));
  bytes.front() = static_cast<char>(first);
  bytes.back() = static_cast<char>(last);
  return bytes;
}

}  // namespace internal

// Every encoding of an Ed25519 point whose order divides 8: those of RFC 8032, and the second spellings with
// a y-coordinate not below p = 2^255 - 19 or the sign of zero. Source: the list that libsodium refuses.
inline std::vector<std::string> SmallOrderEd25519Keys() {
  // The y-coordinate of two of the points of order 8, lowest byte first; the other two have its negative.
  constexpr char kOrder8[] =
      "\x26\xe8\x95\x8f\xc2\xb2\x27\xb0\x45\xc3\xf4\x89\xf2\xef\x98\xf0"
      "\xd5\xdf\xac\x05\xd3\xc6\x33\x39\xb1\x38\x02\x88\x6d\x53\xfc\x05";
  constexpr char kOtherOrder8[] =
      "\xc7\x17\x6a\x70\x3d\x4d\xd8\x4f\xba\x3c\x0b\x76\x0d\x10\x67\x0f"
      "\x2a\x20\x53\xfa\x2c\x39\xcc\xc6\x4e\xc7\xfd\x77\x92\xac\x03\x7a";
  const std::vector<std::string> positive = {
      internal::Point(0, 0, 0),  // order 4: y = 0
      internal::Point(1, 0, 0),  // order 1: y = 1
      std::string(kOrder8, 32),          std::string(kOtherOrder8, 32),
      internal::Point(0xec, 0xff, 0x7f),  // order 2: y = p - 1
      internal::Point(0xed, 0xff, 0x7f),  // y = p, which is 0
      internal::Point(0xee, 0xff, 0x7f),  // y = p + 1, which is 1
  };
  std::vector<std::string> all = positive;
  for (std::string key : positive) {
    key.back() = static_cast<char>(static_cast<unsigned char>(key.back()) | 0x80);
    all.push_back(std::move(key));
  }
  return all;
}

// A signature of `message` under a key of small order, made without any secret: R = s B, with the first s for
// which the challenge is a multiple of 8, so that the key drops out of s B = R + challenge * key.
inline std::string SignatureUnderSmallOrder(std::string_view key, std::string_view message) {
  if (sodium_init() < 0) throw std::runtime_error("libsodium does not start");
  for (std::uint8_t number = 1; number != 0; ++number) {
    std::string scalar(32, '\0'), point(32, '\0'), challenge(32, '\0'), wide(64, '\0');
    scalar.front() = static_cast<char>(number);
    if (crypto_scalarmult_ed25519_base_noclamp(internal::MutableData(point), internal::Data(scalar)) != 0) {
      continue;
    }
    const std::string hashed = point + std::string(key) + std::string(message);
    crypto_hash_sha512(internal::MutableData(wide), internal::Data(hashed), hashed.size());
    crypto_core_ed25519_scalar_reduce(internal::MutableData(challenge), internal::Data(wide));
    if ((static_cast<unsigned char>(challenge.front()) & 7) == 0) return point + scalar;
  }
  throw std::runtime_error("no scalar of a byte gives such a challenge");
}

// The same signature in a second spelling: with S + L for S, which gives the same point.
inline std::string SpelledAgain(std::string signature) {
  constexpr unsigned char kOrder[32] = {0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7,
                                        0xa2, 0xde, 0xf9, 0xde, 0x14, 0,    0,    0,    0,    0,    0,
                                        0,    0,    0,    0,    0,    0,    0,    0,    0,    0x10};
  unsigned carry = 0;
  for (std::size_t i = 0; i < 32; ++i) {
    carry += static_cast<unsigned char>(signature.at(32 + i)) + kOrder[i];
    signature[32 + i] = static_cast<char>(carry & 0xFF);
    carry >>= 8;
  }
  return signature;
}

// Whether OpenSSL takes the signature: it does not look at the order of a key.
inline bool OpenSslTakes(std::string_view key, std::string_view message, std::string_view signature) {
  using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
  using Context = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;
  const Key parsed(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, internal::Data(key), key.size()),
                   &EVP_PKEY_free);
  const Context context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  return parsed != nullptr && context != nullptr &&
         EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, parsed.get()) == 1 &&
         EVP_DigestVerify(context.get(), internal::Data(signature), signature.size(), internal::Data(message),
                          message.size()) == 1;
}

}  // namespace plenary::testing
