// From the ballots to the result: a pure function. The same ballots always give the same result.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "plenary/election/v1/count_report.pb.h"
#include "plenary/election/v1/resources.pb.h"
#include "services/election/rules/counting/profile.h"
#include "services/election/rules/published_manifest.h"

namespace plenary::election {

// What came of a count: the provisional result, and how each contest was counted, in ballot order.
struct Counted {
  v1::Result result;
  std::vector<std::string> reports;  // serialised CountReports; each at most kLongestCountReport
};

// Takes the ballots of a closed box one after the other, checks each again, and keeps only what the count
// needs: two hashes a ballot, and each contest's ballots folded. Not thread-safe; borrows the manifest.
class Tally {
 public:
  explicit Tally(const PublishedManifest& manifest);

  // The next ballot's bytes, ascending by hash. BALLOT_BOX_INCONSISTENT when the order breaks, a hash or a
  // ballot key comes twice, or a signature does not hold: the box would not have taken it.
  absl::Status Add(std::string_view ballot);

  int ballot_count() const { return static_cast<int>(hashes_.size()); }

  // What the ballots say about a contest, by its number; spoilt ones are counted in each.
  const counting::Profile& profile(std::size_t contest) const { return profiles_.at(contest); }

  // The provisional result and the reports. `contests` are the election's, for the terms.
  // MORE_BALLOTS_THAN_CREDENTIALS; COUNT_UNFINISHED when a tie stayed open or a report is too long, which the
  // lots and the limits of a manifest rule out. Times are the caller's to set.
  absl::StatusOr<Counted> Count(const google::protobuf::RepeatedPtrField<v1::Contest>& contests,
                                int roll_count, int issued_count) const;

 private:
  absl::Status AddMarks(counting::Ballot& ballot);
  absl::StatusOr<v1::CountReport> CountContest(int number, const v1::Contest& called,
                                               const std::string& lot_seed) const;

  const PublishedManifest& manifest_;
  std::vector<std::string> hashes_;  // ascending
  std::vector<std::string> keys_;
  std::vector<counting::Profile> profiles_;  // by contest
  std::vector<v1::SpoiltBallot> spoilt_;
};

}  // namespace plenary::election
