// Seats that companies bought.
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
#include "plenary/membership/v1/team_service.pb.h"
#include "services/membership/rules/seats.h"

namespace plenary::membership::store {

// `purchase` is complete.
absl::Status InsertSeatPurchase(db::Transaction& transaction, const v1::SeatPurchase& purchase,
                                absl::Time now);
absl::StatusOr<std::optional<v1::SeatPurchase>> FindSeatPurchase(db::Session& session, std::string_view id);
absl::Status SetPurchasedSeats(db::Transaction& transaction, std::string_view id, int seats);
// All of the company that are not over on the day.
absl::StatusOr<std::vector<rules::SeatGrant>> SeatGrantsOf(db::Session& session, std::string_view company,
                                                           absl::CivilDay day);

struct StoredPurchase {
  std::uint64_t sequence = 0;
  v1::SeatPurchase purchase;
};
// Newest first, before `before`.
absl::StatusOr<std::vector<StoredPurchase>> ListSeatPurchases(db::Session& session, std::string_view company,
                                                              std::uint64_t before, std::int64_t limit);

}  // namespace plenary::membership::store
