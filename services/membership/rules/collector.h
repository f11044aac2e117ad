// Who may collect a credential: of a company whom the roll names, or the substitute, and only as long as that
// person is of the company and may vote; on a roll of people everybody their own, as long as they may take
// part. And who may ask about a line, which is never without somebody for long.
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

// The same of a person who collects their own credential, to do what the roll was made for.
std::string WhyCannotCollect(const PersonFacts& person, v1::Act act, const Provisions& provisions,
                             absl::CivilDay day);

// Whether the person may ask what is on record for the company's line, and dispute it: the one whom the roll
// names, `collector`, as long as they are of the company; once they have left it, whom the company has named
// on the register.
bool MayAskAboutLine(const CompanyFacts& company, const std::string& collector, const std::string& person);

}  // namespace plenary::membership::rules
