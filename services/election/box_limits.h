// Every limit of the ballot box and its log, with its reason.
#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/time/time.h"

namespace plenary::election {

// Ballots stored in one transaction. As many as wait while one transaction is under way, up to here: each
// number has a prepared statement of its own on the writer's connection, which keeps 128, and 64 of the
// longest ballots (61,440 bytes) stay far below a database server's smallest usual packet of 16 MiB.
inline constexpr std::size_t kMostCombined = 64;

// How long a transaction waits for ballots whose signatures are being checked or wait to be, as long as those
// are more than have come: checking one takes a fifth of a millisecond, and a transaction of two costs nearly
// what one of twenty does. With half of them it goes; the other half is checked meanwhile. Who casts alone
// does not wait.
inline constexpr absl::Duration kGatherPatience = absl::Milliseconds(3);

// How long the storing of combined ballots may take in all, reruns included. Beyond it every caller hears
// that nothing was stored, long before 30 seconds, where calls end.
inline constexpr absl::Duration kStorePatience = absl::Seconds(15);

// How long looking up ballots whose commit was lost may take, beyond the calls' deadlines.
inline constexpr absl::Duration kLookUpPatience = absl::Seconds(5);

// A batch of the log has at least so many ballots, so that its place among them hides each; fewer wait on.
// Only the close takes as many as there are.
inline constexpr std::size_t kFewestInABatch = 8;

// And batches are this far apart, so that the hour of a vote is all that the log tells.
inline constexpr absl::Duration kBatchInterval = absl::Hours(1);

// Bytes of the row that overwrites the server's redo log: far below the smallest usual packet, and long
// enough that a log of 48 MiB takes some fifty statements. And the share of the log that is written beyond
// its length.
inline constexpr std::uint64_t kFillerBytes = 1024 * 1024;
inline constexpr std::uint64_t kRedoReserve = 10;

// How often the sequencer looks whether a batch is due: often enough for the shortest interval, seldom enough
// that counting 100,000 ballots each time goes unnoticed.
inline constexpr absl::Duration kShortestLook = absl::Seconds(1);
inline constexpr absl::Duration kLongestLook = absl::Minutes(1);

// How long one step of the log may take: merging a batch, or reading a log once through when the box starts
// (100,000 ballots: some three seconds).
inline constexpr absl::Duration kLogPatience = absl::Minutes(5);

// How long the ballots may take to be written anew, while none comes in: 100,000 of 6 KB take twelve seconds,
// and ten times as long for the longest.
inline constexpr absl::Duration kForgetPatience = absl::Minutes(10);

// And how long that waits for somebody else who uses the table, such as a dump: ballots wait with it.
inline constexpr absl::Duration kForgetLockWait = absl::Seconds(2);

// Bytes of entries in one answer of ListEntries, so that it stays under 128 KiB with its framing. The longest
// entry, a manifest, has 65,535.
inline constexpr std::size_t kListedEntryBytes = 120 * 1024;

}  // namespace plenary::election
