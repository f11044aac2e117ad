// What the voter marks, from flags or a file to candidacies on the ballot.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "plenary/election/v1/manifest.pb.h"

namespace plenary::cli {

// One contest as the voter wrote it; no options: blank.
struct ContestMarks {
  std::string contest;
  std::vector<std::string> options;
  friend bool operator==(const ContestMarks&, const ContestMarks&) = default;
};

// "board=Ada Demo;Bo Sample" -> board with two options. Spaces around names are dropped, an empty list is
// blank. INVALID_ARGUMENT, reason WRONG_USAGE, without "=".
absl::StatusOr<ContestMarks> ParseMark(std::string_view text);

// {"board": ["Ada Demo", "Bo Sample"], "finance": []}. INVALID_ARGUMENT, reason INPUT_INVALID.
absl::StatusOr<std::vector<ContestMarks>> ParseChoicesFile(std::string_view json);

// The candidacies marked, "elections/…/candidacies/…", a list a contest of the manifest in its order. A
// contest is named by id, name or display name, an option by display name, candidacy or its id; letters' case
// counts. Several marks of one contest add up. INVALID_ARGUMENT, reason INPUT_INVALID, names the contest or
// option that is not on the ballot, stands twice, or is ambiguous, and the contest with too many or too few
// marks.
absl::StatusOr<std::vector<std::vector<std::string>>> ResolveMarks(const election::v1::Manifest& manifest,
                                                                   const std::vector<ContestMarks>& marks);

}  // namespace plenary::cli
