// Every bound of rolls, challenges and the office's lists.
#pragma once

#include <cstddef>
#include <cstdint>

namespace plenary::membership::limits {

// Companies that are judged at a time: enough that the statements no longer count, a few megabytes.
inline constexpr std::int64_t kCompaniesAtATime = 2'000;
// Holders of memberships that are counted at a time for the office's figures.
inline constexpr std::int64_t kHoldersAtATime = 5'000;
// Lines of a stored roll that are read at a time.
inline constexpr std::int64_t kEntriesAtATime = 5'000;
// Companies in one message of StreamEligibility: some 60 KiB.
inline constexpr int kCompaniesAMessage = 250;

// Bytes of a roll in one message of StreamRollBytes, and lines in one of ExportRoll.
inline constexpr std::size_t kRollBytesAMessage = 64 * 1024;
inline constexpr std::int64_t kExportedLinesAMessage = 500;

// Characters.
inline constexpr std::size_t kLongestGrounds = 2'000;
inline constexpr std::size_t kLongestSubstitutionReason = 500;

// Days in which a roll can be challenged, unless the office says otherwise, and at most.
inline constexpr int kDefaultChallengeDays = 7;
inline constexpr int kMostChallengeDays = 60;
// Open challenges of one person against one roll: what an office can read.
inline constexpr int kMostOpenChallenges = 20;

// People named in the work list for one company.
inline constexpr std::size_t kMostContacts = 5;
// Companies that one page of the work list looks at, however few it finds.
inline constexpr std::int64_t kCompaniesAPage = 20'000;

}  // namespace plenary::membership::limits
