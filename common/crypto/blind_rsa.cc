// OpenSSL has no blind RSA: blinding needs the message as a number before it is signed, so this file
// works on BIGNUMs. The private operation and the verification stay OpenSSL's own.
#include "common/crypto/blind_rsa.h"

#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <utility>

#include "common/crypto/blind_rsa_internal.h"
#include "common/crypto/bytes.h"
#include "common/crypto/errors.h"
#include "common/status/macros.h"

namespace plenary::crypto {
namespace internal {
namespace {

// A try of r succeeds with probability one half at least; so many failures mean a broken source.
constexpr int kMostTriesOfR = 256;

OpenSslPtr<BIGNUM> NewNumber() {
  OpenSslPtr<BIGNUM> number(BN_new());
  Require(number != nullptr, "BN_new");
  return number;
}

OpenSslPtr<BN_CTX> NewContext() {
  OpenSslPtr<BN_CTX> context(BN_CTX_new());
  Require(context != nullptr, "BN_CTX_new");
  return context;
}

// a * b mod n for a, b < n, in a time that does not depend on them.
OpenSslPtr<BIGNUM> Product(const RsaPublicParts& key, const BIGNUM& a, const BIGNUM& b, BN_CTX& context) {
  OpenSslPtr<BIGNUM> product = NewNumber();
  Require(BN_to_montgomery(product.get(), &a, key.montgomery.get(), &context) == 1 &&
              BN_mod_mul_montgomery(product.get(), product.get(), &b, key.montgomery.get(), &context) == 1,
          "BN_mod_mul_montgomery");
  return product;
}

// RSAVP1: base^e mod n, for base < n.
OpenSslPtr<BIGNUM> PublicPower(const RsaPublicParts& key, const BIGNUM& base, BN_CTX& context) {
  OpenSslPtr<BIGNUM> power = NewNumber();
  Require(BN_mod_exp_mont(power.get(), &base, key.e.get(), key.n.get(), &context, key.montgomery.get()) == 1,
          "BN_mod_exp_mont");
  return power;
}

struct Mask {
  OpenSslPtr<BIGNUM> r;
  OpenSslPtr<BIGNUM> inverse;
};

// r uniform in [1, n) and invertible, by rejection.
absl::StatusOr<Mask> DrawMask(const RsaPublicParts& key, BN_CTX& context, RandomSource& random) {
  const int spare_bits = static_cast<int>(key.n_bytes.size()) * 8 - BN_num_bits(key.n.get());
  Mask mask{NewNumber(), NewNumber()};
  for (int i = 0; i < kMostTriesOfR; ++i) {
    std::string bytes = random.Bytes(key.n_bytes.size());
    const WipeAtEnd wipe(bytes);
    bytes[0] = static_cast<char>(static_cast<std::uint8_t>(bytes[0]) & (0xff >> spare_bits));
    mask.r = NumberOf(bytes);
    BN_set_flags(mask.r.get(), BN_FLG_CONSTTIME);
    if (BN_is_zero(mask.r.get()) || BN_cmp(mask.r.get(), key.n.get()) >= 0) continue;
    if (BN_mod_inverse(mask.inverse.get(), mask.r.get(), key.n.get(), &context) != nullptr) return mask;
  }
  return errors::RandomnessUnsuitable();
}

// MGF1 with SHA-384 (RFC 8017 appendix B.2.1).
std::string Mgf1(std::string_view seed, std::size_t size) {
  std::string mask;
  for (std::uint32_t counter = 0; mask.size() < size; ++counter) {
    std::string block(seed);
    AppendU32(block, counter);
    mask += Sha384(block);
  }
  mask.resize(size);
  return mask;
}

absl::Status CheckLength(std::string_view what, std::string_view bytes, std::size_t expected) {
  if (bytes.size() != expected) return errors::LengthUnexpected(what, expected, bytes.size());
  return absl::OkStatus();
}

// RSASP1 by OpenSSL: the CRT, a masked base, constant-time powers. False when it failed.
bool PrivatePower(const RsaPrivateParts& key, std::string_view base, std::string& power) {
  const OpenSslPtr<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_pkey(nullptr, key.key.get(), nullptr));
  Require(context != nullptr, "EVP_PKEY_CTX_new_from_pkey");
  std::size_t size = power.size();
  return EVP_PKEY_sign_init(context.get()) == 1 &&
         EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_NO_PADDING) == 1 &&
         EVP_PKEY_sign(context.get(), MutableData(power), &size, Data(base), base.size()) == 1 &&
         size == power.size();
}

}  // namespace

absl::StatusOr<std::string> EmsaPssEncode(std::string_view input_msg, std::string_view salt,
                                          std::size_t em_bits) {
  const std::size_t em_size = (em_bits + 7) / 8;
  if (em_size < kSha384Size + salt.size() + 2) {
    return errors::MessageUnsuitable("The key is too short for its digest and salt.");
  }
  std::string salted(8, '\0');
  salted += Sha384(input_msg);
  salted += salt;
  const std::string h = Sha384(salted);
  const std::size_t db_size = em_size - kSha384Size - 1;
  std::string encoded(db_size - salt.size() - 1, '\0');
  encoded += '\x01';
  encoded += salt;
  const std::string mask = Mgf1(h, db_size);
  for (std::size_t i = 0; i < db_size; ++i) encoded[i] = static_cast<char>(encoded[i] ^ mask[i]);
  encoded[0] = static_cast<char>(static_cast<std::uint8_t>(encoded[0]) & (0xff >> (em_size * 8 - em_bits)));
  encoded += h;
  encoded += '\xbc';
  return encoded;
}

std::string Prepare(const Variant& variant, std::string_view msg, RandomSource& random) {
  std::string input_msg = random.Bytes(variant.prefix_size);
  input_msg += msg;
  return input_msg;
}

absl::StatusOr<BlindedMessage> Blind(const Variant& variant, const RsaPublicKey& public_key,
                                     std::string_view input_msg, RandomSource& random) {
  const ErrorQueueGuard guard;
  const RsaPublicParts& key = RsaKeyAccess::Parts(public_key);
  const std::string salt = random.Bytes(variant.salt_size);
  const auto em_bits = static_cast<std::size_t>(BN_num_bits(key.n.get()) - 1);
  ASSIGN_OR_RETURN(const std::string encoded, EmsaPssEncode(input_msg, salt, em_bits));
  const OpenSslPtr<BN_CTX> context = NewContext();
  const OpenSslPtr<BIGNUM> m = NumberOf(encoded), divisor = NewNumber();
  Require(BN_gcd(divisor.get(), m.get(), key.n.get(), context.get()) == 1, "BN_gcd");
  if (!BN_is_one(divisor.get())) return errors::MessageUnsuitable("It shares a factor with the modulus.");
  ASSIGN_OR_RETURN(const Mask mask, DrawMask(key, *context, random));
  const OpenSslPtr<BIGNUM> x = PublicPower(key, *mask.r, *context);
  const OpenSslPtr<BIGNUM> z = Product(key, *m, *x, *context);
  return BlindedMessage{.blinded_msg = BytesOf(*z, key.n_bytes.size()),
                        .inv = BytesOf(*mask.inverse, key.n_bytes.size())};
}

absl::StatusOr<std::string> Finalize(const Variant& variant, const RsaPublicKey& public_key,
                                     std::string_view input_msg, std::string_view blind_sig,
                                     std::string_view inv) {
  const ErrorQueueGuard guard;
  const RsaPublicParts& key = RsaKeyAccess::Parts(public_key);
  RETURN_IF_ERROR(CheckLength("a blind signature", blind_sig, key.n_bytes.size()));
  RETURN_IF_ERROR(CheckLength("an inverse", inv, key.n_bytes.size()));
  const OpenSslPtr<BIGNUM> z = NumberOf(blind_sig), inverse = NumberOf(inv);
  if (BN_cmp(z.get(), key.n.get()) >= 0 || BN_cmp(inverse.get(), key.n.get()) >= 0)
    return errors::SignatureInvalid();
  const OpenSslPtr<BN_CTX> context = NewContext();
  std::string signature = BytesOf(*Product(key, *z, *inverse, *context), key.n_bytes.size());
  RETURN_IF_ERROR(Verify(variant, public_key, input_msg, signature));
  return signature;
}

absl::Status Verify(const Variant& variant, const RsaPublicKey& public_key, std::string_view input_msg,
                    std::string_view signature) {
  const ErrorQueueGuard guard;
  const RsaPublicParts& key = RsaKeyAccess::Parts(public_key);
  // OpenSSL itself lets a signature through that lacks its leading zeros.
  if (signature.size() != key.n_bytes.size()) return errors::SignatureInvalid();
  const std::string digest = Sha384(input_msg);
  const OpenSslPtr<EVP_PKEY_CTX> context(EVP_PKEY_CTX_dup(key.verification.get()));
  Require(
      context && EVP_PKEY_CTX_set_rsa_pss_saltlen(context.get(), static_cast<int>(variant.salt_size)) == 1,
      "EVP_PKEY_CTX_dup");
  if (EVP_PKEY_verify(context.get(), Data(signature), signature.size(), Data(digest), digest.size()) != 1) {
    return errors::SignatureInvalid();
  }
  return absl::OkStatus();
}

}  // namespace internal

std::string PrepareRandomized(std::string_view msg, RandomSource& random) {
  return internal::Prepare(internal::kPssRandomized, msg, random);
}

absl::StatusOr<BlindedMessage> Blind(const RsaPublicKey& public_key, std::string_view input_msg,
                                     RandomSource& random) {
  return internal::Blind(internal::kPssRandomized, public_key, input_msg, random);
}

absl::StatusOr<std::string> BlindSign(const RsaPrivateKey& private_key, std::string_view blinded_msg) {
  const internal::ErrorQueueGuard guard;
  const internal::RsaPrivateParts& key = internal::RsaKeyAccess::Parts(private_key);
  const internal::RsaPublicParts& public_parts = internal::RsaKeyAccess::Parts(key.public_key);
  RETURN_IF_ERROR(internal::CheckLength("a blinded message", blinded_msg, public_parts.n_bytes.size()));
  const internal::OpenSslPtr<BIGNUM> m = internal::NumberOf(blinded_msg);
  if (BN_is_zero(m.get()) || BN_cmp(m.get(), public_parts.n.get()) >= 0)
    return errors::BlindedMessageOutOfRange();
  std::string answer(public_parts.n_bytes.size(), '\0');
  if (!internal::PrivatePower(key, blinded_msg, answer)) return errors::SigningFault();
  // A fault in one half of the CRT would give the factors away (RFC 9474 section 4.3).
  const internal::OpenSslPtr<BIGNUM> s = internal::NumberOf(answer);
  const internal::OpenSslPtr<BN_CTX> context = internal::NewContext();
  if (BN_cmp(s.get(), public_parts.n.get()) >= 0 ||
      BN_cmp(internal::PublicPower(public_parts, *s, *context).get(), m.get()) != 0) {
    SecureWipe(answer);
    return errors::SigningFault();
  }
  return answer;
}

absl::Status CheckBlindSignature(const RsaPublicKey& public_key, std::string_view blinded_msg,
                                 std::string_view blind_sig) {
  const internal::ErrorQueueGuard guard;
  const internal::RsaPublicParts& key = internal::RsaKeyAccess::Parts(public_key);
  RETURN_IF_ERROR(internal::CheckLength("a blinded message", blinded_msg, key.n_bytes.size()));
  RETURN_IF_ERROR(internal::CheckLength("a blind signature", blind_sig, key.n_bytes.size()));
  const internal::OpenSslPtr<BIGNUM> m = internal::NumberOf(blinded_msg), s = internal::NumberOf(blind_sig);
  if (BN_is_zero(m.get()) || BN_cmp(m.get(), key.n.get()) >= 0) return errors::BlindedMessageOutOfRange();
  const internal::OpenSslPtr<BN_CTX> context = internal::NewContext();
  if (BN_cmp(s.get(), key.n.get()) >= 0 ||
      BN_cmp(internal::PublicPower(key, *s, *context).get(), m.get()) != 0) {
    return errors::SignatureInvalid();
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> Finalize(const RsaPublicKey& public_key, std::string_view input_msg,
                                     std::string_view blind_sig, std::string_view inv) {
  return internal::Finalize(internal::kPssRandomized, public_key, input_msg, blind_sig, inv);
}

absl::Status Verify(const RsaPublicKey& public_key, std::string_view input_msg, std::string_view signature) {
  return internal::Verify(internal::kPssRandomized, public_key, input_msg, signature);
}

}  // namespace plenary::crypto
