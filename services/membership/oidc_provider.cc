#include "services/membership/oidc_provider.h"

#include "common/crypto/bytes.h"
#include "common/http/client.h"
#include "common/status/macros.h"
#include "fmt/format.h"
#include "nlohmann/json.hpp"
#include "services/membership/errors_oidc.h"
#include "services/membership/limits_oidc.h"

namespace plenary::membership {
namespace {

using nlohmann::json;

constexpr int kHttpOk = 200;
constexpr int kHttpServerError = 500;

absl::StatusOr<json> GetJson(const std::string& url, absl::Time deadline) {
  const absl::StatusOr<http::Answer> answer = http::Get(url, deadline);
  if (!answer.ok()) return errors::OidcUnavailable("it does not answer");
  json value = json::parse(answer->body, nullptr, /*allow_exceptions=*/false);
  if (answer->status != kHttpOk || !value.is_object()) {
    return errors::OidcUnavailable(fmt::format("it answers {} to a question about itself", answer->status));
  }
  return value;
}

std::string Text(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

// Discovery 1.0, section 4.1.
std::string DiscoveryUrl(std::string issuer) {
  if (!issuer.empty() && issuer.back() == '/') issuer.pop_back();
  return issuer + "/.well-known/openid-configuration";
}

}  // namespace

absl::StatusOr<OidcProvider::Discovery> OidcProvider::ReadDiscovery(absl::Time deadline) const {
  ASSIGN_OR_RETURN(const json document, GetJson(DiscoveryUrl(settings_.issuer), deadline));
  // Whoever answers for another issuer is not the one that was asked (Discovery 1.0, section 4.3).
  if (Text(document, "issuer") != settings_.issuer)
    return errors::OidcUnavailable("it says that it is another");
  Discovery read{.authorization_endpoint = Text(document, "authorization_endpoint"),
                 .token_endpoint = Text(document, "token_endpoint"),
                 .jwks_uri = Text(document, "jwks_uri"),
                 .userinfo_endpoint = Text(document, "userinfo_endpoint")};
  for (const std::string& url : {read.authorization_endpoint, read.token_endpoint, read.jwks_uri}) {
    if (!http::CheckUrl(url).ok()) return errors::OidcUnavailable("it names an address without TLS");
  }
  if (!http::CheckUrl(read.userinfo_endpoint).ok()) read.userinfo_endpoint.clear();
  return read;
}

absl::StatusOr<OidcProvider::Discovery> OidcProvider::Discover(absl::Time deadline) {
  const std::lock_guard lock(mutex_);
  const absl::Time now = real_time_.Now();
  if (discovery_.value.has_value() && now - discovery_.read < limits::kProviderKept) return *discovery_.value;
  if (now - discovery_.tried < limits::kProviderPause) return errors::OidcUnavailable("it did not answer");
  discovery_.tried = now;
  ASSIGN_OR_RETURN(discovery_.value, ReadDiscovery(deadline));
  discovery_.read = now;
  discovery_.tried = absl::InfinitePast();
  return *discovery_.value;
}

absl::StatusOr<std::string> OidcProvider::AuthorisationUrl(const OidcSecrets& secrets, absl::Time deadline) {
  ASSIGN_OR_RETURN(const Discovery discovery, Discover(deadline));
  const std::string query =
      http::EncodeForm({{"response_type", "code"},
                        {"scope", "openid email"},
                        {"client_id", settings_.client_id},
                        {"redirect_uri", settings_.redirect_uri},
                        {"state", secrets.state},
                        {"nonce", secrets.nonce},
                        {"code_challenge", crypto::Base64UrlEncode(crypto::Sha256(secrets.verifier))},
                        {"code_challenge_method", "S256"}});
  const bool has_query = discovery.authorization_endpoint.find('?') != std::string::npos;
  return fmt::format("{}{}{}", discovery.authorization_endpoint, has_query ? '&' : '?', query);
}

absl::StatusOr<OidcProvider::Tokens> OidcProvider::AskForTokens(const std::string& code,
                                                                const OidcSecrets& secrets,
                                                                absl::Time deadline) {
  ASSIGN_OR_RETURN(const Discovery discovery, Discover(deadline));
  const http::Form form = {{"grant_type", "authorization_code"},
                           {"code", code},
                           {"redirect_uri", settings_.redirect_uri},
                           {"code_verifier", secrets.verifier}};
  const absl::StatusOr<http::Answer> answer = http::PostForm(
      discovery.token_endpoint, form, {settings_.client_id, settings_.client_secret}, deadline);
  if (!answer.ok()) return errors::OidcUnavailable("it does not answer");
  if (answer->status >= kHttpServerError) return errors::OidcUnavailable("it fails to answer for a code");
  const json value = json::parse(answer->body, nullptr, /*allow_exceptions=*/false);
  if (answer->status != kHttpOk || !value.is_object())
    return errors::OidcRefused("it does not take the code");
  return Tokens{.id_token = Text(value, "id_token"), .access_token = Text(value, "access_token")};
}

absl::StatusOr<rules::ProviderKeys> OidcProvider::KeysFor(const std::string& key_id, absl::Time deadline) {
  ASSIGN_OR_RETURN(const Discovery discovery, Discover(deadline));
  const std::lock_guard lock(mutex_);
  const absl::Time now = real_time_.Now();
  const bool fresh = keys_.value.has_value() && now - keys_.read < limits::kProviderKept;
  if (fresh && (keys_.value->contains(key_id) || now - keys_.tried < limits::kProviderKeysPause)) {
    return *keys_.value;
  }
  if (!fresh && now - keys_.tried < limits::kProviderPause)
    return errors::OidcUnavailable("it did not answer");
  keys_.tried = now;
  ASSIGN_OR_RETURN(const json set, GetJson(discovery.jwks_uri, deadline));
  absl::StatusOr<rules::ProviderKeys> keys = rules::ReadProviderKeys(set.dump());
  if (!keys.ok()) return errors::OidcUnavailable("its keys cannot be read");
  keys_.value = *std::move(keys);
  keys_.read = now;
  return *keys_.value;
}

// Many providers keep the address out of a token that comes with an access token (Core 1.0, section 5.4).
absl::StatusOr<std::string> OidcProvider::AskForAddress(const std::string& subject,
                                                        const std::string& access_token,
                                                        absl::Time deadline) {
  ASSIGN_OR_RETURN(const Discovery discovery, Discover(deadline));
  if (discovery.userinfo_endpoint.empty() || access_token.empty()) return "";
  const absl::StatusOr<http::Answer> answer = http::Get(discovery.userinfo_endpoint, deadline, access_token);
  if (!answer.ok()) return errors::OidcUnavailable("it does not answer");
  if (answer->status != kHttpOk) return errors::OidcRefused("it does not tell about the person");
  return rules::ReadUserInfo(answer->body, subject);
}

absl::StatusOr<rules::IdClaims> OidcProvider::Exchange(const std::string& code, const OidcSecrets& secrets,
                                                       absl::Time deadline) {
  ASSIGN_OR_RETURN(const Tokens tokens, AskForTokens(code, secrets, deadline));
  ASSIGN_OR_RETURN(const rules::ProviderKeys keys, KeysFor(rules::KeyIdOf(tokens.id_token), deadline));
  ASSIGN_OR_RETURN(rules::IdClaims claims, rules::CheckIdToken(tokens.id_token, keys,
                                                               {.issuer = settings_.issuer,
                                                                .client_id = settings_.client_id,
                                                                .nonce = secrets.nonce,
                                                                .access_token = tokens.access_token,
                                                                .now = real_time_.Now()}));
  if (claims.email.empty()) {
    ASSIGN_OR_RETURN(claims.email, AskForAddress(claims.subject, tokens.access_token, deadline));
  }
  return claims;
}

}  // namespace plenary::membership
