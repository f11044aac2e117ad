// What each counting method is called, takes and is explained by.
#pragma once

#include <array>
#include <span>
#include <string_view>

#include "plenary/election/v1/manifest.pb.h"
#include "services/election/rules/counting/compact_ballot.h"

namespace plenary::election::counting {

struct Method {
  v1::CountingMethod method;
  std::string_view word;   // "scottish-stv": on the command line and in files
  std::string_view title;  // "Single transferable vote, Scottish rules"
  BallotKind kind;
  bool equal_ranks;  // whether options may share a rank
  bool one_seat;     // fills one seat only
  int decimals;
  std::array<std::string_view, 3> explanation;  // three lines, for people
  std::string_view source;                      // whose rule it is
};

// All methods, in the order of the enum.
std::span<const Method> AllMethods();

// nullptr for a method that is not known.
const Method* FindMethod(v1::CountingMethod method);
const Method* FindMethod(std::string_view word);

}  // namespace plenary::election::counting
