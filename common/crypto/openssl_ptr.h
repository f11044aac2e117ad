// Owners for OpenSSL's objects and the few calls every file over it needs. Only for the .cc files of this
// room and for private members.
//
// Every owner clears what it frees when that may be a secret (BIGNUMs always; keys by OpenSSL itself).
#pragma once

#include <openssl/types.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

struct ECDSA_SIG_st;  // OpenSSL 3.0 declares it in ec.h only

namespace plenary::crypto::internal {

struct OpenSslDeleter {
  void operator()(BIGNUM* number) const;
  void operator()(BN_CTX* context) const;
  void operator()(BN_MONT_CTX* context) const;
  void operator()(BIO* bio) const;
  void operator()(EVP_PKEY* key) const;
  void operator()(EVP_PKEY_CTX* context) const;
  void operator()(EVP_MD_CTX* context) const;
  void operator()(ECDSA_SIG_st* signature) const;
  void operator()(OSSL_PARAM_BLD* builder) const;
  void operator()(OSSL_PARAM* params) const;
};

template <typename T>
using OpenSslPtr = std::unique_ptr<T, OpenSslDeleter>;

// Takes back whatever the calls in its scope leave in the thread's error queue. Without it a refused
// signature would be seen by the next TLS read on the same thread, which would take it for its own.
class ErrorQueueGuard {
 public:
  ErrorQueueGuard();
  ~ErrorQueueGuard();
  ErrorQueueGuard(const ErrorQueueGuard&) = delete;
  ErrorQueueGuard& operator=(const ErrorQueueGuard&) = delete;
};

// Ends the process when a call failed that can fail only for want of memory or by a broken library:
// going on with cryptography in that state is worse than stopping.
void Require(bool condition, const char* what);

const unsigned char* Data(std::string_view bytes);
unsigned char* MutableData(std::string& bytes);

// Big-endian bytes as a number, and a number as exactly `size` bytes or as few as it needs.
OpenSslPtr<BIGNUM> NumberOf(std::string_view bytes);
std::string BytesOf(const BIGNUM& number, std::size_t size);
std::string ShortestBytesOf(const BIGNUM& number);

// libsodium is ready after the first call; cheap afterwards and thread-safe.
void RequireSodium();

}  // namespace plenary::crypto::internal
