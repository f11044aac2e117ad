// Opened ballots as plain numbers: what is marked. No messages, no I/O.
#pragma once

#include <cstdint>
#include <vector>

namespace plenary::election::counting {

// What a ballot says about options.
enum class BallotKind {
  kMarks,   // value 1
  kScores,  // 1 … the highest score; an option without one is 0
  kRanks,   // 1, 2, 3 … without gaps
};

// One mark: the option's number, and a rank from 1, a score, or 1 for a plain mark.
struct Mark {
  std::uint16_t option = 0;
  std::uint16_t value = 0;
  friend bool operator==(const Mark&, const Mark&) = default;
};

// Ascending by option, each option at most once; empty: blank.
using Marks = std::vector<Mark>;

// An opened ballot: the marks of each contest, in ballot order.
using Ballot = std::vector<Marks>;

}  // namespace plenary::election::counting
