// Ballots from files of other programs: BLT, PrefLib's soc, soi, toc and toi, and CSV. Read as a stream, in
// one pass; what is kept is one folded profile and the names. README.md of this folder says what each format
// may hold.
#pragma once

#include <cstdint>
#include <istream>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "services/election/rules/counting/compact_ballot.h"
#include "services/election/rules/counting/profile.h"

namespace plenary::election::ballot_files {

// Longest name of an option, and longest title, in bytes of UTF-8: both are repeated in every report.
inline constexpr std::size_t kLongestName = 1'000;

// Largest number of seats that a file may announce. More than options are fine: the rest stays vacant.
inline constexpr std::int64_t kMostSeats = 1'000'000;

// Why a file was not read.
struct ReadFault {
  std::string reason;     // UPPER_SNAKE, for programs
  std::int64_t line = 0;  // from 1; 0: the file as a whole
  std::string message;    // for people: what is wrong, and what to do about it
};

// What the method that the ballots are read for takes.
struct Expectation {
  counting::BallotKind kind = counting::BallotKind::kRanks;
  bool equal_ranks = false;  // whether options may share a rank
  // Fewest and most options that a ballot may name; 0 is no limit. A ballot outside is spoilt; one that names
  // none is blank, whatever the limits. That they leave something between them is the caller's to see to.
  std::uint32_t min_marks = 1;
  std::uint32_t max_marks = 0;
  std::uint32_t max_score = 0;  // of scores; at most 1,000
};

// One option, in the file's order.
struct FileOption {
  std::string name;  // valid UTF-8, no control characters, not empty, no other option's
  bool withdrawn = false;
  friend bool operator==(const FileOption&, const FileOption&) = default;
};

// A file that was read: at least one option that was not withdrawn, and at least one ballot to count.
struct BallotFile {
  std::string title;                   // empty where the format has none
  std::optional<std::uint32_t> seats;  // BLT only; at least 1
  std::vector<FileOption> options;     // at most counting::kMostOptions
  counting::Profile profile;  // canonical marks of the expected kind; marks for withdrawn options included
  // Which of the limits profile.spoilt() broke, as sums of weights, and the line of the first ballot of each;
  // 0 when there is none. Of a ballot that spans lines it is the first.
  std::int64_t spoilt_too_few = 0;
  std::int64_t spoilt_too_many = 0;
  std::int64_t first_line_too_few = 0;
  std::int64_t first_line_too_many = 0;
};

using Reading = std::variant<BallotFile, ReadFault>;

enum class Format { kBlt, kSoc, kSoi, kToc, kToi, kCsv };

// By the name's ending or, where that says nothing, by the first bytes (a few hundred are enough).
std::optional<Format> FormatOf(std::string_view file_name, std::string_view first_bytes);

// Reads to the end of what belongs to the format. Never throws for what a file holds.
Reading ReadBallotFile(std::istream& in, Format format, const Expectation& expectation);

// The formats one by one. `format` of ReadPrefLib is kSoc, kSoi, kToc or kToi.
Reading ReadBlt(std::istream& in, const Expectation& expectation);
Reading ReadPrefLib(std::istream& in, Format format, const Expectation& expectation);
Reading ReadCsv(std::istream& in, const Expectation& expectation);

}  // namespace plenary::election::ballot_files
