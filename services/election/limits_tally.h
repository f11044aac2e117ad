// Every limit of closing and counting, with its reason.
#pragma once

#include <cstddef>

namespace plenary::election {

// Ballots that are opened side by side. Enough that threads seldom wait for each other at the end; all of
// them are in memory, at most 15 MB.
inline constexpr std::size_t kBallotsAtOnce = 256;

// Bytes of a list in one answer of StreamClosing: a list may be longer than a message of gRPC (4 MB).
inline constexpr std::size_t kClosingBytesAMessage = 64 * 1024;

}  // namespace plenary::election
