#include "services/membership/errors_rows.h"

#include <fmt/format.h>

#include "services/membership/errors.h"

namespace plenary::membership::errors {

absl::Status TooManyRows(std::int64_t most) {
  return kDomain.BadRequest(
      "TOO_MANY_ROWS", {{"row", fmt::format("The list has more than {} rows. Send it in parts.", most)}});
}

absl::Status RowsCutShort() {
  return kDomain.Error(absl::StatusCode::kCancelled, "ROWS_CUT_SHORT",
                       "The list broke off before its end, and nothing was stored. Send it again.");
}

}  // namespace plenary::membership::errors
