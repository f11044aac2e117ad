#include "services/membership/session_begin.h"

#include "common/crypto/bytes.h"
#include "common/status/macros.h"
#include "common/time/date.h"
#include "common/time/proto_time.h"
#include "fmt/format.h"
#include "services/membership/errors_identity.h"
#include "services/membership/names.h"
#include "services/membership/rules/session_life.h"
#include "services/membership/rules/sign_in_code.h"
#include "services/membership/signed_in_person.h"

namespace plenary::membership {
namespace {

constexpr std::size_t kSaltSize = 16;
constexpr std::size_t kTokenSize = 32;
// Separates this use of the digest from every other.
constexpr std::string_view kNextTokenLabel = "plenary refresh token 1";

}  // namespace

SignInSecrets DrawSignInSecrets(crypto::RandomSource& random) {
  return {.salt = random.Bytes(kSaltSize),
          .code = rules::DrawSignInCode(random),
          .link_token = crypto::Base64UrlEncode(random.Bytes(kTokenSize))};
}

std::string SaltedDigest(std::string_view salt, std::string_view secret) {
  return crypto::Sha256(fmt::format("{}{}", salt, secret));
}

bool IsProven(const store::SignIn& sign_in, const v1::CompleteSignInRequest& request) {
  if (request.has_link_token()) {
    return crypto::ConstantTimeEquals(SaltedDigest(sign_in.salt, request.link_token()), sign_in.link_sha256);
  }
  const std::string code = rules::ReadSignInCode(request.code()).value_or("");
  return crypto::ConstantTimeEquals(SaltedDigest(sign_in.salt, code), sign_in.code_sha256);
}

std::string DigestOfRefreshToken(std::string_view token) {
  const auto bytes = crypto::Base64UrlDecode(token);
  return bytes.has_value() && bytes->size() == kTokenSize ? crypto::Sha256(token) : "";
}

std::string NextRefreshToken(const store::StoredSession& session, std::string_view token,
                             std::string_view request_id) {
  return crypto::Base64UrlEncode(
      crypto::Sha256(fmt::format("{}{}{}{}", kNextTokenLabel, session.chain_key, token, request_id)));
}

absl::StatusOr<v1::SignedInSession> HandOver(db::Transaction& transaction,
                                             const store::StoredSession& session,
                                             std::string_view refresh_token, const auth::TokenSigner& signer,
                                             absl::Time now) {
  ASSIGN_OR_RETURN(const auto person, store::FindPerson(transaction, session.person));
  if (!person.has_value()) return errors::SessionEnded();
  ASSIGN_OR_RETURN(const SignedInPerson me, LoadSignedInPerson(transaction, *person, DateOf(now)));
  v1::SignedInSession answer;
  answer.set_session(ResourceName(kSessions, session.id));
  *answer.mutable_tokens() = TokensOf(me.Principal(), signer, now);
  *answer.mutable_expire_time() = ToTimestamp(now + auth::kPersonTokenLifetime);
  answer.set_refresh_token(std::string(refresh_token));
  *answer.mutable_refresh_expire_time() = ToTimestamp(rules::SessionEnd(session.created, session.refreshed));
  answer.set_person(ResourceName(kPeople, me.person.id));
  answer.set_full_name(me.person.full_name);
  answer.mutable_roles()->Add(me.roles.begin(), me.roles.end());
  return answer;
}

}  // namespace plenary::membership
