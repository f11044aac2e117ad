// What counting methods work on: contests and opened ballots as plain numbers. No messages, no I/O.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace plenary::election::counting {

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

// A contest as far as a count needs it.
struct Contest {
  std::uint32_t seats = 1;
  std::uint32_t options = 0;
};

// How one option fared.
struct OptionCount {
  std::uint16_t option = 0;
  std::int64_t votes = 0;
  int rank = 0;  // from 1
  bool elected = false;
  bool tied = false;  // the lot decided between this option and one with as many votes
  std::string lot;    // of a tied option, 32 bytes
  friend bool operator==(const OptionCount&, const OptionCount&) = default;
};

// How one contest came out. `options` in order of rank.
struct ContestCount {
  std::vector<OptionCount> options;
  int vacancies = 0;
  std::int64_t blanks = 0;
  friend bool operator==(const ContestCount&, const ContestCount&) = default;
};

}  // namespace plenary::election::counting
