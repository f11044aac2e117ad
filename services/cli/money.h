// Amounts as people write them: "100.00", "100", "0.5".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace plenary::cli {

// Cents. INVALID_ARGUMENT, WRONG_USAGE for another shape, and for a fraction of a cent.
absl::StatusOr<std::int64_t> ParseCents(std::string_view text);
// "1234.50".
std::string CentsText(std::int64_t cents);

}  // namespace plenary::cli
