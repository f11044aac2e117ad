// What makes two spellings of a company's name the same company.
#pragma once

#include <string>
#include <string_view>

namespace plenary::membership::rules {

// The name trimmed, every run of blanks as one space, in lower case (Latin, Greek and Cyrillic letters;
// others have no case that matters here). "ACME  IT" and "Acme IT" are one company, "AcmeIT" is another:
// a wrong merge takes a vote away, a wrong split shows in the register. `name` is UTF-8.
std::string CompanyKey(std::string_view name);

}  // namespace plenary::membership::rules
