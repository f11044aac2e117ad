// What an OpenID Connect provider says about a person: its ID token (OpenID Connect Core 1.0,
// section 3.1.3.7).
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <variant>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/crypto/es256.h"
#include "common/crypto/rs256.h"

namespace plenary::membership::rules {

// The provider's keys by key id. The kind of the key says which algorithm its tokens have, RS256 or ES256,
// whatever their headers say: a token cannot choose.
using ProviderKeys = std::map<std::string, std::variant<crypto::Rs256PublicKey, crypto::Es256PublicKey>>;

// Of a JWK set (RFC 7517). Keys for other uses, of other kinds, and without a key id are passed over.
// INVALID_ARGUMENT when the text is no set.
absl::StatusOr<ProviderKeys> ReadProviderKeys(std::string_view json);

// The key id in a token's header; "" when it has none or is no token.
std::string KeyIdOf(std::string_view token);

struct IdTokenExpectation {
  std::string issuer;
  std::string client_id;
  std::string nonce;
  std::string access_token;  // that came with it, for at_hash
  absl::Time now;            // real
};

struct IdClaims {
  std::string subject;  // 1 to 255 printable ASCII characters
  std::string email;    // normalised; "" unless the provider has verified it
};

// UNAUTHENTICATED, OIDC_REFUSED, with what is wrong: form, signature, issuer, audience, times, nonce, the
// access token's digest, or the subject.
absl::StatusOr<IdClaims> CheckIdToken(std::string_view token, const ProviderKeys& keys,
                                      const IdTokenExpectation& expected);

// The address that the provider has verified, of what it tells about `subject` (section 5.3.2); "" when there
// is none. OIDC_REFUSED when it tells about somebody else.
absl::StatusOr<std::string> ReadUserInfo(std::string_view json, std::string_view subject);

}  // namespace plenary::membership::rules
