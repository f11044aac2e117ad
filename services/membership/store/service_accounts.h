// Service accounts. Digests of secrets, never secrets.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/session.h"

namespace plenary::membership::store {

struct ServiceAccount {
  std::string id;
  std::string display_name;
  std::vector<std::string> roles;
  std::string creator;  // "people/…"
  absl::Time created;
  absl::Time expires;
  std::string secret_sha256;
  absl::Time secret_made;
  std::optional<absl::Time> revoked;
};

absl::Status InsertServiceAccount(db::Transaction& transaction, const ServiceAccount& account);
absl::StatusOr<std::optional<ServiceAccount>> FindServiceAccount(db::Session& session, std::string_view id);
// Holds it for the rest of the transaction.
absl::StatusOr<std::optional<ServiceAccount>> LockServiceAccount(db::Transaction& transaction,
                                                                 std::string_view id);
// By id, beyond `after`.
absl::StatusOr<std::vector<ServiceAccount>> ListServiceAccounts(db::Session& session, std::string_view after,
                                                                std::int64_t limit);
absl::Status SetServiceAccountSecret(db::Transaction& transaction, std::string_view id,
                                     std::string_view secret_sha256, absl::Time now);
// False when it was revoked already.
absl::StatusOr<bool> RevokeServiceAccount(db::Transaction& transaction, std::string_view id, absl::Time now);

}  // namespace plenary::membership::store
