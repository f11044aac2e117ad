#include "services/committee/rules/quorum.h"

namespace plenary::committee::rules {

int Quorum(int filled_seats) { return filled_seats / 2 + 1; }

}  // namespace plenary::committee::rules
