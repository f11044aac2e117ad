// Every option against every other: what the methods of Condorcet's kind start from.
#pragma once

#include <cstdint>
#include <vector>

#include "services/election/rules/counting/profile.h"

namespace plenary::election::counting {

// Row by row over `options` (ascending): how many ballots rank the row's option ahead of the column's. A
// ranked option is ahead of every unranked one; equal ranks, and two unranked ones, say nothing.
std::vector<std::int64_t> Preferences(const Profile& profile, const std::vector<std::uint16_t>& options);

}  // namespace plenary::election::counting
