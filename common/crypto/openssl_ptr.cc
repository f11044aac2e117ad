#include "common/crypto/openssl_ptr.h"

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/params.h>
#include <sodium.h>

#include <cstdio>
#include <cstdlib>

namespace plenary::crypto::internal {

void OpenSslDeleter::operator()(BIGNUM* number) const { BN_clear_free(number); }
void OpenSslDeleter::operator()(BN_CTX* context) const { BN_CTX_free(context); }
void OpenSslDeleter::operator()(BN_MONT_CTX* context) const { BN_MONT_CTX_free(context); }
void OpenSslDeleter::operator()(BIO* bio) const { BIO_free(bio); }
void OpenSslDeleter::operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
void OpenSslDeleter::operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
void OpenSslDeleter::operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
void OpenSslDeleter::operator()(ECDSA_SIG_st* signature) const { ECDSA_SIG_free(signature); }
void OpenSslDeleter::operator()(OSSL_PARAM_BLD* builder) const { OSSL_PARAM_BLD_free(builder); }
void OpenSslDeleter::operator()(OSSL_PARAM* params) const { OSSL_PARAM_free(params); }

ErrorQueueGuard::ErrorQueueGuard() { ERR_set_mark(); }
ErrorQueueGuard::~ErrorQueueGuard() { ERR_pop_to_mark(); }

void Require(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "cryptography failed: %s\n", what);
  std::abort();
}

const unsigned char* Data(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}
unsigned char* MutableData(std::string& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }

OpenSslPtr<BIGNUM> NumberOf(std::string_view bytes) {
  OpenSslPtr<BIGNUM> number(BN_bin2bn(Data(bytes), static_cast<int>(bytes.size()), nullptr));
  Require(number != nullptr, "BN_bin2bn");
  return number;
}

std::string BytesOf(const BIGNUM& number, std::size_t size) {
  std::string bytes(size, '\0');
  Require(BN_bn2binpad(&number, MutableData(bytes), static_cast<int>(size)) >= 0, "BN_bn2binpad");
  return bytes;
}

std::string ShortestBytesOf(const BIGNUM& number) {
  return BytesOf(number, static_cast<std::size_t>(BN_num_bytes(&number)));
}

void RequireSodium() {
  static const bool ready = sodium_init() >= 0;
  Require(ready, "sodium_init");
}

}  // namespace plenary::crypto::internal
