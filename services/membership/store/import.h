// What an import reads and stores: sets of rows, a thousand a statement.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/session.h"
#include "services/membership/rules/import_plan.h"

namespace plenary::membership::store {

// Waits until no other import runs, and keeps others waiting until the transaction ends. Called before
// anything else is read.
absl::Status TakeImportTurn(db::Transaction& transaction);

// The part of the register that the rows touch, held for the rest of the transaction: companies first, then
// people, each in ascending order of their keys.
absl::StatusOr<rules::KnownRegister> LoadForImport(db::Transaction& transaction,
                                                   const std::vector<rules::ImportRow>& rows, absl::Time now);

struct ImportBatch {
  std::string id;
  std::string source;
  std::string file_sha256;
  int year = 0;
  std::int64_t row_count = 0;
  absl::Time imported_at;
  std::string actor;
};

// Stores plans, page by page, and then the batch that they are.
class ImportWriter {
 public:
  // Borrows both.
  ImportWriter(db::Transaction& transaction, const ImportBatch& batch)
      : transaction_(transaction), batch_(batch) {}

  // ABORTED, REGISTER_CHANGED, when a row came into the register that was not there when it was loaded.
  absl::Status Store(const rules::ImportPlan& plan);

  // Facts stored so far.
  std::int64_t changes() const { return changes_; }

  // The batch itself. Not for one without a change.
  absl::Status Finish(const rules::ImportCounts& counts);

 private:
  absl::Status StoreCompanies(const rules::ImportPlan& plan);
  absl::Status StorePeople(const rules::ImportPlan& plan);
  absl::Status StoreLinks(const rules::ImportPlan& plan);
  absl::Status StoreFacts(const rules::ImportPlan& plan);
  absl::Status StoreChanges();
  void Changed(db::Params change);

  db::Transaction& transaction_;
  const ImportBatch& batch_;
  std::int64_t changes_ = 0;
  std::vector<db::Params> pending_;  // rows of import_changes
};

}  // namespace plenary::membership::store
