// Imports that changed something, and what each brought.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/db/session.h"
#include "plenary/membership/v1/import_service.pb.h"
#include "services/membership/rules/import_words.h"

namespace plenary::membership::store {

struct StoredImport {
  std::uint64_t sequence = 0;
  v1::Import import;  // complete
  bool changes_kept = false;
};
// Newest first, older than `before`, at most `limit`.
absl::StatusOr<std::vector<StoredImport>> ListImports(db::Session& session, std::uint64_t before,
                                                      std::int64_t limit);
absl::StatusOr<std::optional<StoredImport>> FindImport(db::Session& session, std::string_view id);
// Holds it for the rest of the transaction.
absl::StatusOr<std::optional<StoredImport>> LockImport(db::Transaction& transaction, std::string_view id);

struct StoredFact {
  std::int64_t sequence = 0;
  rules::ImportedFact fact;
};
// What the import brought, in order, beyond `after`, at most `limit`; the words of those who are on the
// register.
absl::StatusOr<std::vector<StoredFact>> FactsOfImport(db::Session& session, std::string_view import,
                                                      std::int64_t after, std::int64_t limit);

}  // namespace plenary::membership::store
