// Forgetting a person: what is overwritten or deleted, and the tombstone that stays.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/session.h"
#include "services/membership/store/personal_data.h"

namespace plenary::membership::store {

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
absl::Status InsertErasure(db::Transaction& transaction, std::string_view person, std::string_view reason,
                           absl::Time now);

// Overwrites or deletes everything personal that is held under the identity. Under the person's lock. Links,
// periods and their acts, the mailing list, and the company are the caller's.
absl::Status EraseIdentity(db::Transaction& transaction, const Identity& identity, absl::Time now);

// The name of a company of one that bore the person's name: on the register, in its history and on rolls.
absl::Status EraseCompanyName(db::Transaction& transaction, std::string_view company);

}  // namespace plenary::membership::store
