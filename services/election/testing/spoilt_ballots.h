// Ballots that the box cannot refuse and the count must spoil: sealed, they look like all others. FOR TESTS
// ONLY.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "common/crypto/random.h"
#include "services/election/testing/sample.h"

namespace plenary::election::testing {

struct SpoiltKind {
  std::string_view what;    // "its innermost box does not open"
  std::string_view reason;  // OPEN, PK, LENGTH, PADDING or CHOICES: as it is published
};

// Every kind. The first is none: number 0 stands for a ballot that is not spoilt.
std::span<const SpoiltKind> SpoiltKinds();

// A ballot of the kind with that number, from 1. The manifest is that of a sample bundle: a contest of plain
// marks, one of ranks, one of equal ranks and one of scores.
std::string SpoiltBallot(const PublishedManifest& manifest, const TestVoter& voter, int kind,
                         crypto::RandomSource& random);

}  // namespace plenary::election::testing
