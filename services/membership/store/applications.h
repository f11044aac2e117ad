// Applications for membership.
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
#include "plenary/membership/v1/application_service.pb.h"

namespace plenary::membership::store {

// Counts one application within the hour of `now` and says how many that makes: of an address, of a caller
// (rules::CallerAddress), in all. Holds the count for the rest of the transaction, so they are taken in this
// order: who is refused by the first two holds up nobody.
absl::StatusOr<std::int64_t> CountApplicationsOf(db::Transaction& transaction, std::string_view email,
                                                 absl::Time now);
absl::StatusOr<std::int64_t> CountApplicationsFrom(db::Transaction& transaction, std::string_view caller,
                                                   absl::Time now);
absl::StatusOr<std::int64_t> CountApplications(db::Transaction& transaction, absl::Time now);

// Deletes some of the unconfirmed applications whose link died before `before`, and the counts of hours past.
absl::Status DeleteStaleApplications(db::Transaction& transaction, absl::Time before, absl::Time now);

// Applications are complete, but for their state: that is the stored one, which knows no EXPIRED.
absl::Status InsertApplication(db::Transaction& transaction, const v1::Application& application,
                               std::string_view token_sha256);
// Stores what may change, if the application still is in state `from`; a decided one has no token. False when
// it is in another state, or when another confirmed application of the address is waiting.
struct ApplicationUpdate {
  bool stored = false;
  bool address_waits = false;
};
absl::StatusOr<ApplicationUpdate> UpdateApplication(db::Transaction& transaction,
                                                    const v1::Application& application,
                                                    v1::Application::State from);

absl::StatusOr<std::optional<v1::Application>> FindApplication(db::Session& session, std::string_view id);
absl::StatusOr<std::optional<v1::Application>> LockApplication(db::Transaction& transaction,
                                                               std::string_view id);
absl::StatusOr<std::optional<v1::Application>> LockApplicationByToken(db::Transaction& transaction,
                                                                      std::string_view token_sha256);

// By id, beyond `after`. STATE_UNSPECIFIED means any; EXPIRED is as of `now`.
absl::StatusOr<std::vector<v1::Application>> ListApplications(db::Session& session, std::string_view after,
                                                              v1::Application::State state, absl::Time now,
                                                              std::int64_t limit);

}  // namespace plenary::membership::store
