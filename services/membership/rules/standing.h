// What a person may do on a day, and why (not): from their periods, the rights of the categories, their
// letters of reference and the board's waivers.
#pragma once

#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "plenary/membership/v1/resources.pb.h"
#include "services/membership/rules/membership_state.h"

namespace plenary::membership::rules {

// A requirement that does not count for some acts from `valid_from` to `valid_until`, both included.
struct WaiverTerms {
  std::string id;
  v1::Requirement requirement = v1::REQUIREMENT_UNSPECIFIED;
  std::vector<v1::Act> acts;
  absl::CivilDay valid_from;
  absl::CivilDay valid_until;
};

// What the society has laid down, the same for everybody.
struct Provisions {
  Categories categories;
  std::vector<WaiverTerms> waivers;  // oldest first
};

struct PersonFacts {
  std::string id;
  std::string full_name;
  int accepted_letters = 0;
  std::vector<Period> periods;
};

// The answer to "may this person do that". `reason` and `remedy` are empty when allowed.
struct RightAnswer {
  bool allowed = false;
  std::string reason;  // NO_MEMBERSHIP, CATEGORY_WITHOUT_RIGHT, NOT_IN_GOOD_STANDING, LETTERS_MISSING
  std::string remedy;
  std::string waiver;  // id of the waiver without which the answer would be no
};

// The best answer that any of the person's periods gives. ACT_VOTE asks for can_vote, ACT_HOLD_OFFICE for
// can_hold_office; ACT_CONTEST is open to the paid member, who is the one that can_vote.
RightAnswer ExplainRight(const PersonFacts& person, const Provisions& provisions, v1::Act act,
                         absl::CivilDay day);

}  // namespace plenary::membership::rules
