// Every limit of the room, with its reason.
#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/time/time.h"

namespace plenary::election {

// A manifest fits in one message and its length in a u16.
inline constexpr std::size_t kLongestManifest = 65'535;

// Bytes that the options of all polls of an election may take in its manifest: the rest is for candidacies
// (some 150), keys and times. Said when the election is called, not when the manifest does not fit any more.
inline constexpr std::size_t kLongestPollOptions = 48 * 1024;

// OpenBox carries a manifest and its election's name.
inline constexpr int kBoxMessageBytes = 80 * 1024;

// A recovery blob of 2,048 bytes holds the ballot key and its blindings for two registrars.
inline constexpr int kMostRegistrars = 2;

// Two at least, so that no single one can count early; each adds 48 bytes and a box to every ballot.
inline constexpr int kFewestTrustees = 2;
inline constexpr int kMostTrustees = 9;
// With a threshold of one each share would be the secret.
inline constexpr std::uint32_t kLowestThreshold = 2;

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
inline constexpr int kMostPollOptions = 200;
inline constexpr int kLongestTermYears = 10;

// Scores: a person tells ten degrees apart; a thousand are enough for whoever wants tenths of percents. Sums
// of them cannot overflow (rules/counting/count.h).
inline constexpr int kUsualMaxScore = 10;
inline constexpr int kHighestMaxScore = 1'000;

// A share of a tally secret on its way: 87 bytes and 48 of the sealed box.
inline constexpr std::size_t kSealedShareBytes = 135;

// Options of a contest counted by ranks. Its report names every option in every stage, or every pair of
// options, in at most 40 bytes, and so stays below kLongestCountReport; without ranks a report is short, and
// the limit is that of counting (kMostOptions).
inline constexpr int kMostRankedOptions = 300;

// Bytes of a count report: what a gRPC client takes in one message unless it is told otherwise, less some
// framing.
inline constexpr std::size_t kLongestCountReport = 4 * 1024 * 1024 - 1024;

// Bytes of elections in one answer of ListElections, after which the page ends: one more, at most as large as
// a request, stays far below what a client takes.
inline constexpr std::size_t kListedElectionBytes = 1024 * 1024;

// Issuing of credentials ends this long before voting closes, so that nobody collects one too late to use it.
inline constexpr absl::Duration kIssuingEndsBeforeClose = absl::Hours(1);

// Bytes of a ballot: two of them, or one and a manifest, fit in an answer of ListEntries.
inline constexpr std::size_t kLongestBallot = 60 * 1024;

inline constexpr int kDefaultPageSize = 50;
inline constexpr int kLongestPage = 200;

}  // namespace plenary::election
