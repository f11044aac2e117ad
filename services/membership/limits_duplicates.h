// Every bound of duplicates, merges and personal data.
#pragma once

#include <cstddef>
#include <cstdint>

namespace plenary::membership::limits {

// Records compared at once, held in memory at about 300 bytes each.
inline constexpr std::int64_t kMostCompared = 1'000'000;
// Records read by one statement of a comparison.
inline constexpr std::int64_t kComparedAtOnce = 5'000;
// Pairs that one comparison proposes; the next one goes on.
inline constexpr int kMostProposed = 10'000;
// Characters of the reason of a decision.
inline constexpr std::size_t kLongestDecisionReason = 500;

// Bytes of one piece of a person's data.
inline constexpr std::size_t kExportPiece = 60'000;

}  // namespace plenary::membership::limits
