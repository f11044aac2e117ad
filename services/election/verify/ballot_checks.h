// The checks of every ballot in a log, and its opening.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "services/election/rules/published_manifest.h"
#include "services/election/rules/tally.h"
#include "services/election/verify/verdict.h"

namespace plenary::election::verify {

// Takes the ballots of a log in order, several at once, checks and opens them on several threads, and counts
// them. Keeps 32 bytes a ballot and what the count keeps. Borrows everything given to it.
class BallotChecks {
 public:
  // `batch_starts`: the leaves, ascending, that begin a batch.
  BallotChecks(const PublishedManifest& manifest, const TallySecrets& secrets,
               std::vector<std::uint64_t> batch_starts, unsigned threads);

  // The next leaves, the first of which has the number `first`. The failure of the lowest leaf that fails, by
  // the first of its five checks that does; nothing more may be added then.
  absl::StatusOr<std::optional<Failure>> Add(std::uint64_t first, std::span<const std::string_view> leaves);

  // The leaf before the first ballot, which the first one's hash is compared with unless it begins a batch.
  void SetLeafBefore(std::string_view leaf);

  const Tally& tally() const { return tally_; }

 private:
  std::optional<Failure> CheckAmongOthers(std::uint64_t leaf, std::string_view pk, const std::string& hash);
  bool BeginsBatch(std::uint64_t leaf);

  const PublishedManifest& manifest_;
  const TallySecrets& secrets_;
  const std::vector<std::uint64_t> batch_starts_;
  const unsigned threads_;
  Tally tally_;
  absl::flat_hash_set<std::array<char, kBallotKeySize>> keys_;
  std::string hash_before_;
};

}  // namespace plenary::election::verify
