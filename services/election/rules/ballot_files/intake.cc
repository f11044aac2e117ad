#include "services/election/rules/ballot_files/intake.h"

#include <algorithm>
#include <tuple>

#include "services/election/rules/ballot_files/faults.h"

namespace plenary::election::ballot_files {

using counting::BallotKind;

Intake::Intake(std::uint32_t options, const Expectation& expectation)
    : expectation_(expectation), profile_(options), last_ballot_(options, 0) {}

std::optional<ReadFault> Intake::Finish(std::int64_t weight, std::int64_t line) {
  if (weight < 1 || weight > counting::kMostBallots) return faults::WeightInvalid(line);
  const auto canonical = [&](const counting::Mark& a, const counting::Mark& b) {
    return expectation_.kind == BallotKind::kRanks ? std::tie(a.value, a.option) < std::tie(b.value, b.option)
                                                   : a.option < b.option;
  };
  if (!std::is_sorted(marks_.begin(), marks_.end(), canonical)) {
    std::sort(marks_.begin(), marks_.end(), canonical);
  }
  const std::size_t named = marks_.size();
  Spoilt* spoilt = nullptr;
  if (named > 0 && named < expectation_.min_marks) {
    spoilt = &too_few_;
  } else if (expectation_.max_marks > 0 && named > expectation_.max_marks) {
    spoilt = &too_many_;
  }
  const bool fits = spoilt != nullptr ? profile_.AddSpoilt(weight) : profile_.Add(marks_, weight);
  marks_.clear();
  ++ballot_;
  if (!fits) return faults::TooManyBallots(line);
  if (spoilt != nullptr) {
    if (spoilt->ballots == 0) spoilt->first_line = line;
    spoilt->ballots += weight;
  }
  return std::nullopt;
}

std::optional<ReadFault> Intake::NothingToCount() const {
  if (ballots() == 0) return faults::NoBallots();
  if (profile_.ballots() > 0) return std::nullopt;
  if (profile_.spoilt() == 0) return faults::AllBallotsBlank();
  return faults::NoValidBallots(expectation_, profile_.blanks(), too_few_.ballots, too_many_.ballots);
}

BallotFile Intake::TakeFile(std::string title, std::optional<std::uint32_t> seats,
                            std::vector<FileOption> options) {
  return {.title = std::move(title),
          .seats = seats,
          .options = std::move(options),
          .profile = std::move(profile_),
          .spoilt_too_few = too_few_.ballots,
          .spoilt_too_many = too_many_.ballots,
          .first_line_too_few = too_few_.first_line,
          .first_line_too_many = too_many_.first_line};
}

}  // namespace plenary::election::ballot_files
