// The errors of the ethics service, wording and codes in one file. Domain "plenary.ethics".
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "common/status/field_checks.h"

namespace plenary::ethics::errors {

// NOT_FOUND, CODE_VERSION_NOT_FOUND. Takes the full resource name.
absl::Status CodeVersionNotFound(std::string_view version);
// ALREADY_EXISTS, CODE_VERSION_EXISTS.
absl::Status CodeVersionExists(std::string_view version);
// INVALID_ARGUMENT, PROVISION_DUPLICATE. `field` is the path of the second one.
absl::Status ProvisionDuplicate(std::string_view field, std::string_view id);
// INVALID_ARGUMENT, REASON_MISSING.
absl::Status ReasonMissing();
// INVALID_ARGUMENT, FIELD_INVALID, when a check failed.
absl::Status Fields(const FieldChecks& checks);

}  // namespace plenary::ethics::errors
