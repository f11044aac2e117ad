// Every limit of the room, with its reason.
#pragma once

#include <cstddef>

#include "absl/time/time.h"

namespace plenary::election {

// A manifest fits in one message and its length in a u16.
inline constexpr std::size_t kLongestManifest = 65'535;

// OpenBox carries a manifest and its election's name.
inline constexpr int kBoxMessageBytes = 80 * 1024;

// Characters people write.
inline constexpr std::size_t kLongestElectionName = 120;
inline constexpr std::size_t kLongestContestName = 80;
inline constexpr std::size_t kLongestReason = 500;
inline constexpr std::size_t kLongestStatement = 5'000;
inline constexpr std::size_t kLongestConflictOfInterest = 2'000;
inline constexpr std::size_t kLongestUri = 500;
inline constexpr int kMostLinks = 10;

// More would not fit on a ballot that a person can read.
inline constexpr int kMostContests = 50;
inline constexpr int kMostSeats = 99;
inline constexpr int kLongestTermYears = 10;

// Issuing of credentials ends this long before voting closes, so that nobody collects one too late to use it.
inline constexpr absl::Duration kIssuingEndsBeforeClose = absl::Hours(1);

// Ballots of one answer of ListBallots together, in bytes: a message stays under 64 KiB with its framing.
inline constexpr std::size_t kListedBallotBytes = 60 * 1024;

// How long the ballot box's looking up of a ballot whose commit was lost may take, beyond the call's
// deadline.
inline constexpr absl::Duration kLookUpPatience = absl::Seconds(5);

inline constexpr int kDefaultPageSize = 50;
inline constexpr int kLongestPage = 200;

}  // namespace plenary::election
