#include "services/membership/rules/collector.h"

#include <fmt/format.h>

#include <algorithm>

namespace plenary::membership::rules {

const PersonFacts* FindPersonIn(const CompanyFacts& company, const std::string& person) {
  const auto found = std::find_if(company.people.begin(), company.people.end(),
                                  [&](const PersonFacts& facts) { return facts.id == person; });
  return found == company.people.end() ? nullptr : &*found;
}

std::string WhyCannotCollect(const CompanyFacts& company, const std::string& person,
                             const Provisions& provisions, absl::CivilDay day) {
  const PersonFacts* facts = FindPersonIn(company, person);
  if (facts == nullptr) {
    return "Only a person who belongs to the company today collects for it. Name one of them.";
  }
  const RightAnswer answer = ExplainRight(*facts, provisions, v1::ACT_VOTE, day);
  if (answer.allowed) return "";
  return fmt::format("This person may not vote for the company today. {} Or name a substitute.",
                     answer.remedy);
}

std::string WhyCannotCollect(const PersonFacts& person, v1::Act act, const Provisions& provisions,
                             absl::CivilDay day) {
  const RightAnswer answer = ExplainRight(person, provisions, act, day);
  return answer.allowed ? "" : fmt::format("You may not take part today. {}", answer.remedy);
}

bool MayAskAboutLine(const CompanyFacts& company, const std::string& collector, const std::string& person) {
  if (FindPersonIn(company, person) == nullptr) return false;
  return person == collector ||
         (FindPersonIn(company, collector) == nullptr && person == company.representative);
}

}  // namespace plenary::membership::rules
