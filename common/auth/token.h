// Access tokens: JWTs (RFC 7519) signed with ES256 (RFC 7518 3.4).
//
// Each service has a signing key of its own. A token names its issuer, and a key speaks for one issuer
// only: tokens of people come from the issuer of people (one service), and every service signs just
// the tokens by which it proves itself to its peers. A stolen key of a peer makes no person's token.
//
// A token is for one service (aud): who runs another one and sees it there cannot act with it elsewhere.
//
// Claims: iss, sub ("people/…", "serviceAccounts/…" or "services/…"), aud, iat, exp, for people company and
// roles, for service accounts roles. Times are by the suite's clock, which the libraries for JWTs do not let
// a caller hand in; that, and that nothing but ES256 may ever be read, is why the sixty lines stand here.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
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

  // Signs with this key from now on.
  void Use(std::string key_id, crypto::Es256PrivateKey key);
  std::string key_id() const { return Current()->id; }

  // Of a person or a service account.
  std::string SignPerson(const Principal& person, const Audience& audience, absl::Time now,
                         absl::Duration lifetime = kPersonTokenLifetime) const;
  std::string SignService(const Audience& audience, absl::Time now,
                          absl::Duration lifetime = kServiceTokenLifetime) const;

  // The public key in the form KeySet reads.
  std::string PublicKeyJson() const;

 private:
  struct Key {
    std::string id;
    crypto::Es256PrivateKey key;
  };
  std::shared_ptr<const Key> Current() const;
  std::string Sign(std::string_view claims) const;

  const std::string issuer_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Key> current_;
};

// A public key for whoever checks tokens outside the suite.
struct PublishedKey {
  std::string key_id;
  std::string x, y;  // base64url
};

// The public keys of the suite. Thread-safe.
class KeySet {
 public:
  // `person_issuer` is the one service whose tokens may name a person.
  explicit KeySet(std::string person_issuer) : person_issuer_(std::move(person_issuer)) {}

  // Adds a key: {"iss":"membership","kid":"…","kty":"EC","crv":"P-256","x":"…","y":"…"}.
  absl::Status Add(std::string_view json);
  // These keys in the place of all there were; when one is unreadable, nothing changes.
  absl::Status Replace(const std::vector<std::string>& keys);
  // Set before the first Verify: called when a token names a key that is not here, which may then be added.
  void OnUnknownKey(std::function<void()> read_again) { read_again_ = std::move(read_again); }

  // The keys that tokens of people and service accounts are checked with, by key id.
  std::vector<PublishedKey> PersonKeys() const;

  // Whom the token names, to `service`. UNAUTHENTICATED with reason TOKEN_INVALID (malformed, unknown key,
  // wrong signature, a subject the issuer may not name, made for another service) or TOKEN_EXPIRED.
  absl::StatusOr<Principal> Verify(std::string_view token, std::string_view service, absl::Time now) const;

 private:
  struct Key {
    std::string issuer;
    crypto::Es256PublicKey key;
  };
  using Keys = std::map<std::string, Key, std::less<>>;  // by key id
  static absl::Status AddTo(Keys& keys, std::string_view json);
  std::optional<Key> Find(const std::string& key_id) const;

  const std::string person_issuer_;
  std::function<void()> read_again_;
  mutable std::mutex mutex_;
  Keys keys_;
};

}  // namespace plenary::auth
