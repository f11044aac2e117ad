// What a person may do on a day, and why (not): from their periods and what was decided about them, the
// rights and requirements of the categories, and the board's waivers.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"
#include "plenary/membership/v1/resources.pb.h"
#include "services/membership/rules/credit_years.h"
#include "services/membership/rules/membership_state.h"
#include "services/membership/rules/verification.h"

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
  std::vector<WaiverTerms> waivers;   // oldest first
  std::vector<VerificationWay> ways;  // to be verified otherwise than by the category's letters
};

struct PersonFacts {
  std::string id;
  std::string full_name;
  int accepted_letters = 0;
  std::vector<Period> periods;
  std::vector<StandingAct> acts;         // in the order in which they were decided
  std::vector<EarnedCredits> credits;    // approved ones
  std::set<std::string> accepted_codes;  // "codeVersions/{version}"
  VerificationEvidence evidence;         // beside the letters
};

// The answer to "may this person do that". `reason` and `remedy` are empty when allowed.
struct RightAnswer {
  bool allowed = false;
  // NO_MEMBERSHIP, CATEGORY_WITHOUT_RIGHT, NOT_IN_GOOD_STANDING, LETTERS_MISSING, CREDITS_MISSING,
  // CODE_NOT_ACCEPTED.
  std::string reason;
  std::string remedy;
  // Id of the waiver without which the answer would be no; the first in the order of the reasons when several
  // are needed.
  std::string waiver;
};

// The best answer that any of the person's periods gives. ACT_VOTE asks for can_vote, ACT_HOLD_OFFICE for
// can_hold_office; ACT_CONTEST is open to the paid member, who is the one that can_vote. The requirements of
// the category, in this order, each unless waived: letters of reference or
// another way to be verified, credits of the last completed year
// of the membership (none is asked for in its first year), the code of ethics.
RightAnswer ExplainRight(const PersonFacts& person, const Provisions& provisions, v1::Act act,
                         absl::CivilDay day);

// Whether the reason tells of a requirement, which a waiver may set aside: the person is in good standing.
bool IsRequirementReason(std::string_view reason);

}  // namespace plenary::membership::rules
