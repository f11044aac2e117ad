// Threshold: how many votes carry a motion. Abstentions are not counted (Robert's Rules of Order Newly
// Revised, 44:1 and 44:3).
#pragma once

#include <string>

#include "plenary/committee/v1/motion_service.pb.h"

namespace plenary::committee::rules {

struct Tally {
  int yes = 0;
  int no = 0;
  int abstain = 0;

  int voted() const { return yes + no + abstain; }
  bool operator==(const Tally&) const = default;
};

// Majority (also when unspecified): yes > no, so a tie is lost. Two thirds: yes >= 2 x no and at least one
// yes.
bool Carries(v1::Motion::Threshold threshold, const Tally& tally);

// The figures and the rule: "2 yes, 2 no, 1 abstained; a majority needs yes > no; a tie is lost".
std::string Explain(v1::Motion::Threshold threshold, const Tally& tally);

}  // namespace plenary::committee::rules
