// Readings in a form that a test can write down.
#pragma once

#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "services/election/rules/ballot_files/ballot_file.h"

namespace plenary::election::ballot_files {

inline constexpr Expectation kRanks = {.kind = counting::BallotKind::kRanks};
inline constexpr Expectation kSharedRanks = {.kind = counting::BallotKind::kRanks, .equal_ranks = true};
inline constexpr Expectation kMarks = {.kind = counting::BallotKind::kMarks};
inline constexpr Expectation kScores = {.kind = counting::BallotKind::kScores, .max_score = 10};

inline Reading ReadText(const std::string& text, Format format, const Expectation& expectation) {
  std::istringstream in(text);
  return ReadBallotFile(in, format, expectation);
}

// "4x1>2=3 1x2 | 2 blank, 1 spoilt": ballots in their order, options numbered from 1. Of scores and marks,
// "2x1:10,3:4". Of a fault, "REASON on line 3".
inline std::string Ballots(const Reading& reading, const Expectation& expectation = kRanks) {
  if (const auto* fault = std::get_if<ReadFault>(&reading)) {
    EXPECT_FALSE(fault->message.empty());
    return fault->reason + " on line " + std::to_string(fault->line);
  }
  const bool ranks = expectation.kind == counting::BallotKind::kRanks;
  const counting::Profile& profile = std::get<BallotFile>(reading).profile;
  std::ostringstream out;
  for (std::size_t i = 0; i < profile.size(); ++i) {
    out << (i > 0 ? " " : "") << profile.weight(i) << 'x';
    int before = 0;
    for (const counting::Mark& mark : profile.marks(i)) {
      if (before > 0) out << (!ranks ? "," : mark.value > before ? ">" : "=");
      out << mark.option + 1;
      if (!ranks) out << ':' << mark.value;
      before = mark.value;
    }
  }
  if (profile.blanks() + profile.spoilt() > 0) {
    out << " | " << profile.blanks() << " blank, " << profile.spoilt() << " spoilt";
  }
  return out.str();
}

// Of a file that was read: "5 too few from line 3, 7 too many from line 8".
inline std::string Spoilt(const Reading& reading) {
  const auto* file = std::get_if<BallotFile>(&reading);
  if (file == nullptr) return Ballots(reading);
  EXPECT_EQ(file->spoilt_too_few + file->spoilt_too_many, file->profile.spoilt());
  std::ostringstream out;
  out << file->spoilt_too_few << " too few from line " << file->first_line_too_few << ", "
      << file->spoilt_too_many << " too many from line " << file->first_line_too_many;
  return out.str();
}

// A row of a table: what a file holds, whole or in part, and what comes of it.
struct Row {
  std::string sentence;
  std::string text;
  std::string expected;
};

}  // namespace plenary::election::ballot_files
