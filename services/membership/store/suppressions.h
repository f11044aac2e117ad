// Addresses that get no more mail, by the SHA-256 of the address.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/session.h"
#include "plenary/membership/v1/notice_service.pb.h"

namespace plenary::membership::store {

struct Suppression {
  std::string address_sha256;  // 32 bytes
  v1::SuppressedAddress::Cause cause = v1::SuppressedAddress::CAUSE_BOUNCE;
  std::string detail;
  std::string notice;  // id; "" when none told
};

// False when the address is suppressed already: the first report stands.
absl::StatusOr<bool> InsertSuppression(db::Transaction& transaction, const Suppression& suppression,
                                       absl::Time now);
absl::StatusOr<std::optional<v1::SuppressedAddress>> FindSuppression(db::Session& session,
                                                                     std::string_view address_sha256);
// As it is committed; holds it for the rest of the transaction.
absl::StatusOr<std::optional<v1::SuppressedAddress>> LockSuppression(db::Transaction& transaction,
                                                                     std::string_view address_sha256);
// False when there was none.
absl::StatusOr<bool> DeleteSuppression(db::Transaction& transaction, std::string_view address_sha256);
// By digest, beyond `after` (bytes).
absl::StatusOr<std::vector<v1::SuppressedAddress>> ListSuppressions(db::Session& session,
                                                                    std::string_view after,
                                                                    std::int64_t limit);
absl::StatusOr<std::int64_t> CountSuppressions(db::Session& session);

}  // namespace plenary::membership::store
