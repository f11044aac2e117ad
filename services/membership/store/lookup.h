// Rows of many keys, a few hundred keys a statement.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "common/db/session.h"

namespace plenary::membership::store {

// Runs "`before` (?, …) `after`" over all the keys, ascending; `more` are the parameters of `after`. Rows
// come ordered as `after` says within the keys of a statement only.
absl::Status LookUp(db::Session& session, std::string_view before, std::string_view after,
                    const std::set<std::string>& keys, const db::Params& more,
                    const std::function<void(const db::Row&)>& each);

}  // namespace plenary::membership::store
