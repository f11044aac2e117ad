// A file of ballots, read and counted without any server.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "plenary/election/v1/count_report.pb.h"
#include "services/cli/invocation.h"
#include "services/election/rules/ballot_files/ballot_file.h"
#include "services/election/rules/counting/contest.h"

namespace plenary::cli {

// Highest score of a ballot unless --max-score says otherwise; as in a contest.
inline constexpr std::uint32_t kUsualMaxScore = 10;

// What the command line says of a count.
struct CountRequest {
  std::string method;      // one of counting::AllMethods(), or "" when none was named
  std::string file;        // "-": standard input
  std::string format;      // "": by the file's name, else by its first bytes
  std::int64_t seats = 0;  // 0: the file's own number, else 1
  std::string lot_seed;    // 64 hexadecimal digits, up to ten times as many, or ""
  std::uint32_t contest_number = 0;
  std::uint32_t min_marks = 1;
  std::uint32_t max_marks = 0;  // 0: the seats for block plurality, else no limit
  std::uint32_t max_score = kUsualMaxScore;
  std::string none_of_these;
  std::vector<std::string> withdrawn;
  std::vector<std::string> departed;
  std::string terms;  // "5x2,4x1": five serve two years, the next four one
};

// What came of it.
struct CountedFile {
  std::string title;           // the file's; may be empty
  bool seats_in_file = false;  // the file says how many
  bool seats_by_file = false;  // nobody gave --seats
  std::string read_as;         // a sentence: what was taken from the ballots
  // Ballots that could not be counted, and for what; the lines are those of the first, 0 where it is not
  // known.
  std::int64_t spoilt_too_few = 0;
  std::int64_t spoilt_too_many = 0;
  std::vector<std::string> spoilt_because;  // a sentence each
  // Of the count, or of the countback when somebody departed and the count was decided.
  election::v1::CountReport report;
  std::vector<std::string> departed;    // of a countback; none while the count itself is undecided
  std::vector<std::string> successors;  // of a countback: elected now, and not before
  // By rank of those elected; none without --terms or while undecided. In a countback those who stay keep the
  // term of the count, and the successors, in order, take the terms of those who left, the longest first.
  std::vector<int> term_years;
};

// INVALID_ARGUMENT: the reader's own reason with the line, FILE_UNREADABLE, or WRONG_USAGE for what does not
// fit the file: unknown names, somebody departed who was not elected, seats, limits.
absl::StatusOr<CountedFile> CountFile(Invocation& run, const CountRequest& request);

// "5x2,4x1" as winners and years. WRONG_USAGE.
absl::StatusOr<std::vector<election::v1::TermRule>> ParseTerms(std::string_view text);

}  // namespace plenary::cli
