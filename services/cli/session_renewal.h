// Renewing a session whose access tokens have expired. A refresh token is good for one use, and a second one
// ends the session for a theft: so that two commands at once never use the same, the one that renews holds a
// lock, and the other finds what it got.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "plenary/membership/v1/identity_service.pb.h"
#include "services/cli/invocation.h"
#include "services/cli/session.h"

namespace plenary::cli {

// It has a refresh token, or belongs to a service account whose secret stands in a file.
bool CanBeRenewed(const Session& session);

// The session of an answer. `email` is what was signed in with.
Session SessionOf(const membership::v1::SignedInSession& answer, const std::string& email);
// Signs a service account in with the secret that the file holds.
absl::StatusOr<Session> SignInServiceAccount(Invocation& run, const std::string& account,
                                             const std::string& secret_file);

// A session with fresh tokens, saved in the session's file. Or what the service says: SESSION_ENDED,
// REFRESH_TOKEN_REUSED, SERVICE_ACCOUNT_REFUSED; then it is not tried again.
absl::StatusOr<Session> RenewSession(Invocation& run, const Session& expired);

// Tells the service that the session ends, when it can be told; a session without a refresh token just
// expires.
absl::Status EndSession(Invocation& run, const Session& session);

}  // namespace plenary::cli
