// PKCS#8 private keys as PEM and DER, for the key types of this room. Internal to it.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/crypto/openssl_ptr.h"

namespace plenary::crypto::internal {

// Unencrypted PKCS#8. The caller wipes the text.
std::string PrivateKeyToPem(const EVP_PKEY& key);
std::string PrivateKeyToDer(const EVP_PKEY& key);

// Exactly one private key of the named algorithm ("RSA", "EC"); KEY_UNSUITABLE otherwise, also for
// an encrypted one (nobody is ever asked for a passphrase) and for DER with bytes after it.
absl::StatusOr<OpenSslPtr<EVP_PKEY>> PrivateKeyFromPem(std::string_view pem, const char* algorithm);
absl::StatusOr<OpenSslPtr<EVP_PKEY>> PrivateKeyFromDer(std::string_view der, const char* algorithm);

}  // namespace plenary::crypto::internal
