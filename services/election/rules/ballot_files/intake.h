// Takes ballots into a profile as a reader finds them, mark by mark.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "services/election/rules/ballot_files/ballot_file.h"
#include "services/election/rules/counting/profile.h"

namespace plenary::election::ballot_files {

class Intake {
 public:
  // `options` is at most kMostOptions.
  Intake(std::uint32_t options, const Expectation& expectation);

  std::uint32_t options() const { return static_cast<std::uint32_t>(last_ballot_.size()); }

  // Adds a mark to the ballot at hand: `option` is below options(), `value` a rank or a score from 1; where
  // the method takes plain marks it does not matter. False when the ballot has a mark for the option already.
  bool Mark(std::uint32_t option, std::uint32_t value) {
    if (last_ballot_[option] == ballot_) return false;
    last_ballot_[option] = ballot_;
    const std::uint32_t kept = expectation_.kind == counting::BallotKind::kMarks ? 1 : value;
    marks_.push_back({static_cast<std::uint16_t>(option), static_cast<std::uint16_t>(kept)});
    return true;
  }

  // Whether the ballot at hand names every option, or none.
  bool complete() const { return marks_.size() == last_ballot_.size(); }
  bool blank() const { return marks_.empty(); }

  // Puts the ballot at hand, which starts on `line`, into the profile, as spoilt when it names too few or too
  // many options; the next mark begins the next ballot. Ranks are 1, 2, 3 … without gaps, in any order, and
  // shared only where the expectation says so. Faults: WEIGHT_INVALID, TOO_MANY_BALLOTS.
  std::optional<ReadFault> Finish(std::int64_t weight, std::int64_t line);

  // Sum of the weights so far.
  std::int64_t ballots() const { return profile_.ballots() + profile_.blanks() + profile_.spoilt(); }

  // Why there is nothing to count: no ballot, only blank ones, none valid. Empty when there is something.
  std::optional<ReadFault> NothingToCount() const;

  // What was taken in, with what else the file says. Once, at the end.
  BallotFile TakeFile(std::string title, std::optional<std::uint32_t> seats, std::vector<FileOption> options);

 private:
  // Ballots spoilt for one of the reasons.
  struct Spoilt {
    std::int64_t ballots = 0;  // sum of the weights
    std::int64_t first_line = 0;
  };

  Expectation expectation_;
  counting::Profile profile_;
  Spoilt too_few_;
  Spoilt too_many_;
  counting::Marks marks_;
  std::vector<std::int64_t> last_ballot_;  // by option: the last ballot that named it
  std::int64_t ballot_ = 1;                // the one at hand
};

}  // namespace plenary::election::ballot_files
