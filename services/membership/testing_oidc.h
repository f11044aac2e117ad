// A provider as OpenID Connect describes it, small, on the loopback interface, which speaks real HTTP and can
// be made to lie.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "absl/time/time.h"
#include "common/crypto/bytes.h"
#include "common/http/client.h"
#include "common/testing/http_server.h"
#include "common/testing/rs256_key.h"
#include "common/time/clock.h"
#include "fmt/format.h"
#include "nlohmann/json.hpp"

namespace plenary::membership {

using Claims = nlohmann::json;

// A JWS in its compact form.
inline std::string Jws(const Claims& header, const Claims& claims,
                       const std::function<std::string(std::string_view)>& sign) {
  const std::string text =
      crypto::Base64UrlEncode(header.dump()) + "." + crypto::Base64UrlEncode(claims.dump());
  return text + "." + crypto::Base64UrlEncode(sign(text));
}

// One key for all tests: making one takes a while.
inline const testing::Rs256Key& ProviderKey() {
  static const testing::Rs256Key key;
  return key;
}

inline Claims JwkOf(const testing::Rs256Key& key, const std::string& id) {
  return {{"kty", "RSA"},
          {"use", "sig"},
          {"alg", "RS256"},
          {"kid", id},
          {"n", crypto::Base64UrlEncode(key.n())},
          {"e", crypto::Base64UrlEncode(key.e())}};
}

class ProviderDouble {
 public:
  explicit ProviderDouble(const Clock& clock) : clock_(clock) {}

  const std::string& issuer() const { return server_.url(); }

  // The person signs in with a browser at the address. The code that the redirect brings; `change` makes the
  // ID token another.
  std::string SignIn(const std::string& url, const std::string& subject, const Claims& more,
                     const std::function<void(Claims&)>& change = nullptr) {
    auto query = http::QueryOf(url);
    Grant grant{.challenge = query["code_challenge"], .claims = more};
    const std::int64_t now = absl::ToUnixSeconds(clock_.Now());
    grant.claims.update(Claims{{"iss", issuer()},
                               {"sub", subject},
                               {"aud", query["client_id"]},
                               {"iat", now},
                               {"exp", now + 300},
                               {"nonce", query["nonce"]}});
    if (change) change(grant.claims);
    const std::lock_guard lock(mutex_);
    const std::string code = fmt::format("code {} +/=", ++codes_);
    grants_[code] = grant;
    return code;
  }

  int Asked(const std::string& path) {
    const std::lock_guard lock(mutex_);
    return asked_[path];
  }
  // What it answers at a path, whoever asks; nothing as usual.
  void Answer(const std::string& path, const testing::HttpServer::Answer& answer) {
    const std::lock_guard lock(mutex_);
    answers_[path] = answer;
  }
  void AnswerAsUsual() {
    const std::lock_guard lock(mutex_);
    answers_.clear();
  }
  // The name of its key from now on.
  void RenameKey(const std::string& key_id) {
    const std::lock_guard lock(mutex_);
    key_id_ = key_id;
  }

  // What it tells about the person to whoever shows the access token.
  void TellUserInfo(const Claims& claims) {
    const std::lock_guard lock(mutex_);
    user_info_ = claims;
  }

 private:
  struct Grant {
    std::string challenge;
    Claims claims;
  };

  testing::HttpServer::Answer Handle(const testing::HttpServer::Request& request) {
    const std::lock_guard lock(mutex_);
    ++asked_[request.target];
    if (const auto set = answers_.find(request.target); set != answers_.end()) return set->second;
    if (request.target == "/.well-known/openid-configuration") {
      return {200, Claims{{"issuer", issuer()},
                          {"authorization_endpoint", issuer() + "/auth?tenant=1"},
                          {"token_endpoint", issuer() + "/token"},
                          {"userinfo_endpoint", issuer() + "/me"},
                          {"jwks_uri", issuer() + "/jwks"}}
                       .dump()};
    }
    if (request.target == "/jwks") {
      return {200, Claims{{"keys", {JwkOf(ProviderKey(), key_id_)}}}.dump()};
    }
    if (request.target == "/token" && request.method == "POST") return Redeem(request);
    if (request.target == "/me" && request.headers.count("authorization") > 0 &&
        request.headers.at("authorization") == "Bearer opaque") {
      Claims info = {{"sub", subject_}};
      info.update(user_info_);
      return {200, info.dump()};
    }
    return {404, ""};
  }

  testing::HttpServer::Answer Redeem(const testing::HttpServer::Request& request) {
    auto form = http::QueryOf("?" + request.body);
    const auto grant = grants_.find(form["code"]);
    const std::string verifier = crypto::Base64UrlEncode(crypto::Sha256(form["code_verifier"]));
    // "plenary:hush hush", each encoded as in a form first.
    const bool is_client = request.headers.count("authorization") > 0 &&
                           request.headers.at("authorization") == "Basic cGxlbmFyeTpodXNoJTIwaHVzaA==";
    if (!is_client || grant == grants_.end() || verifier != grant->second.challenge ||
        form["grant_type"] != "authorization_code" ||
        form["redirect_uri"] != "http://127.0.0.1:8799/callback") {
      return {400, R"({"error": "invalid_grant"})"};
    }
    const std::string token = Jws({{"alg", "RS256"}, {"kid", key_id_}}, grant->second.claims,
                                  [](std::string_view text) { return ProviderKey().Sign(text); });
    subject_ = grant->second.claims["sub"];
    grants_.erase(grant);
    return {200, Claims{{"access_token", "opaque"}, {"token_type", "Bearer"}, {"id_token", token}}.dump()};
  }

  const Clock& clock_;
  std::mutex mutex_;
  std::string key_id_ = "k1";
  int codes_ = 0;
  std::string subject_;  // of the last token
  Claims user_info_ = Claims::object();
  std::map<std::string, Grant> grants_;
  std::map<std::string, int> asked_;
  std::map<std::string, testing::HttpServer::Answer> answers_;
  testing::HttpServer server_{[this](const auto& request) { return Handle(request); }};
};

}  // namespace plenary::membership
