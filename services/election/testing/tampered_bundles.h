// One bundle, and every way to tamper with it that a verifier must see, with the verdict it must give. The
// ways are those of somebody who has every private key, so that each fault is the only one. FOR TESTS ONLY.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "services/election/testing/sample_bundle.h"

namespace plenary::election::testing {

inline constexpr int kBallotsToTamperWith = 300;  // two tiles, twelve batches
const SampleBundle& SampleToTamperWith();

struct Tampering {
  std::string sentence;                            // "a ballot cast twice with other content"
  std::string expected;                            // reason and place: "DOUBLE_KEY 301", "ROLL"
  std::function<void(SampleBundle&)> with_bundle;  // before checkpoints are signed and tiles cut
  std::function<void(Files&)> with_files;          // after that
};

// At least one for each reason there is.
std::vector<Tampering> Tamperings();

Files TamperedFiles(const Tampering& tampering);

// Both lists with the first `count` units of the roll, and the log closed with them.
void SetListsOf(SampleBundle& bundle, std::size_t count);

}  // namespace plenary::election::testing
