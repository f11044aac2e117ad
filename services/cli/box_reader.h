// The published ballots of a closed box.
#pragma once

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "services/cli/invocation.h"

namespace plenary::cli {

// Hands over every ballot of the election ("elections/…") in the box's order, ascending by hash. Stops at the
// first error of `take` or of the box (BOX_NOT_CLOSED).
absl::Status ReadBallots(Invocation& run, const std::string& election,
                         const std::function<absl::Status(const std::string& ballot)>& take);

// The SHA-256 of each.
absl::StatusOr<std::vector<std::string>> ReadBallotHashes(Invocation& run, const std::string& election);

}  // namespace plenary::cli
