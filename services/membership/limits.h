// Every bound of the membership service.
#pragma once

#include <cstddef>
#include <cstdint>

namespace plenary::membership::limits {

// Characters.
inline constexpr std::size_t kLongestPersonName = 120;
inline constexpr std::size_t kLongestCompanyName = 120;
inline constexpr std::size_t kLongestCategoryName = 80;
inline constexpr std::size_t kLongestSource = 120;

// Bytes of one message of a file, which leaves room for its frame in 64 KiB.
inline constexpr std::size_t kLongestContent = 60'000;
// Bytes of a file; a register of 250,000 people has about 30 million.
inline constexpr std::size_t kLargestFile = std::size_t{64} << 20;
// Data rows of a file: what one transaction can store before its caller gives up (ten minutes).
inline constexpr std::int64_t kMostRows = 250'000;
// Bytes of a field. A longer one is a quotation mark that nobody closed.
inline constexpr std::size_t kLongestField = 10'000;
// Fields of a record; the file has nine.
inline constexpr std::size_t kMostFields = 100;
// Problems an answer tells; it counts them all.
inline constexpr int kMostProblems = 1'000;

inline constexpr int kMostLetters = 10;
inline constexpr int kMostGraceDays = 366;
inline constexpr int kMostTermMonths = 1'200;
inline constexpr int kMostSeatsIncluded = 100'000;
inline constexpr std::int64_t kHighestPriceCents = 100'000'000;
// Credits that a year may ask for, in hundredths: 1,000 credits.
inline constexpr int kMostCreditHundredths = 100'000;

// People who administer one company.
inline constexpr int kMostAdministrators = 50;
// Characters of what a search looks for, and words of it.
inline constexpr std::size_t kLongestSearch = 120;
inline constexpr std::size_t kMostSearchTerms = 4;
// A beginning of so many words is a common one: candidates are not looked up by it.
inline constexpr std::int64_t kCommonTerm = 10'000;
// People or companies that one page of a search looks at before it answers with fewer than it was asked for.
inline constexpr int kMostSearched = 5'000;

inline constexpr int kDefaultPage = 50;
inline constexpr int kLargestPage = 200;
inline constexpr int kDefaultRollPage = 200;
inline constexpr int kLargestRollPage = 1'000;

// Bytes of a client's sealed state, and of an election's manifest.
inline constexpr std::size_t kRecoveryBlobSize = 2'048;
inline constexpr std::size_t kLongestManifest = 65'535;
// Bytes of one message: AcceptManifest carries a manifest and its election's name.
inline constexpr int kMessageBytes = 80 * 1024;

}  // namespace plenary::membership::limits
