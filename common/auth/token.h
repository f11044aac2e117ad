// Access tokens: JWTs (RFC 7519) signed with ES256 (RFC 7518 3.4).
//
// Each service has a signing key of its own. A token names its issuer, and a key speaks for one issuer
// only: tokens of people come from the issuer of people (one service), and every service signs just
// the tokens by which it proves itself to its peers. A stolen key of a peer makes no person's token.
//
// A token is for one service (aud): who runs another one and sees it there cannot act with it elsewhere.
//
// Claims: iss, sub ("people/…" or "services/…"), aud, iat, exp, and for people company and roles. Times are
// by the suite's clock, which the libraries for JWTs do not let a caller hand in; that, and that
// nothing but ES256 may ever be read, is why the sixty lines stand here.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/auth/principal.h"
#include "common/crypto/es256.h"

namespace plenary::auth {

inline constexpr absl::Duration kPersonTokenLifetime = absl::Minutes(15);
inline constexpr absl::Duration kServiceTokenLifetime = absl::Minutes(5);
// Clocks of two machines may differ by this much.
inline constexpr absl::Duration kClockSkew = absl::Seconds(30);
inline constexpr std::size_t kLongestToken = 4096;

// The services that a token is for: one, save in tests.
using Audience = std::vector<std::string>;

// Makes tokens. Thread-safe.
class TokenSigner {
 public:
  // `issuer` is the service's name; `key_id` names the key in the token's header.
  TokenSigner(std::string issuer, std::string key_id, crypto::Es256PrivateKey key);

  std::string SignPerson(const Principal& person, const Audience& audience, absl::Time now,
                         absl::Duration lifetime = kPersonTokenLifetime) const;
  std::string SignService(const Audience& audience, absl::Time now,
                          absl::Duration lifetime = kServiceTokenLifetime) const;

  // The public key in the form KeySet reads.
  std::string PublicKeyJson() const;

 private:
  std::string Sign(std::string_view claims) const;

  std::string issuer_;
  std::string key_id_;
  crypto::Es256PrivateKey key_;
};

// The public keys of the suite. Thread-safe.
class KeySet {
 public:
  // `person_issuer` is the one service whose tokens may name a person.
  explicit KeySet(std::string person_issuer) : person_issuer_(std::move(person_issuer)) {}

  // Adds a key: {"iss":"membership","kid":"…","kty":"EC","crv":"P-256","x":"…","y":"…"}.
  absl::Status Add(std::string_view json);

  // Whom the token names, to `service`. UNAUTHENTICATED with reason TOKEN_INVALID (malformed, unknown key,
  // wrong signature, a subject the issuer may not name, made for another service) or TOKEN_EXPIRED.
  absl::StatusOr<Principal> Verify(std::string_view token, std::string_view service, absl::Time now) const;

 private:
  struct Key {
    std::string issuer;
    crypto::Es256PublicKey key;
  };
  std::string person_issuer_;
  mutable std::mutex mutex_;
  std::map<std::string, Key, std::less<>> keys_;  // by key id
};

// The folder where the services of one stack keep their keys: <service>.pem (0600, the service's own)
// and <service>.jwk (public).
//
// Makes the pair when it is absent; concurrent calls leave one pair.
absl::Status MakeServiceKey(const std::string& folder, const std::string& service);
absl::StatusOr<std::unique_ptr<TokenSigner>> LoadSigner(const std::string& folder,
                                                        const std::string& service);
// Every *.jwk of the folder.
absl::StatusOr<std::unique_ptr<KeySet>> LoadKeySet(const std::string& folder,
                                                   const std::string& person_issuer);

}  // namespace plenary::auth
