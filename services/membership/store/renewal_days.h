// The days whose renewals are done.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/db/session.h"

namespace plenary::membership::store {

absl::StatusOr<bool> RenewalDayDone(db::Session& session, absl::CivilDay day);
absl::Status MarkRenewalDay(db::Transaction& transaction, absl::CivilDay day, absl::Time now);

}  // namespace plenary::membership::store
