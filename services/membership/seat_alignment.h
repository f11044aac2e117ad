// Keeps what people on seats may do in step with the seats that their company has. Called under the company's
// row, whenever the number of its seats has changed.
#pragma once

#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/db/session.h"
#include "common/ids/id.h"
#include "services/membership/rules/seats.h"

namespace plenary::membership {

// What the company has from the day on: bought, and included in its memberships.
absl::StatusOr<std::vector<rules::SeatGrant>> LoadSeatGrants(db::Session& session, std::string_view company,
                                                             absl::CivilDay day);

// Gives those whose seats last longer now another period, from the day on or from the end of theirs.
absl::Status ContinueSeats(db::Transaction& transaction, std::string_view company, absl::CivilDay day);

// The same, and ends the periods of those whose seats end sooner.
absl::Status AlignSeats(db::Transaction& transaction, IdSource& ids, std::string_view company,
                        absl::CivilDay today, absl::Time now);

}  // namespace plenary::membership
