// People with what an export tells of them on a day, page by page.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "common/db/session.h"
#include "services/membership/rules/export_row.h"

namespace plenary::membership::store {

struct ExportScope {
  absl::CivilDay day;
  bool all_periods = false;  // else those that cover the day
};

// People who have a company on the day, by id, beyond `after`, at most `limit`.
absl::StatusOr<std::vector<rules::ExportedPerson>> ExportPage(db::Session& session, const ExportScope& scope,
                                                              std::string_view after, std::int64_t limit);

}  // namespace plenary::membership::store
