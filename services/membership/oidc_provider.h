// The association's OpenID Connect provider, asked as a relying party by the authorisation code flow with
// PKCE (OpenID Connect Core 1.0, Discovery 1.0, RFC 7636).
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/time/clock.h"
#include "services/membership/rules/id_token.h"

namespace plenary::membership {

// What one sign-in through the provider is bound by. All of it follows from a secret that the client keeps.
struct OidcSecrets {
  std::string state;
  std::string nonce;
  std::string verifier;  // of PKCE
};

// Thread-safe. What it knows of the provider is fetched by one call at a time, while the others wait for it.
class OidcProvider {
 public:
  struct Settings {
    std::string issuer;
    std::string client_id;
    std::string client_secret;
    std::string redirect_uri;
  };
  // Borrows the clock, which is real time.
  OidcProvider(Settings settings, const Clock& real_time)
      : settings_(std::move(settings)), real_time_(real_time) {}

  const std::string& issuer() const { return settings_.issuer; }

  // Where to send the person. OIDC_UNAVAILABLE. `deadline` is real time, here and below.
  absl::StatusOr<std::string> AuthorisationUrl(const OidcSecrets& secrets, absl::Time deadline);
  // Whom the code stands for. UNAUTHENTICATED, OIDC_REFUSED, or UNAVAILABLE, OIDC_UNAVAILABLE.
  absl::StatusOr<rules::IdClaims> Exchange(const std::string& code, const OidcSecrets& secrets,
                                           absl::Time deadline);

 private:
  struct Discovery {
    std::string authorization_endpoint;
    std::string token_endpoint;
    std::string jwks_uri;
    std::string userinfo_endpoint;  // "": it has none
  };
  struct Tokens {
    std::string id_token;
    std::string access_token;
  };
  // Something that was fetched, and when that was last tried.
  template <typename Value>
  struct Fetched {
    std::optional<Value> value;
    absl::Time read = absl::InfinitePast();
    absl::Time tried = absl::InfinitePast();
  };

  absl::StatusOr<Discovery> Discover(absl::Time deadline);
  absl::StatusOr<Discovery> ReadDiscovery(absl::Time deadline) const;
  absl::StatusOr<rules::ProviderKeys> KeysFor(const std::string& key_id, absl::Time deadline);
  // The address that it has verified, of a person whose token does not say it.
  absl::StatusOr<std::string> AskForAddress(const std::string& subject, const std::string& access_token,
                                            absl::Time deadline);
  absl::StatusOr<Tokens> AskForTokens(const std::string& code, const OidcSecrets& secrets,
                                      absl::Time deadline);

  const Settings settings_;
  const Clock& real_time_;
  std::mutex mutex_;
  Fetched<Discovery> discovery_;
  Fetched<rules::ProviderKeys> keys_;
};

}  // namespace plenary::membership
