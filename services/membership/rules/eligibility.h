// Whether a company can vote on a day, who votes for it, and if not, why and what would mend it.
//
// A company votes through one person who may vote (standing.h): the one it named, or, when it named nobody,
// its single professional in good standing. With several and nobody named it cannot vote until it names one,
// whether its people lack letters, credits or the code or have them waived: a waiver decides who may vote,
// never whether a company has to choose. Whoever was named and may not vote any more stands in the way until
// the company names another. While the board suspends the company nobody votes for it.
#pragma once

#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "services/membership/rules/standing.h"

namespace plenary::membership::rules {

struct CompanyFacts {
  std::string id;
  std::string display_name;
  std::string representative;               // the person named; empty: nobody
  std::vector<PersonFacts> people;          // who belong to the company on the day asked about
  std::vector<std::string> administrators;  // ids, ascending
  std::vector<StandingAct> acts;            // about the company itself, in the order they were decided
};

struct CompanyEligibility {
  bool eligible = false;
  std::string representative;  // person id; empty unless eligible
  std::string reason;          // as in roll_service.proto; "ELIGIBLE" when eligible
  std::string remedy;          // empty when eligible
  std::string waiver;          // id; empty when none was needed
};

CompanyEligibility ExplainEligibility(const CompanyFacts& company, const Provisions& provisions,
                                      absl::CivilDay day);

// Sorted: "administrator" (of the company), "member" (in good standing in any category but "staff"),
// "representative" (of the company, by the rule above), "staff" (in good standing in the category "staff").
std::vector<std::string> RolesOf(const std::string& person, const CompanyFacts& company,
                                 const Provisions& provisions, absl::CivilDay day);

inline constexpr const char kStaffCategory[] = "staff";

}  // namespace plenary::membership::rules
