// The bounds of imports beside those of limits.h.
#pragma once

#include <cstddef>
#include <cstdint>

namespace plenary::membership::limits {

// Rows of one person in a file: a membership each.
inline constexpr std::size_t kMostRowsOfAPerson = 100;
// Memberships of one company in a file.
inline constexpr int kMostStatedPeriodsOfACompany = 100;

// Rows that are planned, and stored, at a time: what an import holds in memory. Beyond kMostRowsOfAPerson, so
// that every page holds somebody's rows to the last.
inline constexpr std::int64_t kImportPage = 1'000;
// Changes of a batch that are looked at, or undone, at a time: what one statement does well within its ten
// seconds.
inline constexpr std::int64_t kChangesAtATime = 5'000;

// Reasons against taking an import back that an answer tells; it counts them all.
inline constexpr int kMostObstacles = 1'000;
// Obstacles named in the sentence of an error.
inline constexpr int kMostObstaclesInSentence = 3;

// Years before this one that a file may tell of.
inline constexpr int kFirstImportYear = 1900;

// People read at a time for an export, and bytes of one of its messages.
inline constexpr int kExportPage = 500;
inline constexpr std::size_t kExportMessage = 48 * 1024;

}  // namespace plenary::membership::limits
