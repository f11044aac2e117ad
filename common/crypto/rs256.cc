#include "common/crypto/rs256.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/params.h>

#include <cstdint>
#include <utility>

#include "common/crypto/errors.h"

namespace plenary::crypto {

using internal::OpenSslPtr;

absl::StatusOr<Rs256PublicKey> Rs256PublicKey::FromBytes(std::string_view n, std::string_view e) {
  const internal::ErrorQueueGuard guard;
  if (n.size() > kRs256MostBits / 8 || e.empty() || e.size() > sizeof(std::uint64_t)) {
    return errors::KeyUnsuitable("An RSA key has 2048 to 8192 bits and a short exponent.");
  }
  const OpenSslPtr<BIGNUM> modulus = internal::NumberOf(n), exponent = internal::NumberOf(e);
  const bool odd = BN_is_odd(modulus.get()) == 1 && BN_is_odd(exponent.get()) == 1;
  if (BN_num_bits(modulus.get()) < kRs256FewestBits || !odd || BN_is_one(exponent.get()) == 1) {
    return errors::KeyUnsuitable("An RSA key has 2048 to 8192 bits and an odd exponent.");
  }
  const OpenSslPtr<OSSL_PARAM_BLD> builder(OSSL_PARAM_BLD_new());
  internal::Require(builder != nullptr &&
                        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, modulus.get()) == 1 &&
                        OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, exponent.get()) == 1,
                    "OSSL_PARAM_BLD");
  const OpenSslPtr<OSSL_PARAM> params(OSSL_PARAM_BLD_to_param(builder.get()));
  const OpenSslPtr<EVP_PKEY_CTX> context(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr));
  internal::Require(params != nullptr && context != nullptr && EVP_PKEY_fromdata_init(context.get()) == 1,
                    "EVP_PKEY_fromdata_init");
  EVP_PKEY* key = nullptr;
  if (EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) != 1) {
    return errors::KeyUnsuitable("The numbers are no RSA key.");
  }
  return Rs256PublicKey(std::shared_ptr<EVP_PKEY>(key, internal::OpenSslDeleter()));
}

absl::Status Rs256PublicKey::Verify(std::string_view message, std::string_view signature) const {
  const internal::ErrorQueueGuard guard;
  const OpenSslPtr<EVP_MD_CTX> context(EVP_MD_CTX_new());
  internal::Require(context != nullptr &&
                        EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1,
                    "EVP_DigestVerifyInit");
  const int valid = EVP_DigestVerify(context.get(), internal::Data(signature), signature.size(),
                                     internal::Data(message), message.size());
  return valid == 1 ? absl::OkStatus() : errors::SignatureInvalid();
}

}  // namespace plenary::crypto
