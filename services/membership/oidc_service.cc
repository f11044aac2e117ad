#include "services/membership/oidc_service.h"

#include <optional>
#include <string>
#include <utility>

#include "common/audit/audit.h"
#include "common/crypto/bytes.h"
#include "common/crypto/hmac.h"
#include "common/db/transact.h"
#include "common/status/macros.h"
#include "common/time/proto_time.h"
#include "fmt/format.h"
#include "services/membership/errors.h"
#include "services/membership/errors_oidc.h"
#include "services/membership/limits_identity.h"
#include "services/membership/limits_oidc.h"
#include "services/membership/names.h"
#include "services/membership/session_begin.h"
#include "services/membership/sign_in_limits.h"
#include "services/membership/store/identity.h"
#include "services/membership/store/oidc.h"
#include "services/membership/store/register.h"
#include "services/membership/store/survivors.h"

namespace plenary::membership {
namespace {

constexpr char kFinish[] = "plenary.membership.v1.OidcService.FinishOidcSignIn";
constexpr std::size_t kSecretSize = 32;
constexpr std::size_t kChainKeySize = 32;
constexpr std::size_t kRefreshTokenSize = 32;

// Each use of the client's secret has a label of its own: from the state, which addresses show, nothing else
// follows.
OidcSecrets SecretsFrom(std::string_view secret) {
  const auto derived = [&](std::string_view use) {
    return crypto::Base64UrlEncode(crypto::HmacSha256(secret, fmt::format("plenary oidc {} 1", use)));
  };
  return {.state = derived("state"), .nonce = derived("nonce"), .verifier = derived("verifier")};
}

CountedUse OidcStartsFromPeer(std::string_view caller) {
  return {fmt::format("oidc-from/{}", crypto::HexEncode(crypto::Sha256(caller))),
          limits::kOidcStartsFromPeer};
}

absl::Status CheckRequest(const v1::FinishOidcSignInRequest& request) {
  if (request.state().empty()) return errors::FieldInvalid("state", "Give the state of the redirect.");
  if (request.code().empty() || request.code().size() > limits::kLongestOidcCode) {
    return errors::FieldInvalid("code", "Give the code of the redirect, at most 2048 characters.");
  }
  if (request.secret().empty()) return errors::FieldInvalid("secret", "Give the secret of the start.");
  return absl::OkStatus();
}

struct KnownPerson {
  std::string id;
  bool is_new = false;  // to the provider's name for them
};

// The person of the provider's name; the first time, of the address that it has verified.
absl::StatusOr<KnownPerson> PersonOf(db::Transaction& transaction, const store::OidcSubject& subject,
                                     const std::string& email, absl::Time now) {
  ASSIGN_OR_RETURN(const auto known, store::FindOidcSubject(transaction, subject));
  if (known.has_value()) {
    ASSIGN_OR_RETURN(std::string person, store::SurvivorOf(transaction, *known));
    return KnownPerson{.id = std::move(person)};
  }
  if (email.empty()) return errors::OidcPersonUnknown();
  ASSIGN_OR_RETURN(const auto person, store::FindPersonByEmail(transaction, email));
  if (!person.has_value()) return errors::OidcPersonUnknown();
  ASSIGN_OR_RETURN(const bool linked, store::InsertOidcSubject(transaction, subject, person->id, now));
  return KnownPerson{.id = person->id, .is_new = linked};
}

}  // namespace

absl::StatusOr<v1::StartOidcSignInResponse> OidcService::StartOidcSignIn(rpc::Call& call,
                                                                         const grpc::ServerContext& context) {
  if (parts_.provider == nullptr) return errors::OidcNotConfigured();
  const absl::Time before = call.now() - limits::kSignInsKept;
  RETURN_IF_ERROR(db::Autocommit(parts_.pool, call.deadline(), [&](db::Session& session) -> absl::Status {
    return store::PruneOidcSignIns(session, before);
  }));
  const std::string secret = crypto::Base64UrlEncode(parts_.random.Bytes(kSecretSize));
  const OidcSecrets secrets = SecretsFrom(secret);
  const absl::Status stored =
      db::Transact(parts_.pool, call.deadline(), [&](db::Transaction& transaction) -> absl::Status {
        RETURN_IF_ERROR(CountWithin(transaction, OidcStartsFromPeer(CallerOf(context)), call.now()));
        return store::InsertOidcSignIn(transaction, crypto::Sha256(secrets.state), call.now());
      });
  RETURN_IF_ERROR(stored);
  v1::StartOidcSignInResponse response;
  ASSIGN_OR_RETURN(*response.mutable_authorization_url(),
                   parts_.provider->AuthorisationUrl(secrets, call.deadline()));
  response.set_state(secrets.state);
  response.set_secret(secret);
  *response.mutable_expire_time() = ToTimestamp(call.now() + limits::kOidcSignInLifetime);
  return response;
}

absl::StatusOr<v1::SignedInSession> OidcService::FinishOidcSignIn(
    rpc::Call& call, const v1::FinishOidcSignInRequest& request) {
  if (parts_.provider == nullptr) return errors::OidcNotConfigured();
  RETURN_IF_ERROR(CheckRequest(request));
  const OidcSecrets secrets = SecretsFrom(request.secret());
  if (!crypto::ConstantTimeEquals(secrets.state, request.state())) return errors::OidcSignInEnded();
  ASSIGN_OR_RETURN(const rules::IdClaims claims, UseSignIn(call, secrets, request.code()));
  return BeginSession(call, claims);
}

// No row is held while the provider is asked: that may take seconds.
absl::StatusOr<rules::IdClaims> OidcService::UseSignIn(rpc::Call& call, const OidcSecrets& secrets,
                                                       const std::string& code) {
  const std::string digest = crypto::Sha256(secrets.state);
  ASSIGN_OR_RETURN(
      const bool taken,
      db::Autocommit(parts_.pool, call.deadline(), [&](db::Session& session) -> absl::StatusOr<bool> {
        return store::TakeOidcSignIn(session, digest, call.now());
      }));
  if (!taken) return errors::OidcSignInEnded();
  absl::StatusOr<rules::IdClaims> claims = parts_.provider->Exchange(code, secrets, call.deadline());
  if (absl::IsUnavailable(claims.status())) {
    RETURN_IF_ERROR(db::Autocommit(parts_.pool, call.deadline(), [&](db::Session& session) -> absl::Status {
      return store::ReopenOidcSignIn(session, digest);
    }));
  }
  return claims;
}

absl::StatusOr<v1::SignedInSession> OidcService::BeginSession(rpc::Call& call,
                                                              const rules::IdClaims& claims) {
  const store::OidcSubject subject{.issuer = parts_.provider->issuer(), .subject = claims.subject};
  const std::string refresh_token = crypto::Base64UrlEncode(parts_.random.Bytes(kRefreshTokenSize));
  store::StoredSession session{.id = parts_.ids.NextText(),
                               .person = "",
                               .means = v1::SIGN_IN_MEANS_OIDC,
                               .chain_key = parts_.random.Bytes(kChainKeySize),
                               .created = call.now(),
                               .refreshed = call.now()};
  return db::Transact(
      parts_.pool, call.deadline(), [&](db::Transaction& transaction) -> absl::StatusOr<v1::SignedInSession> {
        ASSIGN_OR_RETURN(const KnownPerson person, PersonOf(transaction, subject, claims.email, call.now()));
        session.person = person.id;
        RETURN_IF_ERROR(store::InsertSession(transaction, session));
        RETURN_IF_ERROR(store::InsertRefreshToken(transaction, DigestOfRefreshToken(refresh_token), session));
        const char* const detail = person.is_new ? "the first time, by the verified address" : "";
        RETURN_IF_ERROR(audit::Append(transaction, {.at = call.now(),
                                                    .actor = ResourceName(kPeople, session.person),
                                                    .act = kFinish,
                                                    .resource = ResourceName(kSessions, session.id),
                                                    .detail = detail}));
        return HandOver(transaction, session, refresh_token, parts_.signer, call.now());
      });
}

}  // namespace plenary::membership
