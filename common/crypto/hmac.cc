#include "common/crypto/hmac.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "common/crypto/bytes.h"
#include "common/crypto/openssl_ptr.h"

namespace plenary::crypto {

std::string HmacSha256(std::string_view key, std::string_view message) {
  std::string digest(kSha256Size, '\0');
  unsigned int size = 0;
  internal::Require(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), internal::Data(message),
                         message.size(), internal::MutableData(digest), &size) != nullptr &&
                        size == kSha256Size,
                    "HMAC");
  return digest;
}

}  // namespace plenary::crypto
