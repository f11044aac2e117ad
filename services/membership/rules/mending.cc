#include "services/membership/rules/mending.h"

namespace plenary::membership::rules {
namespace {

bool IsAbout(const CompanyEligibility& answer, const RightAnswer& right) {
  if (answer.reason == "NO_VOTING_MEMBER") return true;
  if (answer.reason == "REPRESENTATIVE_NOT_NAMED" || answer.reason == "REPRESENTATIVE_NOT_ENTITLED") {
    return right.allowed;
  }
  return right.reason == answer.reason;
}

}  // namespace

std::vector<std::string> PeopleWhoMend(const CompanyFacts& company, const CompanyEligibility& answer,
                                       const Provisions& provisions, absl::CivilDay day) {
  std::vector<std::string> people;
  if (answer.eligible) return people;
  for (const PersonFacts& person : company.people) {
    if (IsAbout(answer, ExplainRight(person, provisions, v1::ACT_VOTE, day))) people.push_back(person.id);
  }
  return people;
}

}  // namespace plenary::membership::rules
