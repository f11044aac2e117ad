// Badges.
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
#include "plenary/membership/v1/badge_service.pb.h"

namespace plenary::membership::store {

absl::Status InsertBadge(db::Transaction& transaction, const v1::Badge& badge);
// nullopt when there is no such badge.
absl::StatusOr<std::optional<v1::Badge>> FindBadge(db::Session& session, std::string_view id);
// Badges of the person that are not revoked.
absl::StatusOr<std::int64_t> CountLiveBadges(db::Session& session, std::string_view person);
// False when it was revoked before, or is none.
absl::StatusOr<bool> RevokeBadge(db::Transaction& transaction, std::string_view id, absl::Time now);
// By id, beyond `after`, at most `limit`.
absl::StatusOr<std::vector<v1::Badge>> ListBadges(db::Session& session, std::string_view person,
                                                  std::string_view after, std::int64_t limit);

}  // namespace plenary::membership::store
