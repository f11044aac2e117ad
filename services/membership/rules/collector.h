// Who may collect the credential of a company: whom the roll names, or the substitute, and only as long as
// that person is of the company and may vote.
#pragma once

#include <string>

#include "services/membership/rules/eligibility.h"

namespace plenary::membership::rules {

// nullptr when the person is not of the company.
const PersonFacts* FindPersonIn(const CompanyFacts& company, const std::string& person);

// Empty when the person may vote for the company on the day; else a sentence that says why not, and what
// would mend it.
std::string WhyCannotCollect(const CompanyFacts& company, const std::string& person,
                             const Provisions& provisions, absl::CivilDay day);

}  // namespace plenary::membership::rules
