#include "services/committee/rules/threshold.h"

#include <fmt/format.h>

namespace plenary::committee::rules {

bool Carries(v1::Motion::Threshold threshold, const Tally& tally) {
  if (threshold == v1::Motion::THRESHOLD_TWO_THIRDS) return tally.yes >= 1 && tally.yes >= 2 * tally.no;
  return tally.yes > tally.no;
}

std::string Explain(v1::Motion::Threshold threshold, const Tally& tally) {
  std::string text = fmt::format("{} yes, {} no, {} abstained; ", tally.yes, tally.no, tally.abstain);
  if (threshold == v1::Motion::THRESHOLD_TWO_THIRDS) {
    return text + "two-thirds need yes >= 2 x no and at least one yes";
  }
  text += "a majority needs yes > no";
  if (tally.yes == tally.no) text += "; a tie is lost";
  return text;
}

}  // namespace plenary::committee::rules
