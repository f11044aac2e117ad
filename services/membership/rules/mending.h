// Whom to write to when a company cannot vote.
#pragma once

#include <string>
#include <vector>

#include "services/membership/rules/eligibility.h"

namespace plenary::membership::rules {

// The people of the company whom the reason is about: those who lack what it names, those one of whom should
// be named as representative, or everybody when nobody holds a category with the vote. Empty when the company
// can vote.
std::vector<std::string> PeopleWhoMend(const CompanyFacts& company, const CompanyEligibility& answer,
                                       const Provisions& provisions, absl::CivilDay day);

}  // namespace plenary::membership::rules
