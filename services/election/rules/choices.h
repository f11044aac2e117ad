// The voter's choices as bytes, and the plaintext that carries them.
//
// Choices: per contest in manifest order `u16 count || count x (u16 option, u16 value)`, options strictly
// ascending; value 1 for a mark, a score from 1, or a rank from 1 without gaps; blank: count 0. Plaintext, L
// bytes: `pk 32 || u16 length || choices || zeros`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "services/election/rules/counting/compact_ballot.h"

namespace plenary::election {

// What a contest allows.
struct ContestRule {
  std::uint32_t options = 0;
  std::uint32_t min_marks = 1;  // of a ballot that is not blank here
  std::uint32_t max_marks = 1;
  counting::BallotKind kind = counting::BallotKind::kMarks;
  bool equal_ranks = false;     // kRanks: options may share a rank
  std::uint32_t max_score = 0;  // kScores: the highest
};

// The first check that a plaintext failed, in the order they are made.
enum class PlaintextFault {
  kNone,
  kOpen,           // a box does not open: sealed wrongly, or to other keys
  kPk,             // does not begin with the ballot key: copied from another ballot
  kLength,         // the length is more than fits
  kPadding,        // something else than zeros after the choices
  kMalformed,      // CHOICES: cut short, too long, not ascending, a plain mark of another value than 1
  kTooManyMarks,   // CHOICES: more marks than the contest allows
  kOptionUnknown,  // CHOICES: an option that the contest has not
  kTooFewMarks,    // CHOICES: fewer marks than the contest asks for, and not blank
  kRanksInvalid,  // CHOICES: ranks that do not count 1, 2, 3 … without gaps, or shared where they must not be
  kScoreInvalid,  // CHOICES: a score of 0, or above the highest
};

// OPEN, PK, LENGTH, PADDING or CHOICES: how a spoilt ballot is published. Empty for kNone.
std::string_view SpoiltReason(PlaintextFault fault);

struct OpenedPlaintext {
  PlaintextFault fault = PlaintextFault::kNone;
  counting::Ballot ballot;  // meaningful only without a fault
};

// L: the same for every ballot of an election, whatever was chosen.
std::size_t PlaintextLength(const std::vector<ContestRule>& contests);

std::string EncodeChoices(const counting::Ballot& ballot);

// kNone or a fault of the choices; the first contest at fault decides.
OpenedPlaintext ParseChoices(std::string_view choices, const std::vector<ContestRule>& contests);

// `choices` fit in `length` bytes together with the key and their length.
std::string EncodePlaintext(std::string_view pk, std::string_view choices, std::size_t length);

// Checks in the order PK, LENGTH, PADDING, CHOICES.
OpenedPlaintext OpenPlaintext(std::string_view plaintext, std::string_view pk,
                              const std::vector<ContestRule>& contests);

}  // namespace plenary::election
