// An RSA key that signs as others do: what the suite only checks.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "common/crypto/openssl_ptr.h"

namespace plenary::testing {

class Rs256Key {
 public:
  // A new key of so many bits.
  explicit Rs256Key(int bits = 2048);

  // Big-endian, without leading zeros.
  const std::string& n() const { return n_; }
  const std::string& e() const { return e_; }
  std::string Sign(std::string_view message) const;

 private:
  crypto::internal::OpenSslPtr<EVP_PKEY> key_;
  std::string n_;
  std::string e_;
};

}  // namespace plenary::testing
