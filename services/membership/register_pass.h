// One look at every company of the register, from one instant: the memory it takes does not grow with the
// register.
#pragma once

#include <functional>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/db/session.h"
#include "services/membership/rules/eligibility.h"

namespace plenary::membership {

using EachCompanyBody =
    std::function<absl::Status(const rules::CompanyFacts& company, const rules::Provisions& provisions)>;

// Calls `each` for every company, ascending by id, as of the day; stops at its first error. What it sees is
// one snapshot, that of the transaction. DEADLINE_EXCEEDED between two of the chunks it reads.
absl::Status EachCompany(db::Transaction& transaction, absl::CivilDay day, absl::Time deadline,
                         const EachCompanyBody& each);

// DEADLINE_EXCEEDED, reason DEADLINE_PASSED, when the deadline (real time) has passed. Asked between the
// parts of long work, whose statements are each in time.
absl::Status CheckInTime(absl::Time deadline);

}  // namespace plenary::membership
