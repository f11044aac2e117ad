#include "services/election/rules/tally_batches.h"

#include "services/election/limits_tally.h"
#include "services/election/rules/parallel.h"

namespace plenary::election {

TallyBatches::TallyBatches(Tally& tally, unsigned threads) : tally_(tally), threads_(ThreadsFor(threads)) {}

absl::Status TallyBatches::Add(std::string_view ballot) {
  kept_.emplace_back(ballot);
  return kept_.size() < kBallotsAtOnce ? absl::OkStatus() : Finish();
}

absl::Status TallyBatches::Finish() {
  const absl::Status added = tally_.AddAll(kept_, threads_);
  kept_.clear();
  return added;
}

}  // namespace plenary::election
