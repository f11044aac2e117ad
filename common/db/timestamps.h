// How a moment is stored: a BIGINT of microseconds since the Unix epoch, UTC. No time zone of a
// server, a session or a vendor's TIMESTAMP type can change it. Dates without a time are DATE columns,
// written and read as ISO text ("2024-02-29").
#pragma once

#include <cstdint>

#include "absl/time/time.h"

namespace plenary::db {

inline std::int64_t ToMicros(absl::Time time) { return absl::ToUnixMicros(time); }
inline absl::Time FromMicros(std::int64_t micros) { return absl::FromUnixMicros(micros); }

}  // namespace plenary::db
