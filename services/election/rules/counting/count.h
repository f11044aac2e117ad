// Counting: from a contest and its ballots to the report of how it came out. Pure; the same input gives the
// same bytes.
//
// Arithmetic is exact: whole numbers, in units of 10^-5 (Scottish STV) or 10^-9 (Meek) votes where a rule
// counts with decimals. It cannot overflow: there are at most kMostBallots = 10^9 ballots, so a sum of votes
// is at most 10^18 units, which fits in 63 bits; products are formed in 128 bits. A score is at most 1,000,
// its sums at most 10^12.
#pragma once

#include "plenary/election/v1/count_report.pb.h"
#include "services/election/rules/counting/contest.h"
#include "services/election/rules/counting/profile.h"

namespace plenary::election::counting {

// Counts by the contest's method. `profile` has as many options as the contest, and marks of the kind that
// the method takes (see KindOf in method.h). Needs at least one seat; one seat for instant run-off.
v1::CountReport Count(const Contest& contest, const Profile& profile);

// Who fills the places of those who left: the same ballots counted again as if `departed` (numbers of
// options) had withdrawn, while everybody else whom `report` elected keeps the seat. Seats that were vacant
// stay so: at most as many are elected anew as left a seat. With nobody departed it is the count. `report` is
// a decided count of the same ballots. Ranks of a countback mix those who stay with those who come: terms do
// not follow from them, and `contest.terms` are passed over.
v1::CountReport CountBack(const Contest& contest, const Profile& profile, const v1::CountReport& report,
                          const std::vector<std::uint16_t>& departed);

}  // namespace plenary::election::counting
