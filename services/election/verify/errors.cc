#include "services/election/verify/errors.h"

#include <fmt/format.h>

#include "services/election/errors.h"

namespace plenary::election::verify::errors {

using election::errors::Domain;

absl::Status BundleUnreadable(std::string_view path, std::string_view because) {
  return Domain().Error(absl::StatusCode::kInvalidArgument, "BUNDLE_UNREADABLE",
                        fmt::format("{} cannot be read: {}.", path, because));
}

absl::Status BundleChanged(std::string_view path) {
  return Domain().Error(
      absl::StatusCode::kAborted, "BUNDLE_CHANGED",
      fmt::format("{} changed while it was being verified; verify a copy that nobody writes into.", path));
}

}  // namespace plenary::election::verify::errors
