// The errors of duplicates, merges and personal data.
#pragma once

#include <string_view>

#include "absl/status/status.h"

namespace plenary::membership::errors {

absl::Status DuplicateNotFound(std::string_view duplicate);   // NOT_FOUND
absl::Status DuplicateDecided(std::string_view duplicate);    // FAILED_PRECONDITION
absl::Status MergeNotFound(std::string_view merge);           // NOT_FOUND
absl::Status MergeUndone(std::string_view merge);             // FAILED_PRECONDITION
absl::Status MergeBuiltUpon(std::string_view because);        // FAILED_PRECONDITION
absl::Status RollNamesDuplicate(std::string_view duplicate);  // FAILED_PRECONDITION

absl::Status PhoneInvalid();         // INVALID_ARGUMENT
absl::Status ErasureNotConfirmed();  // FAILED_PRECONDITION

}  // namespace plenary::membership::errors
