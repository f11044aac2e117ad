// The methods of counting, one function each. Called by Count(), which has filled in what every report has:
// method, seats, options, ballots, decimals.
#pragma once

#include "plenary/election/v1/count_report.pb.h"
#include "services/election/rules/counting/contest.h"
#include "services/election/rules/counting/profile.h"

namespace plenary::election::counting {

// Block plurality, approval and score: the values of an option's marks are added up. The society's own method
// is the first.
void CountSums(const Contest& contest, const Profile& profile, v1::CountReport& report);

// Instant run-off after Robert's Rules of Order Newly Revised (12th edition) 45:62-69, preferential voting:
// the option with the fewest votes goes out, one at a time, until one has more than half of the votes that
// continue. Ours: a tie for the fewest is settled by the latest earlier stage that tells the tied apart, then
// by lot.
void CountInstantRunoff(const Contest& contest, const Profile& profile, v1::CountReport& report);

// The Scottish Local Government Elections Order 2007 (SSI 2007/42), schedule 1, rules 45 to 52: weighted
// inclusive Gregory transfers, five decimals, each transfer value rounded down.
void CountScottishStv(const Contest& contest, const Profile& profile, v1::CountReport& report);

// Meek's method after the reference rule of the Proportional Representation Foundation: fixed point with nine
// decimals, keep factors and what an option keeps rounded up, a count of a round ends when the surplus is
// below 0.000001 or no longer falls.
void CountMeekStv(const Contest& contest, const Profile& profile, v1::CountReport& report);

// Schulze (Social Choice and Welfare 36, 2011), strength of a defeat measured by its winning votes.
void CountSchulze(const Contest& contest, const Profile& profile, v1::CountReport& report);

// Ranked pairs (Tideman, Social Choice and Welfare 4, 1987), majorities sorted by winning votes, then by the
// smaller opposition.
void CountRankedPairs(const Contest& contest, const Profile& profile, v1::CountReport& report);

}  // namespace plenary::election::counting
