// The checks of every ballot in a log, and its opening.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/election/rules/published_manifest.h"
#include "services/election/rules/tally.h"
#include "services/election/verify/seen_keys.h"
#include "services/election/verify/verdict.h"

namespace plenary::election::verify {

// Takes the ballots of a log in order, several at once, checks and opens them on several threads, and counts
// them. Keeps ten bytes a ballot and what the count keeps. Borrows manifest and secrets.
class BallotChecks {
 public:
  // What is known of the log as a whole.
  struct Log {
    std::uint64_t ballots = 0;                // at least as many as will be added
    std::vector<std::uint64_t> batch_starts;  // the leaves, ascending, that begin a batch
    // Whether a leaf from 1 on and before `leaf` is a ballot of that key. Asked when it seems so: hardly ever
    // in vain.
    std::function<absl::StatusOr<bool>(std::uint64_t leaf, std::string_view pk)> cast_before;
    SeenKeys::Tag tag = &SeenKeys::SaltedTag;
  };

  BallotChecks(const PublishedManifest& manifest, const TallySecrets& secrets, Log log, unsigned threads);

  // The next leaves, the first of which has the number `first`. The failure of the lowest leaf that fails, by
  // the first of its five checks that does; nothing more may be added then.
  absl::StatusOr<std::optional<Failure>> Add(std::uint64_t first, std::span<const std::string_view> leaves);

  // The leaf before the first ballot, which the first one's hash is compared with unless it begins a batch.
  void SetLeafBefore(std::string_view leaf);

  const Tally& tally() const { return tally_; }

 private:
  absl::StatusOr<std::optional<Failure>> CheckAmongOthers(std::uint64_t leaf, std::string_view pk,
                                                          const std::string& hash);
  bool BeginsBatch(std::uint64_t leaf);

  const PublishedManifest& manifest_;
  const TallySecrets& secrets_;
  const Log log_;
  const unsigned threads_;
  Tally tally_;
  SeenKeys keys_;
  std::string hash_before_;
};

}  // namespace plenary::election::verify
