// A file of members as it comes in: its rows go to a table, a few hundred at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "common/crypto/bytes.h"
#include "common/db/pool.h"
#include "common/ids/id.h"
#include "common/rpc/call.h"
#include "services/membership/rules/csv.h"
#include "services/membership/rules/import_problems.h"
#include "services/membership/rules/import_row.h"

namespace plenary::membership {

// Not thread-safe. Its rows leave the table when it dies.
class ImportUpload {
 public:
  // Borrows pool and call.
  ImportUpload(db::Pool& pool, IdSource& ids, const rpc::Call& call, rules::Categories categories,
               const rules::FileTime& time);
  ~ImportUpload();
  ImportUpload(const ImportUpload&) = delete;
  ImportUpload& operator=(const ImportUpload&) = delete;

  // Before the first byte.
  absl::Status Begin();
  // INVALID_ARGUMENT with reason CSV_…, when the file cannot be read.
  absl::Status Feed(std::string_view bytes);
  absl::Status Finish();

  const std::string& id() const { return id_; }
  // Rows that can be read, the line of the last of them, and all data rows.
  std::int64_t good_rows() const { return good_rows_; }
  std::int64_t last_line() const { return last_line_; }
  std::int64_t rows() const { return rows_; }
  // Of the rows that cannot be read.
  const rules::ImportProblems& problems() const { return problems_; }
  const std::string& sha256() const { return sha256_; }

 private:
  absl::Status Take(std::int64_t line, const rules::CsvFields& fields);
  absl::Status Stage();

  db::Pool& pool_;
  const rpc::Call& call_;
  const rules::Categories categories_;
  const rules::FileTime time_;
  const std::string id_;
  bool begun_ = false;
  rules::CsvReader reader_;
  std::optional<rules::CsvColumns> columns_;
  std::vector<rules::ImportRow> pending_;
  std::int64_t good_rows_ = 0;
  std::int64_t last_line_ = 0;
  std::int64_t rows_ = 0;
  rules::ImportProblems problems_;
  crypto::Sha256Hasher hasher_;
  std::string sha256_;
};

}  // namespace plenary::membership
