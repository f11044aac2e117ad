// Quorum: how many must take part for a body to decide.
#pragma once

namespace plenary::committee::rules {

// A majority of the filled seats, at least one (Robert's Rules of Order Newly Revised, 40:2). Vacant seats
// do not count. An abstention is taking part.
int Quorum(int filled_seats);

}  // namespace plenary::committee::rules
