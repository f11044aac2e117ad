#include "common/crypto/rsa_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include <utility>

#include "common/crypto/blind_rsa_internal.h"
#include "common/crypto/errors.h"
#include "common/crypto/private_key_codec.h"
#include "common/status/macros.h"

namespace plenary::crypto {
namespace internal {
namespace {

using NamedNumber = std::pair<const char*, const BIGNUM*>;

// An RSA key from its numbers; null when OpenSSL refuses them.
OpenSslPtr<EVP_PKEY> KeyFromNumbers(int selection, std::initializer_list<NamedNumber> numbers) {
  const OpenSslPtr<OSSL_PARAM_BLD> builder(OSSL_PARAM_BLD_new());
  Require(builder != nullptr, "OSSL_PARAM_BLD_new");
  for (const auto& [name, number] : numbers) {
    Require(OSSL_PARAM_BLD_push_BN(builder.get(), name, number) == 1, "OSSL_PARAM_BLD_push_BN");
  }
  const OpenSslPtr<OSSL_PARAM> params(OSSL_PARAM_BLD_to_param(builder.get()));
  const OpenSslPtr<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  Require(params && context && EVP_PKEY_fromdata_init(context.get()) == 1, "EVP_PKEY_fromdata_init");
  EVP_PKEY* key = nullptr;
  EVP_PKEY_fromdata(context.get(), &key, selection, params.get());
  return OpenSslPtr<EVP_PKEY>(key);
}

// See RsaPublicParts::verification.
OpenSslPtr<EVP_PKEY_CTX> PssVerification(EVP_PKEY& key) {
  OpenSslPtr<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_pkey(nullptr, &key, nullptr));
  Require(context && EVP_PKEY_verify_init(context.get()) == 1 &&
              EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PSS_PADDING) == 1 &&
              EVP_PKEY_CTX_set_signature_md(context.get(), EVP_sha384()) == 1 &&
              EVP_PKEY_CTX_set_rsa_mgf1_md(context.get(), EVP_sha384()) == 1,
          "EVP_PKEY_verify_init");
  return context;
}

// KEY_UNSUITABLE unless the numbers of the private key belong together.
absl::Status CheckPair(const EVP_PKEY& key) {
  const OpenSslPtr<EVP_PKEY_CTX> context(
      EVP_PKEY_CTX_new_from_pkey(nullptr, const_cast<EVP_PKEY*>(&key), nullptr));
  Require(context != nullptr, "EVP_PKEY_CTX_new_from_pkey");
  if (EVP_PKEY_pairwise_check(context.get()) != 1) {
    return errors::KeyUnsuitable("Its private and its public numbers do not belong together.");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<RsaPublicKey> AnySizePublicKey(std::string_view n, std::string_view e) {
  const ErrorQueueGuard guard;
  auto parts = std::make_shared<RsaPublicParts>();
  parts->n = NumberOf(n);
  parts->e = NumberOf(e);
  parts->n_bytes = ShortestBytesOf(*parts->n);
  parts->e_bytes = ShortestBytesOf(*parts->e);
  if (parts->n_bytes != n || parts->e_bytes != e) {
    return errors::KeyUnsuitable("Write modulus and exponent without leading zeros.");
  }
  if (!BN_is_odd(parts->n.get())) return errors::KeyUnsuitable("Its modulus is even.");
  parts->key = KeyFromNumbers(EVP_PKEY_PUBLIC_KEY, {{OSSL_PKEY_PARAM_RSA_N, parts->n.get()},
                                                    {OSSL_PKEY_PARAM_RSA_E, parts->e.get()}});
  if (!parts->key) return errors::KeyUnsuitable("Its numbers make no RSA key.");
  parts->verification = PssVerification(*parts->key);
  parts->montgomery.reset(BN_MONT_CTX_new());
  const OpenSslPtr<BN_CTX> context(BN_CTX_new());
  Require(parts->montgomery && context &&
              BN_MONT_CTX_set(parts->montgomery.get(), parts->n.get(), context.get()) == 1,
          "BN_MONT_CTX_set");
  return RsaKeyAccess::Wrap(std::move(parts));
}

absl::StatusOr<RsaPrivateKey> PrivateKeyFromNumbers(std::string_view n, std::string_view e,
                                                    std::string_view d, std::string_view p,
                                                    std::string_view q) {
  const ErrorQueueGuard guard;
  ASSIGN_OR_RETURN(RsaPublicKey public_key, AnySizePublicKey(n, e));
  const OpenSslPtr<BIGNUM> d_number = NumberOf(d), p_number = NumberOf(p), q_number = NumberOf(q);
  const OpenSslPtr<BIGNUM> less(BN_new()), d_p(BN_new()), d_q(BN_new()), q_inverse(BN_new());
  const OpenSslPtr<BN_CTX> context(BN_CTX_new());
  const bool computed =
      less && d_p && d_q && q_inverse && context && BN_sub(less.get(), p_number.get(), BN_value_one()) == 1 &&
      BN_mod(d_p.get(), d_number.get(), less.get(), context.get()) == 1 &&
      BN_sub(less.get(), q_number.get(), BN_value_one()) == 1 &&
      BN_mod(d_q.get(), d_number.get(), less.get(), context.get()) == 1 &&
      BN_mod_inverse(q_inverse.get(), q_number.get(), p_number.get(), context.get()) != nullptr;
  if (!computed) return errors::KeyUnsuitable("Its factors are not two different primes.");
  const RsaPublicParts& numbers = RsaKeyAccess::Parts(public_key);
  OpenSslPtr<EVP_PKEY> key =
      KeyFromNumbers(EVP_PKEY_KEYPAIR, {{OSSL_PKEY_PARAM_RSA_N, numbers.n.get()},
                                        {OSSL_PKEY_PARAM_RSA_E, numbers.e.get()},
                                        {OSSL_PKEY_PARAM_RSA_D, d_number.get()},
                                        {OSSL_PKEY_PARAM_RSA_FACTOR1, p_number.get()},
                                        {OSSL_PKEY_PARAM_RSA_FACTOR2, q_number.get()},
                                        {OSSL_PKEY_PARAM_RSA_EXPONENT1, d_p.get()},
                                        {OSSL_PKEY_PARAM_RSA_EXPONENT2, d_q.get()},
                                        {OSSL_PKEY_PARAM_RSA_COEFFICIENT1, q_inverse.get()}});
  if (!key) return errors::KeyUnsuitable("Its numbers make no RSA key.");
  return RsaKeyAccess::Wrap(
      std::make_unique<RsaPrivateParts>(RsaPrivateParts{std::move(key), std::move(public_key)}));
}

}  // namespace internal

using internal::OpenSslPtr;

namespace {

absl::StatusOr<RsaPrivateKey> OfferedPrivateKey(OpenSslPtr<EVP_PKEY> key) {
  BIGNUM* n = nullptr;
  BIGNUM* e = nullptr;
  const bool read = EVP_PKEY_get_bn_param(key.get(), OSSL_PKEY_PARAM_RSA_N, &n) == 1 &&
                    EVP_PKEY_get_bn_param(key.get(), OSSL_PKEY_PARAM_RSA_E, &e) == 1;
  const OpenSslPtr<BIGNUM> own_n(n), own_e(e);
  internal::Require(read, "EVP_PKEY_get_bn_param");
  ASSIGN_OR_RETURN(RsaPublicKey public_key,
                   RsaPublicKey::FromBytes(internal::ShortestBytesOf(*n), internal::ShortestBytesOf(*e)));
  RETURN_IF_ERROR(internal::CheckPair(*key));
  return internal::RsaKeyAccess::Wrap(std::make_unique<internal::RsaPrivateParts>(
      internal::RsaPrivateParts{std::move(key), std::move(public_key)}));
}

}  // namespace

RsaPublicKey::RsaPublicKey(std::shared_ptr<const internal::RsaPublicParts> parts)
    : parts_(std::move(parts)) {}

absl::StatusOr<RsaPublicKey> RsaPublicKey::FromBytes(std::string_view n, std::string_view e) {
  if (n.size() != kRsaModulusSize || static_cast<unsigned char>(n.front()) < 0x80) {
    return errors::KeyUnsuitable("Its modulus does not have exactly 3072 bits.");
  }
  if (e != kRsaExponentBytes) return errors::KeyUnsuitable("Its public exponent is not 65537.");
  return internal::AnySizePublicKey(n, e);
}

const std::string& RsaPublicKey::n() const { return parts_->n_bytes; }
const std::string& RsaPublicKey::e() const { return parts_->e_bytes; }
std::size_t RsaPublicKey::modulus_size() const { return parts_->n_bytes.size(); }

RsaPrivateKey::RsaPrivateKey(std::unique_ptr<internal::RsaPrivateParts> parts) : parts_(std::move(parts)) {}
RsaPrivateKey::RsaPrivateKey(RsaPrivateKey&&) noexcept = default;
RsaPrivateKey& RsaPrivateKey::operator=(RsaPrivateKey&&) noexcept = default;
RsaPrivateKey::~RsaPrivateKey() = default;

absl::StatusOr<RsaPrivateKey> RsaPrivateKey::Generate() {
  const internal::ErrorQueueGuard guard;
  OpenSslPtr<EVP_PKEY> key(EVP_RSA_gen(static_cast<unsigned>(kRsaModulusBits)));  // e is 65537
  internal::Require(key != nullptr, "EVP_RSA_gen");
  return OfferedPrivateKey(std::move(key));
}

absl::StatusOr<RsaPrivateKey> RsaPrivateKey::FromPem(std::string_view pem) {
  const internal::ErrorQueueGuard guard;
  ASSIGN_OR_RETURN(OpenSslPtr<EVP_PKEY> key, internal::PrivateKeyFromPem(pem, "RSA"));
  return OfferedPrivateKey(std::move(key));
}

absl::StatusOr<RsaPrivateKey> RsaPrivateKey::FromDer(std::string_view der) {
  const internal::ErrorQueueGuard guard;
  ASSIGN_OR_RETURN(OpenSslPtr<EVP_PKEY> key, internal::PrivateKeyFromDer(der, "RSA"));
  return OfferedPrivateKey(std::move(key));
}

std::string RsaPrivateKey::ToPem() const { return internal::PrivateKeyToPem(*parts_->key); }
std::string RsaPrivateKey::ToDer() const { return internal::PrivateKeyToDer(*parts_->key); }
const RsaPublicKey& RsaPrivateKey::public_key() const { return parts_->public_key; }

}  // namespace plenary::crypto
