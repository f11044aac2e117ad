// How likely two records are of the same person, or of the same company. Points add up; whoever reads the
// reasons decides. Nothing here ever merges.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace plenary::membership::rules {

// From so many points on a pair is proposed.
inline constexpr int kProposeFrom = 50;

struct PersonFeatures {
  std::string id;
  std::string email;  // normalised
  std::string full_name;
  std::string company;  // id
  std::string phone;    // normalised; "" unknown
};

struct CompanyFeatures {
  std::string id;
  std::string display_name;
  std::vector<std::string> domains;  // of its people's addresses, those of public mail providers left out
  std::vector<std::string> phones;   // of its people
};

struct Match {
  int score = 0;
  std::vector<std::string> reasons;  // sentences for a reader, the heaviest first
};

// Same mailbox under two spellings 50, same telephone 40, same name 30 or nearly the same 20, same company
// 20, same local part at another domain 15.
Match ComparePeople(const PersonFeatures& a, const PersonFeatures& b);

// Same name but for its legal form and punctuation 50 or nearly the same 30, a domain of the people's
// addresses in common 30, a telephone of the people in common 20.
Match CompareCompanies(const CompanyFeatures& a, const CompanyFeatures& b);

// What records are grouped by before they are compared: two that score kProposeFrom or more share a key.
std::vector<std::string> GroupsOf(const PersonFeatures& person);
std::vector<std::string> GroupsOf(const CompanyFeatures& company);

// "ada@mail.example" for "ada+news@mail.example"; at Gmail dots do not count either.
std::string Mailbox(std::string_view email);
// Whether many people who have nothing to do with each other have addresses there.
bool IsPublicMailDomain(std::string_view domain);

// "+12125550100" for "+1 (212) 555-0100"; "" when it is none: a plus sign, then 7 to 15 digits (ITU-T E.164)
// with blanks, dots, hyphens, slashes or parentheses between them.
std::string NormalisePhone(std::string_view text);

}  // namespace plenary::membership::rules
