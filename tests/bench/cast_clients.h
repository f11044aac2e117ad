// Voters' clients that cast ballots: each has a connection of its own and one call at a time on it. They
// share a few threads, where each of them would have a machine: so they take less from the box on the same
// cores.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/bench/measured.h"

namespace plenary {

// Casts them all, by so many clients that are connected before; a failure ends its client's part.
absl::StatusOr<Measured> CastBy(std::size_t clients, const std::string& box,
                                const std::vector<std::string>& ballots);

}  // namespace plenary
