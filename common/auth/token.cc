#include "common/auth/token.h"

#include <algorithm>
#include <optional>

#include "common/crypto/bytes.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "fmt/format.h"
#include "nlohmann/json.hpp"

namespace plenary::auth {
namespace {

using nlohmann::json;

constexpr ErrorDomain kDomain("plenary.auth");

absl::Status TokenInvalid() {
  return kDomain.Error(absl::StatusCode::kUnauthenticated, "TOKEN_INVALID",
                       "The access token is not valid here. Sign in again.");
}

absl::Status TokenExpired() {
  return kDomain.Error(absl::StatusCode::kUnauthenticated, "TOKEN_EXPIRED",
                       "The access token has expired. Sign in again.");
}

absl::Status KeyUnreadable() {
  return kDomain.Error(
      absl::StatusCode::kInvalidArgument, "KEY_UNREADABLE",
      "A public key is not a P-256 key in JSON with iss, kid, x and y. Make the keys again.");
}

// The member as text, or "" when it is absent or something else.
std::string Text(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

std::optional<std::int64_t> Integer(const json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number_integer()) return std::nullopt;
  return found->get<std::int64_t>();
}

std::optional<json> DecodeObject(std::string_view part) {
  const auto bytes = crypto::Base64UrlDecode(part);
  if (!bytes) return std::nullopt;
  json value = json::parse(*bytes, nullptr, /*allow_exceptions=*/false);
  if (!value.is_object()) return std::nullopt;
  return value;
}

bool IsFor(const json& claims, std::string_view service) {
  const auto audience = claims.find("aud");
  return audience != claims.end() && audience->is_array() &&
         std::any_of(audience->begin(), audience->end(), [&](const json& name) {
           return name.is_string() && name.get<std::string>() == service;
         });
}

// A token's three parts.
struct Parts {
  std::string_view header, claims, signature, signed_text;
};

std::optional<Parts> Split(std::string_view token) {
  const std::size_t first = token.find('.');
  if (first == std::string_view::npos) return std::nullopt;
  const std::size_t second = token.find('.', first + 1);
  if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos)
    return std::nullopt;
  return Parts{token.substr(0, first), token.substr(first + 1, second - first - 1), token.substr(second + 1),
               token.substr(0, second)};
}

// The principal the claims describe, when `issuer` may say so.
std::optional<Principal> ReadSubject(const json& claims, std::string_view issuer,
                                     std::string_view person_issuer) {
  const std::string subject = Text(claims, "sub");
  Principal principal;
  if (subject == fmt::format("services/{}", issuer)) {
    principal.kind = Principal::Kind::kService;
    principal.service = issuer;
    return principal;
  }
  if (issuer != person_issuer) return std::nullopt;
  if (subject.rfind("people/", 0) == 0) {
    principal.kind = Principal::Kind::kPerson;
    principal.person = subject;
    principal.company = Text(claims, "company");
  } else if (subject.rfind("serviceAccounts/", 0) == 0) {
    principal.kind = Principal::Kind::kServiceAccount;
    principal.account = subject;
  } else {
    return std::nullopt;
  }
  if (const auto roles = claims.find("roles"); roles != claims.end() && roles->is_array()) {
    for (const json& role : *roles) {
      if (role.is_string()) principal.roles.push_back(role.get<std::string>());
    }
  }
  return principal;
}

}  // namespace

TokenSigner::TokenSigner(std::string issuer, std::string key_id, crypto::Es256PrivateKey key)
    : issuer_(std::move(issuer)) {
  Use(std::move(key_id), std::move(key));
}

void TokenSigner::Use(std::string key_id, crypto::Es256PrivateKey key) {
  auto next = std::make_shared<const Key>(Key{std::move(key_id), std::move(key)});
  const std::lock_guard lock(mutex_);
  current_ = std::move(next);
}

std::shared_ptr<const TokenSigner::Key> TokenSigner::Current() const {
  const std::lock_guard lock(mutex_);
  return current_;
}

std::string TokenSigner::Sign(std::string_view claims) const {
  const std::shared_ptr<const Key> current = Current();
  const json header = {{"alg", "ES256"}, {"kid", current->id}, {"typ", "JWT"}};
  const std::string text = crypto::Base64UrlEncode(header.dump()) + "." + crypto::Base64UrlEncode(claims);
  return text + "." + crypto::Base64UrlEncode(current->key.Sign(text));
}

std::string TokenSigner::SignPerson(const Principal& person, const Audience& audience, absl::Time now,
                                    absl::Duration lifetime) const {
  json claims = {{"iss", issuer_},
                 {"sub", person.Actor()},
                 {"aud", audience},
                 {"roles", person.roles},
                 {"iat", absl::ToUnixSeconds(now)},
                 {"exp", absl::ToUnixSeconds(now + lifetime)}};
  if (person.IsPerson()) claims["company"] = person.company;
  return Sign(claims.dump());
}

std::string TokenSigner::SignService(const Audience& audience, absl::Time now,
                                     absl::Duration lifetime) const {
  const json claims = {{"iss", issuer_},
                       {"sub", "services/" + issuer_},
                       {"aud", audience},
                       {"iat", absl::ToUnixSeconds(now)},
                       {"exp", absl::ToUnixSeconds(now + lifetime)}};
  return Sign(claims.dump());
}

std::string TokenSigner::PublicKeyJson() const {
  const std::shared_ptr<const Key> current = Current();
  const crypto::Es256PublicKey& key = current->key.public_key();
  const json value = {{"iss", issuer_},
                      {"kid", current->id},
                      {"kty", "EC"},
                      {"crv", "P-256"},
                      {"x", crypto::Base64UrlEncode(key.x())},
                      {"y", crypto::Base64UrlEncode(key.y())}};
  return value.dump();
}

absl::Status KeySet::AddTo(Keys& keys, std::string_view text) {
  const json value = json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!value.is_object()) return KeyUnreadable();
  const std::string issuer = Text(value, "iss"), key_id = Text(value, "kid");
  const auto x = crypto::Base64UrlDecode(Text(value, "x")), y = crypto::Base64UrlDecode(Text(value, "y"));
  if (issuer.empty() || key_id.empty() || !x || !y) return KeyUnreadable();
  auto key = crypto::Es256PublicKey::FromCoordinates(*x, *y);
  if (!key.ok()) return KeyUnreadable();
  keys.insert_or_assign(key_id, Key{issuer, *std::move(key)});
  return absl::OkStatus();
}

absl::Status KeySet::Add(std::string_view text) {
  const std::lock_guard lock(mutex_);
  return AddTo(keys_, text);
}

absl::Status KeySet::Replace(const std::vector<std::string>& keys) {
  Keys next;
  for (const std::string& key : keys) RETURN_IF_ERROR(AddTo(next, key));
  const std::lock_guard lock(mutex_);
  keys_ = std::move(next);
  return absl::OkStatus();
}

std::vector<PublishedKey> KeySet::PersonKeys() const {
  std::vector<PublishedKey> keys;
  const std::lock_guard lock(mutex_);
  for (const auto& [id, key] : keys_) {
    if (key.issuer != person_issuer_) continue;
    keys.push_back({id, crypto::Base64UrlEncode(key.key.x()), crypto::Base64UrlEncode(key.key.y())});
  }
  return keys;
}

std::optional<KeySet::Key> KeySet::Find(const std::string& key_id) const {
  const std::lock_guard lock(mutex_);
  const auto found = keys_.find(key_id);
  return found == keys_.end() ? std::nullopt : std::optional<Key>(found->second);
}

absl::StatusOr<Principal> KeySet::Verify(std::string_view token, std::string_view service,
                                         absl::Time now) const {
  if (token.size() > kLongestToken) return TokenInvalid();
  const auto parts = Split(token);
  if (!parts) return TokenInvalid();
  const auto header = DecodeObject(parts->header);
  const auto claims = DecodeObject(parts->claims);
  const auto signature = crypto::Base64UrlDecode(parts->signature);
  if (!header || !claims || !signature || Text(*header, "alg") != "ES256") return TokenInvalid();

  const std::string key_id = Text(*header, "kid");
  std::optional<Key> key = Find(key_id);
  if (!key && read_again_ != nullptr) {
    read_again_();
    key = Find(key_id);
  }
  if (!key || Text(*claims, "iss") != key->issuer || !key->key.Verify(parts->signed_text, *signature).ok()) {
    return TokenInvalid();
  }
  if (!IsFor(*claims, service)) return TokenInvalid();
  const auto issued = Integer(*claims, "iat"), expires = Integer(*claims, "exp");
  if (!issued || !expires || absl::FromUnixSeconds(*issued) > now + kClockSkew) return TokenInvalid();
  if (absl::FromUnixSeconds(*expires) <= now) return TokenExpired();
  auto principal = ReadSubject(*claims, key->issuer, person_issuer_);
  if (!principal) return TokenInvalid();
  return *std::move(principal);
}

}  // namespace plenary::auth
