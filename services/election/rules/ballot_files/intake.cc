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
  const bool spoilt = named > 0 && (named < expectation_.min_marks ||
                                    (expectation_.max_marks > 0 && named > expectation_.max_marks));
  const bool fits = spoilt ? profile_.AddSpoilt(weight) : profile_.Add(marks_, weight);
  marks_.clear();
  ++ballot_;
  if (!fits) return faults::TooManyBallots(line);
  return std::nullopt;
}

std::optional<ReadFault> Intake::NothingToCount() const {
  if (ballots() == 0) return faults::NoBallots();
  if (profile_.ballots() > 0) return std::nullopt;
  return profile_.spoilt() > 0 ? faults::NoValidBallots() : faults::AllBallotsBlank();
}

}  // namespace plenary::election::ballot_files
