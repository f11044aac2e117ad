// The errors of imports that are on the register.
#pragma once

#include <string_view>

#include "absl/status/status.h"

namespace plenary::membership::errors {

absl::Status ImportNotFound(std::string_view import);                         // NOT_FOUND
absl::Status ImportReverted(std::string_view import);                         // FAILED_PRECONDITION
absl::Status ImportNotRecorded(std::string_view import);                      // FAILED_PRECONDITION
absl::Status ImportInUse(std::string_view import, std::string_view because);  // FAILED_PRECONDITION

}  // namespace plenary::membership::errors
