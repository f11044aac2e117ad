#include "services/election/rules/terms.h"

namespace plenary::election {

std::vector<int> AssignTerms(const google::protobuf::RepeatedPtrField<v1::TermRule>& rules, int winners) {
  std::vector<int> years;
  for (const v1::TermRule& rule : rules) {
    for (int i = 0; i < rule.winners() && static_cast<int>(years.size()) < winners; ++i)
      years.push_back(rule.years());
  }
  return years;
}

}  // namespace plenary::election
