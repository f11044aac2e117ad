// From the ballots to the result: a pure function. The same ballots always give the same result.
#pragma once

#include <array>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_set.h"
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

// Takes the ballots of a closed log one after the other, and keeps only what the count needs: a ballot key
// each that was checked here, and each contest's ballots folded. Not thread-safe; borrows the manifest.
class Tally {
 public:
  // `secrets` are the trustees' tally secrets in manifest order, 32 bytes each and known to be those of the
  // manifest's keys.
  Tally(const PublishedManifest& manifest, TallySecrets secrets);

  // The next ballot's bytes, in the order of the log: checks, opens and counts them. BALLOT_BOX_INCONSISTENT
  // when they are no ballot, a signature does not hold or the ballot key was seen before: the box would not
  // have taken it.
  absl::Status Add(std::string_view ballot);

  // The same for the next ballots, checked and opened on `threads` threads; nothing depends on their number.
  // The error of the first ballot that has one; the tally is of no use then.
  absl::Status AddAll(std::span<const std::string> ballots, unsigned threads);

  // The same for a ballot that the caller has checked and opened, by its SHA-256; no key is looked at.
  absl::Status AddOpened(OpenedPlaintext&& opened, std::string_view ballot_hash);

  int ballot_count() const { return ballot_count_; }

  // What the ballots say about a contest, by its number; spoilt ones are counted in each.
  const counting::Profile& profile(std::size_t contest) const { return profiles_.at(contest); }

  // The provisional result and the reports. `contests` are the election's, for the terms; none when nobody
  // knows them, and then no option has any. `final_root` is that of the closed log, 32 bytes; `issued_count`
  // how many lines of the roll stand on every issuance list. MORE_BALLOTS_THAN_CREDENTIALS; COUNT_UNFINISHED
  // when a tie stayed open or a report is too long, which the lots and the limits of a manifest rule out.
  // Times are the caller's to set.
  absl::StatusOr<Counted> Count(const google::protobuf::RepeatedPtrField<v1::Contest>& contests,
                                std::string_view final_root, int issued_count) const;

 private:
  struct CheckedBallot;
  static CheckedBallot CheckAndOpen(const PublishedManifest& manifest, const TallySecrets& secrets,
                                    std::string_view ballot);
  absl::Status AddChecked(CheckedBallot& checked);
  absl::Status AddMarks(counting::Ballot& ballot);
  absl::StatusOr<v1::CountReport> CountContest(int number, const v1::Contest& called,
                                               const std::string& lot_seed) const;

  const PublishedManifest& manifest_;
  const TallySecrets secrets_;
  int ballot_count_ = 0;
  absl::flat_hash_set<std::array<char, kBallotKeySize>> keys_;
  std::vector<counting::Profile> profiles_;         // by contest
  std::map<std::string, std::string_view> spoilt_;  // reason by ballot hash
};

}  // namespace plenary::election
