// What an import reads and stores: sets of rows, a few hundred a statement.
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

// The part of the register that the rows touch, held for the rest of the transaction: people first, then
// companies (nothing else holds both), each in ascending order of their keys.
absl::StatusOr<rules::KnownRegister> LoadForImport(db::Transaction& transaction,
                                                   const std::vector<rules::ImportRow>& rows, absl::Time now);

struct ImportBatch {
  std::string id;
  std::string source;
  std::string file_sha256;
  std::int64_t row_count = 0;
  absl::Time imported_at;
  std::string actor;
};

// ABORTED, REGISTER_CHANGED, when a row came into the register that was not there when it was loaded.
absl::Status StoreImport(db::Transaction& transaction, IdSource& ids, const rules::ImportPlan& plan,
                         const ImportBatch& batch);

}  // namespace plenary::membership::store
