// Sign-ins under way through an OpenID Connect provider, and who it is whom the provider calls by a name.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/session.h"

namespace plenary::membership::store {

// Removes some of what is out of date. In a transaction of its own, so that nobody waits for it.
absl::Status PruneOidcSignIns(db::Session& session, absl::Time before);

absl::Status InsertOidcSignIn(db::Transaction& transaction, std::string_view state_sha256, absl::Time now);
// False when there is none to take: no such sign-in, used, or out of date.
absl::StatusOr<bool> TakeOidcSignIn(db::Session& session, std::string_view state_sha256, absl::Time now);
// Opens one again that was taken, for as long as it had: whoever took it could not ask the provider.
absl::Status ReopenOidcSignIn(db::Session& session, std::string_view state_sha256);

struct OidcSubject {
  std::string issuer;
  std::string subject;
};
// The person's id.
absl::StatusOr<std::optional<std::string>> FindOidcSubject(db::Session& session, const OidcSubject& subject);
// False when the subject is somebody's already.
absl::StatusOr<bool> InsertOidcSubject(db::Transaction& transaction, const OidcSubject& subject,
                                       std::string_view person, absl::Time now);

}  // namespace plenary::membership::store
