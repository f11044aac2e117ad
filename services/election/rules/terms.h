// How long the winners of a contest serve.
#pragma once

#include <vector>

#include "plenary/election/v1/resources.pb.h"

namespace plenary::election {

// The years of each winner, by rank: the first `winners` of the first rule get its years, the next those of
// the next. With fewer winners than the rules cover, the last rules go empty.
std::vector<int> AssignTerms(const google::protobuf::RepeatedPtrField<v1::TermRule>& rules, int winners);

}  // namespace plenary::election
