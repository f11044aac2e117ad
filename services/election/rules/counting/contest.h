// What a count has to know beside the ballots, and the lots that order ties.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plenary/election/v1/manifest.pb.h"

namespace plenary::election::counting {

// One option of a contest.
struct Option {
  std::string display_name;
  bool withdrawn = false;      // marks for it are passed over
  bool none_of_these = false;  // at most one; only what comes ahead of it is elected
  bool holds_seat = false;     // countback: elected before, and stays so; at most as many as there are seats
};

// A contest as far as a count needs it.
struct Contest {
  v1::CountingMethod method = v1::COUNTING_METHOD_BLOCK_PLURALITY;
  std::uint32_t seats = 1;      // at least 1
  std::vector<Option> options;  // by number; at most kMostOptions
  std::string lot_seed;         // what `lots` were drawn from; only reported
  // One lot an option, all distinct, the smallest is favoured; empty: no lot is drawn, and a tie stays open.
  std::vector<std::string> lots;
  // How many of those elected, in order, get which term: {5, 4} for five long ones and four short ones. Only
  // a tie across such a border is reported as open when no lot is given; may be empty.
  std::vector<std::uint32_t> terms;
  std::uint32_t stay_vacant = 0;  // countback: seats that nobody won, and nobody wins now
};

// The lots of contest number `contest` for options 0 … options-1: see lot.h.
std::vector<std::string> DrawLots(std::string_view seed, std::uint16_t contest, std::size_t options);

}  // namespace plenary::election::counting
