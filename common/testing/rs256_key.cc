#include "common/testing/rs256_key.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

namespace plenary::testing {
namespace {

using crypto::internal::OpenSslPtr;
using crypto::internal::Require;

std::string NumberOf(const EVP_PKEY& key, const char* name) {
  BIGNUM* number = nullptr;
  const bool read = EVP_PKEY_get_bn_param(&key, name, &number) == 1;
  const OpenSslPtr<BIGNUM> owned(number);
  Require(read, "EVP_PKEY_get_bn_param");
  return crypto::internal::ShortestBytesOf(*number);
}

}  // namespace

Rs256Key::Rs256Key(int bits) : key_(EVP_RSA_gen(static_cast<unsigned>(bits))) {
  Require(key_ != nullptr, "EVP_RSA_gen");
  n_ = NumberOf(*key_, OSSL_PKEY_PARAM_RSA_N);
  e_ = NumberOf(*key_, OSSL_PKEY_PARAM_RSA_E);
}

std::string Rs256Key::Sign(std::string_view message) const {
  const OpenSslPtr<EVP_MD_CTX> context(EVP_MD_CTX_new());
  std::size_t size = n_.size();
  std::string signature(size, '\0');
  Require(context && EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()) == 1 &&
              EVP_DigestSign(context.get(), crypto::internal::MutableData(signature), &size,
                             crypto::internal::Data(message), message.size()) == 1,
          "EVP_DigestSign");
  signature.resize(size);
  return signature;
}

}  // namespace plenary::testing
