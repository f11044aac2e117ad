#include "services/membership/rules/id_token.h"

#include <algorithm>
#include <optional>

#include "common/crypto/bytes.h"
#include "nlohmann/json.hpp"
#include "services/membership/errors_oidc.h"
#include "services/membership/limits_oidc.h"
#include "services/membership/rules/email.h"

namespace plenary::membership::rules {
namespace {

using nlohmann::json;

// The year 9999 ends, in seconds: what lies beyond is no date.
constexpr double kLastInstant = 253'402'300'799.0;

std::string Text(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

// A NumericDate (RFC 7519, section 2).
std::optional<absl::Time> Instant(const json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number()) return std::nullopt;
  const double seconds = found->get<double>();
  if (!(seconds >= 0 && seconds <= kLastInstant)) return std::nullopt;
  return absl::UnixEpoch() + absl::Seconds(seconds);
}

std::optional<json> Object(std::string_view part) {
  const auto bytes = crypto::Base64UrlDecode(part);
  if (!bytes.has_value()) return std::nullopt;
  json value = json::parse(*bytes, nullptr, /*allow_exceptions=*/false);
  if (!value.is_object()) return std::nullopt;
  return value;
}

struct Parts {
  json header;
  json claims;
  std::string signature;
  std::string_view signed_text;
};

std::optional<Parts> Split(std::string_view token) {
  if (token.size() > limits::kLongestIdToken) return std::nullopt;
  const std::size_t first = token.find('.');
  if (first == std::string_view::npos) return std::nullopt;
  const std::size_t second = token.find('.', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  auto header = Object(token.substr(0, first));
  auto claims = Object(token.substr(first + 1, second - first - 1));
  auto signature = crypto::Base64UrlDecode(token.substr(second + 1));
  if (!header || !claims || !signature) return std::nullopt;
  return Parts{*std::move(header), *std::move(claims), *std::move(signature), token.substr(0, second)};
}

bool IsSigned(const Parts& parts, const ProviderKeys& keys) {
  // What must be understood (RFC 7515, section 4.1.11) is not understood here.
  if (parts.header.contains("crit")) return false;
  const auto found = keys.find(Text(parts.header, "kid"));
  if (found == keys.end()) return false;
  const std::string algorithm = Text(parts.header, "alg");
  if (const auto* rsa = std::get_if<crypto::Rs256PublicKey>(&found->second)) {
    return algorithm == "RS256" && rsa->Verify(parts.signed_text, parts.signature).ok();
  }
  const auto& ec = std::get<crypto::Es256PublicKey>(found->second);
  return algorithm == "ES256" && ec.Verify(parts.signed_text, parts.signature).ok();
}

// Made for this client and for nobody else: an audience that the client does not trust makes it refuse (steps
// 3 to 5), and it trusts none.
bool IsFor(const json& claims, const std::string& client_id) {
  if (claims.contains("azp") && Text(claims, "azp") != client_id) return false;
  const auto audience = claims.find("aud");
  if (audience == claims.end()) return false;
  if (audience->is_array()) return audience->size() == 1 && audience->front() == client_id;
  return *audience == client_id;
}

bool IsOfNow(const json& claims, absl::Time now) {
  const auto issued = Instant(claims, "iat");
  const auto expires = Instant(claims, "exp");
  return issued && expires && *issued <= now + limits::kIdTokenSkew &&
         *issued > now - limits::kOldestIdToken - limits::kIdTokenSkew &&
         *expires > now - limits::kIdTokenSkew;
}

// The left half of the digest of the access token that came along, when the token has it (section 3.1.3.8).
bool FitsAccessToken(const json& claims, std::string_view access_token) {
  if (!claims.contains("at_hash")) return true;
  const std::string half = crypto::Sha256(access_token).substr(0, crypto::kSha256Size / 2);
  return crypto::ConstantTimeEquals(Text(claims, "at_hash"), crypto::Base64UrlEncode(half));
}

std::string VerifiedAddress(const json& claims) {
  const auto verified = claims.find("email_verified");
  if (verified == claims.end() || *verified != true) return "";
  return NormaliseEmail(Text(claims, "email")).value_or("");
}

bool IsSubject(std::string_view text) {
  return !text.empty() && text.size() <= limits::kLongestSubject &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

void AddKey(ProviderKeys& keys, const json& key) {
  if (!key.is_object() || (key.contains("use") && Text(key, "use") != "sig")) return;
  const std::string id = Text(key, "kid"), kind = Text(key, "kty");
  const auto is_for = [&](const char* algorithm) {
    return !key.contains("alg") || Text(key, "alg") == algorithm;
  };
  const auto bytes = [&](const char* name) { return crypto::Base64UrlDecode(Text(key, name)).value_or(""); };
  if (id.empty()) return;
  if (kind == "RSA" && is_for("RS256")) {
    auto read = crypto::Rs256PublicKey::FromBytes(bytes("n"), bytes("e"));
    if (read.ok()) keys.insert_or_assign(id, *std::move(read));
  } else if (kind == "EC" && Text(key, "crv") == "P-256" && is_for("ES256")) {
    auto read = crypto::Es256PublicKey::FromCoordinates(bytes("x"), bytes("y"));
    if (read.ok()) keys.insert_or_assign(id, *std::move(read));
  }
}

}  // namespace

absl::StatusOr<ProviderKeys> ReadProviderKeys(std::string_view text) {
  const json value = json::parse(text, nullptr, /*allow_exceptions=*/false);
  const bool is_set = value.is_object() && value.contains("keys") && value["keys"].is_array();
  if (!is_set || value["keys"].size() > limits::kMostProviderKeys) {
    return absl::InvalidArgumentError("the provider's keys are no JWK set");
  }
  ProviderKeys keys;
  for (const json& key : value["keys"]) AddKey(keys, key);
  return keys;
}

std::string KeyIdOf(std::string_view token) {
  const auto parts = Split(token);
  return parts.has_value() ? Text(parts->header, "kid") : "";
}

absl::StatusOr<IdClaims> CheckIdToken(std::string_view token, const ProviderKeys& keys,
                                      const IdTokenExpectation& expected) {
  const auto parts = Split(token);
  if (!parts.has_value()) return errors::OidcRefused("its ID token is malformed");
  if (!IsSigned(*parts, keys))
    return errors::OidcRefused("its ID token is not signed with a key of the provider");
  const json& claims = parts->claims;
  if (Text(claims, "iss") != expected.issuer) return errors::OidcRefused("its ID token is of another issuer");
  if (!IsFor(claims, expected.client_id)) return errors::OidcRefused("its ID token is for another client");
  if (!IsOfNow(claims, expected.now)) return errors::OidcRefused("its ID token is out of date");
  if (expected.nonce.empty() || !crypto::ConstantTimeEquals(Text(claims, "nonce"), expected.nonce)) {
    return errors::OidcRefused("its ID token answers another request");
  }
  if (!FitsAccessToken(claims, expected.access_token)) {
    return errors::OidcRefused("its ID token belongs to another access token");
  }
  IdClaims person{.subject = Text(claims, "sub"), .email = ""};
  if (!IsSubject(person.subject)) return errors::OidcRefused("its ID token names nobody");
  person.email = VerifiedAddress(claims);
  return person;
}

absl::StatusOr<std::string> ReadUserInfo(std::string_view text, std::string_view subject) {
  const json claims = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!claims.is_object() || Text(claims, "sub") != subject) {
    return errors::OidcRefused("it tells about somebody else than its ID token");
  }
  return VerifiedAddress(claims);
}

}  // namespace plenary::membership::rules
