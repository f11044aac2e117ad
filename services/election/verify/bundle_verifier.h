// Verifies a bundle: whether the published result follows from the published log, ballot by ballot. Needs
// nothing but the folder: no network, no server, no key of anybody.
//
// That the bundle is the election's own, and not one made up as a whole, is for whoever verifies to see: the
// fingerprint of its manifest is what the registrars read out, its final root what the ballot box showed.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "services/election/verify/verdict.h"

namespace plenary::election::verify {

struct VerifyOptions {
  // Threads that check and open ballots; 0: one for each processor.
  unsigned threads = 0;
  // SHA-256 of a ballot that is looked for (Verdict::found_at); empty: of none.
  std::string ballot_hash;
  // Called now and then, from the calling thread, with the ballots that are done and all there are.
  std::function<void(std::uint64_t done, std::uint64_t total)> progress;
};

// The verdict, which does not depend on the options. An error only when there is none: BUNDLE_UNREADABLE,
// BUNDLE_CHANGED. Takes memory for the roll, the lists and one tile, and per ballot what BallotChecks keeps.
absl::StatusOr<Verdict> VerifyBundle(const std::string& folder, const VerifyOptions& options);

}  // namespace plenary::election::verify
