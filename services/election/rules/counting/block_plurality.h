// The society's own method: each ballot marks up to as many options as there are seats; most marks win.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "services/election/rules/counting/compact_ballot.h"

namespace plenary::election::counting {

// Counts contest number `contest_number`. Ranks are by votes, most first; options with as many votes
// as another are `tied` and stand in the order of their lots. The first `seats` are elected; with no more
// options than seats all are, and the rest of the seats are vacancies. Every ballot has marks for that
// contest, and only options below `contest.options`.
ContestCount CountBlockPlurality(std::uint16_t contest_number, const Contest& contest,
                                 const std::vector<Ballot>& ballots, std::string_view lot_seed);

}  // namespace plenary::election::counting
