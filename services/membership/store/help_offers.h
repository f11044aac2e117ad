// Offers of help.
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
#include "plenary/membership/v1/help_service.pb.h"

namespace plenary::membership::store {

// `offer` is complete but for what the register says of the person.
absl::Status InsertHelpOffer(db::Transaction& transaction, const v1::HelpOffer& offer, absl::Time now);
absl::StatusOr<std::int64_t> CountOpenOffers(db::Session& session, std::string_view person);
// With the person's name and address. Holds the offer for the rest of the transaction.
absl::StatusOr<std::optional<v1::HelpOffer>> LockHelpOffer(db::Transaction& transaction, std::string_view id);
// `state` is TAKEN or WITHDRAWN; false when the offer is not open.
absl::StatusOr<bool> SettleHelpOffer(db::Transaction& transaction, std::string_view id,
                                     std::string_view state, std::string_view taken_for, absl::Time now);

// Which offers a list shows; an empty field means any.
struct HelpFilter {
  std::string person;  // id
  std::string state;   // as stored: "OPEN"
  std::string word;    // in skills or text, in any case
};
struct StoredOffer {
  std::uint64_t sequence = 0;
  v1::HelpOffer offer;
};
// Newest first, before `before`.
absl::StatusOr<std::vector<StoredOffer>> ListHelpOffers(db::Session& session, const HelpFilter& filter,
                                                        std::uint64_t before, std::int64_t limit);

}  // namespace plenary::membership::store
