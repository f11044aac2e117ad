// Reading rows into values.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/db/session.h"
#include "common/status/macros.h"

namespace plenary::membership::store {

// The one row, as `read` (T(const db::Row&)) makes it; nullopt when there is none.
template <typename T, typename Read>
absl::StatusOr<std::optional<T>> ReadOne(db::Session& session, std::string_view sql, const db::Params& params,
                                         const Read& read) {
  ASSIGN_OR_RETURN(const auto row, session.QueryOne(sql, params));
  if (!row.has_value()) return std::optional<T>();
  return std::optional<T>(read(*row));
}

template <typename T, typename Read>
absl::StatusOr<std::vector<T>> ReadAll(db::Session& session, std::string_view sql, const db::Params& params,
                                       const Read& read) {
  std::vector<T> rows;
  RETURN_IF_ERROR(session.Query(sql, params, [&](const db::Row& row) { rows.push_back(read(row)); }));
  return rows;
}

}  // namespace plenary::membership::store
