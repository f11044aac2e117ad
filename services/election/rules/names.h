// Resource names of the room.
#pragma once

#include <string>

#include "common/ids/id.h"

namespace plenary::election {

// "0123…" of "elections/0123…"; "" for anything else, which no row has as its id.
inline std::string ElectionId(const std::string& name) { return ResourceId("elections", name).value_or(""); }

// "elections/{election}" of a contest's or candidacy's name; "" for anything else.
inline std::string ElectionOf(const std::string& name) {
  const std::size_t first = name.find('/');
  const std::size_t second = first == std::string::npos ? first : name.find('/', first + 1);
  return second == std::string::npos ? "" : name.substr(0, second);
}

// The option "None of these" of a contest; no option of a poll may be called so.
inline constexpr char kNoneOfTheseId[] = "none-of-these";
inline constexpr char kNoneOfTheseText[] = "None of these";

}  // namespace plenary::election
