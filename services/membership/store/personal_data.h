// What membership holds about a person, section by section, and how it is erased.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/session.h"

namespace plenary::membership::store {

// Columns and their values; nullopt where the register has none. Instants are RFC 3339, dates "YYYY-MM-DD".
using PersonalRecord = std::vector<std::pair<std::string_view, std::optional<std::string>>>;

// Calls `section` before the records of each section, in a fixed order, and `record` for each of them.
// `person` is an id, `email` the address by which contacts and mail know them.
absl::Status EachPersonalRecord(db::Session& session, std::string_view person, std::string_view email,
                                const std::function<void(std::string_view)>& section,
                                const std::function<void(const PersonalRecord&)>& record);

struct StoredErasure {
  std::uint64_t sequence = 0;
  std::string person;
  std::string reason;
  absl::Time erased_at;
};
absl::StatusOr<std::optional<StoredErasure>> FindErasure(db::Session& session, std::string_view person);
// Newest first, beyond `before` (0: from the newest), at most `limit`.
absl::StatusOr<std::vector<StoredErasure>> ListErasures(db::Session& session, std::uint64_t before,
                                                        std::int64_t limit);

// Overwrites or deletes everything personal, and leaves the tombstone. Under the person's lock. Links,
// periods and their acts are the caller's.
absl::Status ErasePersonalData(db::Transaction& transaction, std::string_view person, std::string_view email,
                               std::string_view reason, absl::Time now);

}  // namespace plenary::membership::store
