// The errors of lists that come as a stream of rows.
#pragma once

#include <cstdint>

#include "absl/status/status.h"

namespace plenary::membership::errors {

absl::Status TooManyRows(std::int64_t most);  // INVALID_ARGUMENT
absl::Status RowsCutShort();                  // CANCELLED

}  // namespace plenary::membership::errors
