// From "who is ahead of whom" to places, seats and ties: the end of every method that does not count in
// stages.
#pragma once

#include <cstdint>
#include <vector>

#include "plenary/election/v1/count_report.pb.h"
#include "services/election/rules/counting/contest.h"

namespace plenary::election::counting {

// A strict partial order among options.
struct Order {
  std::vector<std::uint16_t> options;  // those not withdrawn, ascending
  // Row by row over `options`: whether the row's is ahead of the column's. Transitive, never both ways.
  std::vector<char> ahead;

  bool Ahead(std::size_t a, std::size_t b) const { return ahead[a * options.size() + b] != 0; }
};

// Numbers of the options that are not withdrawn, ascending.
std::vector<std::uint16_t> Active(const Contest& contest);

// Fills in placings, ties, vacancies and `undecided`. Options that neither is ahead of the other are ordered
// by lot. Those elected are the first of the order, ahead of "None of these". Without lots, an option is
// elected when it has a seat however the ties fall; one that has a seat only if they fall well is tied, and
// the count undecided. `votes` by number of option; empty: none are reported.
void Place(const Contest& contest, const Order& order, const std::vector<std::int64_t>& votes,
           v1::CountReport& report);

// Whether a border between two terms lies between places `first` and `last` (from 0).
bool CrossesTerm(const std::vector<std::uint32_t>& terms, std::size_t first, std::size_t last);

}  // namespace plenary::election::counting
