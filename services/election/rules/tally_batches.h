// The ballots of a log as they come, opened many at a time.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "services/election/rules/tally.h"

namespace plenary::election {

// Keeps kBallotsAtOnce ballots back and has them checked and opened side by side. Borrows the tally, which
// nobody else adds to. Not thread-safe.
class TallyBatches {
 public:
  // `threads` that open ballots; 0: one for each processor.
  explicit TallyBatches(Tally& tally, unsigned threads = 0);

  // The next ballot in the order of the log. BALLOT_BOX_INCONSISTENT, of this ballot or of one before it.
  absl::Status Add(std::string_view ballot);

  // Counts what is kept back; to be called after the last ballot.
  absl::Status Finish();

 private:
  Tally& tally_;
  const unsigned threads_;
  std::vector<std::string> kept_;
};

}  // namespace plenary::election
