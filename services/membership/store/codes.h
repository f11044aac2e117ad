// Codes that the auditor's registrar mailed. Digests in, digests out: no code comes here.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/db/session.h"

namespace plenary::membership::store {

struct Code {
  std::string salt;
  std::string code_sha256;  // of salt and code
};
// Also for an address that nobody has; then nobody knows the code.
absl::Status InsertCode(db::Transaction& transaction, std::string_view address_sha256, const Code& code,
                        absl::Time expires);
// The codes of the address that can still be tried; counts a try of each.
absl::StatusOr<std::vector<Code>> TakeTries(db::Transaction& transaction, std::string_view address_sha256,
                                            int most_tries, absl::Time now);
// One was proven: all are used.
absl::Status RemoveCodes(db::Transaction& transaction, std::string_view address_sha256);
// Deletes codes that expired by `until`, and counts that began by then, `most` rows at most; how many went.
absl::StatusOr<std::int64_t> PruneCodes(db::Session& session, absl::Time until, int most);
absl::StatusOr<std::int64_t> PruneCodeCounts(db::Session& session, absl::Time until, int most);

}  // namespace plenary::membership::store
