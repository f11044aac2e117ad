// What the voter marks, from flags or a file to choices on the ballot, and the ballot as a person reads it.
#pragma once

#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "plenary/election/v1/manifest.pb.h"
#include "services/election/client/voter.h"

namespace plenary::cli {

// One entry of a contest's list, as the voter wrote it.
struct WrittenMark {
  // From a file: a name, or several that share a rank. Typed: one text, in which "=" still sets names at one
  // rank, or
  // ":" a score apart.
  std::vector<std::string> names;
  std::optional<std::int64_t> score;  // from a file
  bool typed = false;                 // on the command line
  friend bool operator==(const WrittenMark&, const WrittenMark&) = default;
};

// One contest as the voter wrote it; no marks: blank.
struct ContestMarks {
  std::string contest;
  std::vector<WrittenMark> marks;
  friend bool operator==(const ContestMarks&, const ContestMarks&) = default;
};

// "board=Ada Demo;Bo Sample" -> board with two entries. Spaces around names are dropped, an empty list is
// blank. INVALID_ARGUMENT, reason WRONG_USAGE, without "=".
absl::StatusOr<ContestMarks> ParseMark(std::string_view text);

// {"board": ["Ada Demo", "Bo Sample"], "logo": ["Swirl", ["DV", "Ants"]], "venue": {"Lyon": 5}, "finance":
// []}. INVALID_ARGUMENT, reason INPUT_INVALID.
absl::StatusOr<std::vector<ContestMarks>> ParseChoicesFile(std::string_view json);

// The choices, a list a contest of the manifest in its order: marks; options in order of preference with
// their ranks from 1; options with their scores. A contest is named by id, name or display name, an option
// too; letters' case counts. Several marks of one contest go on where the one before ended. INVALID_ARGUMENT,
// reason INPUT_INVALID, names the contest or option that is not on the ballot, stands twice, or is ambiguous,
// the rank or score that the contest does not take, and the contest with too many or too few.
absl::StatusOr<std::vector<std::vector<election::client::Choice>>> ResolveMarks(
    const election::v1::Manifest& manifest, const std::vector<ContestMarks>& marks);

// The ballot with these choices: "[x]" beside a marked option, its rank or score beside another.
void ShowBallot(std::ostream& out, const election::v1::Manifest& manifest,
                const std::vector<std::vector<election::client::Choice>>& choices);

}  // namespace plenary::cli
