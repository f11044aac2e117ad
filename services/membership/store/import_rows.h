// The rows of a file on its way onto the register. They wait in a table, so that no file is held in memory.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/session.h"
#include "services/membership/rules/import_row.h"

namespace plenary::membership::store {

// Notes that a file is being read, and drops a few thousand rows of those that were begun before
// `left_behind`: whoever read them is gone. Both are real time.
absl::Status BeginUpload(db::Session& session, std::string_view upload, absl::Time now,
                         absl::Time left_behind);
absl::Status StageRows(db::Session& session, std::string_view upload,
                       const std::vector<rules::ImportRow>& rows);
absl::Status DropUpload(db::Session& session, std::string_view upload);

// Puts the rows of people who are on the register and name no company to those of the company where they are,
// and marks as refused what no order of rows could reconcile: rows of one person with other companies, and
// more rows of one person than a file may have. Called once, before the first page.
absl::Status PrepareRows(db::Transaction& transaction, std::string_view upload, std::int64_t last_line);

struct RefusedRows {
  std::vector<std::int64_t> lines;  // the first `limit`, ascending
  std::int64_t count = 0;
};
absl::StatusOr<RefusedRows> ListRefusedRows(db::Session& session, std::string_view upload,
                                            std::int64_t limit);

// The next rows in the order of ImportOrder beyond `after` (nullptr: the first), at most `limit`, but never a
// part of the rows of a person. Rows that were refused are left out.
absl::StatusOr<std::vector<rules::ImportRow>> NextRows(db::Session& session, std::string_view upload,
                                                       const rules::ImportRow* after, std::int64_t limit);

}  // namespace plenary::membership::store
