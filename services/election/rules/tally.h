// From the ballots to the result: a pure function. The same ballots always give the same result.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "plenary/election/v1/resources.pb.h"
#include "services/election/rules/published_manifest.h"

namespace plenary::election {

// Takes the ballots of a closed box one after the other, checks each again, and keeps only what the count
// needs. Not thread-safe; borrows the manifest.
class Tally {
 public:
  explicit Tally(const PublishedManifest& manifest) : manifest_(manifest) {}

  // The next ballot's bytes, ascending by hash. BALLOT_BOX_INCONSISTENT when the order breaks, a hash or a
  // ballot key comes twice, or a signature does not hold: the box would not have taken it.
  absl::Status Add(std::string_view ballot);

  int ballot_count() const { return static_cast<int>(hashes_.size()); }

  // The provisional result. `contests` are the election's, for the terms. MORE_BALLOTS_THAN_CREDENTIALS.
  // Times are the caller's to set.
  absl::StatusOr<v1::Result> Count(const google::protobuf::RepeatedPtrField<v1::Contest>& contests,
                                   int roll_count, int issued_count) const;

 private:
  const PublishedManifest& manifest_;
  std::vector<std::string> hashes_;  // ascending
  std::vector<std::string> keys_;
  std::vector<counting::Ballot> ballots_;
  std::vector<v1::SpoiltBallot> spoilt_;
};

}  // namespace plenary::election
