#include "tests/fuzz/proof_sample.h"

#include <stdlib.h>

#include <stdexcept>
#include <system_error>

#include "services/election/rules/ballot_layout.h"
#include "tests/fuzz/require.h"

namespace plenary::fuzz {
namespace {

namespace fs = std::filesystem;

class Scratch {
 public:
  Scratch() {
    std::string pattern = (fs::temp_directory_path() / "plenary-fuzz-XXXXXX").string();
    Require(::mkdtemp(pattern.data()) != nullptr, "there is room for a folder");
    path_ = pattern;
  }
  ~Scratch() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

}  // namespace

const election::testing::SampleBundle& Sample() {
  static const auto sample = election::testing::MakeSampleBundle(kSampleBallots, "fuzz", 1);
  return sample;
}

const election::PublishedManifest& SampleManifest() {
  static const auto manifest = election::PublishedManifest::Parse(Sample().manifest).value();
  return manifest;
}

const crypto::Ed25519KeyPair& SampleBoxKey() {
  static const auto key = crypto::Ed25519KeyPair::FromSeed(Sample().box_seed).value();
  return key;
}

election::BallotView BallotAt(std::size_t leaf) {
  return election::ParseBallot(Sample().leaves.at(leaf), SampleManifest().shape()).value();
}

std::size_t GoodLeaf() {
  for (std::size_t leaf = 1; leaf <= kSampleBallots; ++leaf) {
    const auto opened = SampleManifest().Open(BallotAt(leaf), Sample().tally_secrets);
    if (opened.fault == election::PlaintextFault::kNone) return leaf;
  }
  throw std::logic_error("every sample ballot is spoilt");
}

std::string SignedAgain(std::size_t leaf, std::string ballot) {
  if (ballot.size() < election::kBallotSignatureSize) return ballot;
  ballot.resize(ballot.size() - election::kBallotSignatureSize);
  const auto key = crypto::Ed25519KeyPair::FromSeed(Sample().ballot_seeds.at(leaf - 1)).value();
  return ballot + key.Sign(election::BallotMessage(ballot));
}

const fs::path& ScratchFolder() {
  static const Scratch scratch;
  return scratch.path();
}

}  // namespace plenary::fuzz
