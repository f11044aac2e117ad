// Rows of which each comes in once, whoever else is at it: the key decides, and what is there stays.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/db/session.h"

namespace plenary::db {

// Inserts, by one statement, those of the rows (at least one) whose key is free; how many came in. Two rows
// of one key count as one. `prefix` is "INSERT INTO t (a, b) VALUES", every row has the same number of
// values, and `key_column` is a column of the key.
absl::StatusOr<std::int64_t> InsertNew(Transaction& transaction, std::string_view prefix,
                                       std::string_view key_column, std::vector<Params> rows);

}  // namespace plenary::db
