#include "common/db/insert_new.h"

#include <fmt/format.h>

#include <iterator>
#include <string>
#include <utility>

#include "common/status/macros.h"

namespace plenary::db {

absl::StatusOr<std::int64_t> InsertNew(Transaction& transaction, std::string_view prefix,
                                       std::string_view key_column, std::vector<Params> rows) {
  std::string sql(prefix);
  Params values;
  for (Params& row : rows) {
    sql += values.empty() ? " (?" : ", (?";
    for (std::size_t column = 1; column < row.size(); ++column) sql += ", ?";
    sql += ')';
    values.insert(values.end(), std::move_iterator(row.begin()), std::move_iterator(row.end()));
  }
  // The assignment changes nothing, and a row that does not change does not count.
  sql += fmt::format(" ON DUPLICATE KEY UPDATE {0} = {0}", key_column);
  ASSIGN_OR_RETURN(const std::int64_t came_in, transaction.Execute(sql, values));
  if (came_in > static_cast<std::int64_t>(rows.size())) {
    return absl::InternalError("more rows came in than there were");
  }
  return came_in;
}

}  // namespace plenary::db
