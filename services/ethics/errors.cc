#include "services/ethics/errors.h"

#include <fmt/format.h>

#include "common/status/error.h"

namespace plenary::ethics::errors {
namespace {

using absl::StatusCode;

constexpr ErrorDomain kDomain("plenary.ethics");

}  // namespace

absl::Status CodeVersionNotFound(std::string_view version) {
  return kDomain.Error(
      StatusCode::kNotFound, "CODE_VERSION_NOT_FOUND",
      fmt::format("There is no \"{}\"; choose one from the list of versions of the code.", version));
}

absl::Status CodeVersionExists(std::string_view version) {
  return kDomain.Error(
      StatusCode::kAlreadyExists, "CODE_VERSION_EXISTS",
      fmt::format("\"{}\" was published before and is never changed; publish under another id.", version));
}

absl::Status ProvisionDuplicate(std::string_view field, std::string_view id) {
  return kDomain.BadRequest(
      "PROVISION_DUPLICATE",
      {{std::string(field), fmt::format("\"{}\" stands twice in this version; give each area and "
                                        "each provision an id of its own.",
                                        id)}});
}

absl::Status ReasonMissing() {
  return kDomain.BadRequest("REASON_MISSING",
                            {{"reason", "Say why the code is to be this binding from now on."}});
}

absl::Status Fields(const FieldChecks& checks) { return checks.Result(kDomain); }

}  // namespace plenary::ethics::errors
