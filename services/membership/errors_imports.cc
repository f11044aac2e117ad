#include "services/membership/errors_imports.h"

#include <fmt/format.h>

#include "services/membership/errors.h"

namespace plenary::membership::errors {

using absl::StatusCode;

absl::Status ImportNotFound(std::string_view import) {
  return kDomain.Error(StatusCode::kNotFound, "IMPORT_NOT_FOUND",
                       fmt::format("There is no import \"{}\". List the imports for their names.", import));
}

absl::Status ImportReverted(std::string_view import) {
  return kDomain.Error(
      StatusCode::kFailedPrecondition, "IMPORT_REVERTED",
      fmt::format("{} has been taken back already. Import its file again to have it back.", import));
}

absl::Status ImportNotRecorded(std::string_view import) {
  return kDomain.Error(
      StatusCode::kFailedPrecondition, "IMPORT_NOT_RECORDED",
      fmt::format("{} is older than the record of what imports change, so nobody can tell what to "
                  "take back. Correct its people and companies one by one.",
                  import));
}

absl::Status ImportInUse(std::string_view import, std::string_view because) {
  return kDomain.Error(
      StatusCode::kFailedPrecondition, "IMPORT_IN_USE",
      fmt::format("{} cannot be taken back: {} Ask with validate_only for all of it.", import, because));
}

}  // namespace plenary::membership::errors
