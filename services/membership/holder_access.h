// Which holder a request means, and whether the caller may ask about them.
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/db/pool.h"
#include "common/db/session.h"
#include "common/rpc/call.h"
#include "services/membership/store/holders.h"

namespace plenary::membership {

// The holder of that name, the caller when it is empty. INVALID_ARGUMENT for another shape.
absl::StatusOr<store::Holder> HolderOrCaller(const rpc::Call& call, std::string_view field,
                                             std::string_view name);

// Lets in staff, the person, and administrators of the company, whose relation is proven here; NOT_THE_HOLDER
// for anybody else.
absl::Status AllowHolder(db::Pool& pool, rpc::Call& call, const store::Holder& holder);

// PERSON_NOT_FOUND or COMPANY_NOT_FOUND.
absl::Status HolderNotFound(const store::Holder& holder);

}  // namespace plenary::membership
