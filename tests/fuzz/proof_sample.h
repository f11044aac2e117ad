// The election whose ballots, bundle and files the fuzzers change. Every byte of it follows from a seed.
#pragma once

#include <filesystem>
#include <string>

#include "common/crypto/ed25519.h"
#include "services/election/rules/published_manifest.h"
#include "services/election/testing/sample_bundle.h"

namespace plenary::fuzz {

// Three ballots in one batch, of which one is spoilt.
inline constexpr int kSampleBallots = 3;

const election::testing::SampleBundle& Sample();
const election::PublishedManifest& SampleManifest();
const crypto::Ed25519KeyPair& SampleBoxKey();

// The leaf of a ballot that is not spoilt.
std::size_t GoodLeaf();
// The ballot of a leaf, read; it borrows from Sample().
election::BallotView BallotAt(std::size_t leaf);
// The ballot with a new signature of the key it was made with.
std::string SignedAgain(std::size_t leaf, std::string ballot);

// A folder that goes when the program ends.
const std::filesystem::path& ScratchFolder();

}  // namespace plenary::fuzz
