#include "common/crypto/private_key_codec.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "common/crypto/errors.h"

namespace plenary::crypto::internal {
namespace {

// OpenSSL's own callback would ask on the terminal.
int RefusePassphrase(char*, int, int, void*) { return -1; }

// OpenSSL clears the buffer of a memory BIO when it frees it.
std::string ContentsOf(BIO& bio) {
  char* start = nullptr;
  const long size = BIO_get_mem_data(&bio, &start);
  return std::string(start, static_cast<std::size_t>(size));
}

absl::StatusOr<OpenSslPtr<EVP_PKEY>> Checked(OpenSslPtr<EVP_PKEY> key, const char* algorithm) {
  if (!key || EVP_PKEY_is_a(key.get(), algorithm) != 1) {
    return errors::KeyUnsuitable("It is not one unencrypted PKCS#8 private key of the right kind.");
  }
  return key;
}

}  // namespace

std::string PrivateKeyToPem(const EVP_PKEY& key) {
  const OpenSslPtr<BIO> bio(BIO_new(BIO_s_mem()));
  Require(bio && PEM_write_bio_PKCS8PrivateKey(bio.get(), &key, nullptr, nullptr, 0, nullptr, nullptr) == 1,
          "PEM_write_bio_PKCS8PrivateKey");
  return ContentsOf(*bio);
}

std::string PrivateKeyToDer(const EVP_PKEY& key) {
  const OpenSslPtr<BIO> bio(BIO_new(BIO_s_mem()));
  Require(bio && i2d_PKCS8PrivateKey_bio(bio.get(), &key, nullptr, nullptr, 0, nullptr, nullptr) == 1,
          "i2d_PKCS8PrivateKey_bio");
  return ContentsOf(*bio);
}

absl::StatusOr<OpenSslPtr<EVP_PKEY>> PrivateKeyFromPem(std::string_view pem, const char* algorithm) {
  const ErrorQueueGuard guard;
  const OpenSslPtr<BIO> bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  Require(bio != nullptr, "BIO_new_mem_buf");
  return Checked(OpenSslPtr<EVP_PKEY>(PEM_read_bio_PrivateKey(bio.get(), nullptr, RefusePassphrase, nullptr)),
                 algorithm);
}

absl::StatusOr<OpenSslPtr<EVP_PKEY>> PrivateKeyFromDer(std::string_view der, const char* algorithm) {
  const ErrorQueueGuard guard;
  const unsigned char* at = Data(der);
  const unsigned char* const end = at + der.size();
  OpenSslPtr<EVP_PKEY> key(d2i_AutoPrivateKey(nullptr, &at, static_cast<long>(der.size())));
  if (at != end) key.reset();
  return Checked(std::move(key), algorithm);
}

}  // namespace plenary::crypto::internal
