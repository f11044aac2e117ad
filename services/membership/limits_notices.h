// The bounds of notices.
#pragma once

#include <cstddef>

#include "absl/time/time.h"

namespace plenary::membership::limits {

// Characters of what was said about a bounce.
inline constexpr std::size_t kLongestBounceDetail = 500;
// Characters of a message id (RFC 5322 2.1.1: a line has at most 998).
inline constexpr std::size_t kLongestMessageId = 998;
// Bytes of a file of a template.
inline constexpr std::size_t kLargestTemplate = 100'000;

// Notices that one pass of the sender takes; whoever waits for a code waits for one pass at most.
inline constexpr int kNoticesAPass = 50;
// Tries of one notice: with pauses of up to an hour it is given up after some four days (RFC 5321 4.5.4.1).
inline constexpr int kMostAttempts = 100;

}  // namespace plenary::membership::limits
