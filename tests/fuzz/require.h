// How a check of a fuzzer ends the program.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace plenary::fuzz {

// Prints what does not hold, and aborts: libFuzzer keeps the input then.
inline void Require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

}  // namespace plenary::fuzz
