// Why a bundle could not be verified at all, wording and codes in one file. Domain "plenary.election".
#pragma once

#include <string_view>

#include "absl/status/status.h"

namespace plenary::election::verify::errors {

// INVALID_ARGUMENT, BUNDLE_UNREADABLE. `because` is a clause.
absl::Status BundleUnreadable(std::string_view path, std::string_view because);
// ABORTED, BUNDLE_CHANGED: somebody writes into it.
absl::Status BundleChanged(std::string_view path);

}  // namespace plenary::election::verify::errors
