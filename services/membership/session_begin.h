// What a mail to sign in holds, and the session that a proof begins: the parts of SessionService that deal in
// secrets.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/auth/token.h"
#include "common/crypto/random.h"
#include "common/db/session.h"
#include "plenary/membership/v1/identity_service.pb.h"
#include "services/membership/store/identity.h"

namespace plenary::membership {

inline constexpr char kSessions[] = "sessions";
inline constexpr char kSignIns[] = "signIns";

// What is mailed; the register keeps digests of it.
struct SignInSecrets {
  std::string salt;
  std::string code;
  std::string link_token;  // base64url, 256 bits
};
SignInSecrets DrawSignInSecrets(crypto::RandomSource& random);

// SHA-256 of salt and secret.
std::string SaltedDigest(std::string_view salt, std::string_view secret);

// Whether the request proves that whoever sent it has the mail. The comparison takes as long for a near miss
// as for any other.
bool IsProven(const store::SignIn& sign_in, const v1::CompleteSignInRequest& request);

// A refresh token is 32 bytes, base64url. "" when the text is none.
std::string DigestOfRefreshToken(std::string_view token);
// The token that follows `token` when the request of that id uses it. Who knows the token but not the
// session's key cannot tell it, nor who knows the key but not the token; asked again, it is the same, though
// it is stored nowhere.
std::string NextRefreshToken(const store::StoredSession& session, std::string_view token,
                             std::string_view request_id);

// The answer that hands the session over; SESSION_ENDED when its person is no more.
absl::StatusOr<v1::SignedInSession> HandOver(db::Transaction& transaction,
                                             const store::StoredSession& session,
                                             std::string_view refresh_token, const auth::TokenSigner& signer,
                                             absl::Time now);

}  // namespace plenary::membership
