// From a certified result to what the committee service is asked to do.
#pragma once

#include <string>
#include <vector>

#include "plenary/committee/v1/body_service.pb.h"
#include "plenary/election/v1/resources.pb.h"

namespace plenary::election {

// One entry a contest for the seats of a body, in ballot order, winners by rank; a contest nobody won stands
// with no winner, so that its seats become vacant. Polls seat nobody: an election of nothing else has no
// entry. `candidacies` hold at least the winners'. The request id is the caller's to set.
committee::v1::SeatWinnersRequest SeatingOf(const v1::Election& election, const v1::Result& result,
                                            const std::vector<v1::Candidacy>& candidacies);

}  // namespace plenary::election
