// Who asked to be put on the mailing list, and how often was asked.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/session.h"

namespace plenary::membership::store {

struct SubscriptionRequest {
  std::string email;  // normalised
  std::string full_name;
  std::string topics;  // rules::JoinTopics
  absl::Time expires_at;
};
absl::Status InsertSubscriptionRequest(db::Transaction& transaction, std::string_view token,
                                       const SubscriptionRequest& request);
// Takes the request of a token out of the queue, whatever its age; nullopt when there is none. Of two takers
// one gets it.
absl::StatusOr<std::optional<SubscriptionRequest>> TakeSubscriptionRequest(db::Transaction& transaction,
                                                                           std::string_view token);
// Makes every letter that an address has got worthless.
absl::Status DropSubscriptionRequests(db::Transaction& transaction, std::string_view email);

// Counts one more and says how many it are: of a caller (rules::CallerAddress) and of everybody in this hour,
// of an address on this day (UTC). Holds the count for the rest of the transaction, so they are taken in this
// order.
absl::StatusOr<std::int64_t> CountCaller(db::Transaction& transaction, std::string_view caller,
                                         absl::Time now);
absl::StatusOr<std::int64_t> CountEverybody(db::Transaction& transaction, absl::Time now);
absl::StatusOr<std::int64_t> CountAddress(db::Transaction& transaction, std::string_view email,
                                          absl::Time now);

// Clears at most `limit` requests that are too old, and as many counts of days past.
absl::Status ClearPast(db::Transaction& transaction, absl::Time now, std::int64_t limit);

}  // namespace plenary::membership::store
