#include "services/election/rules/roll_suits.h"

#include <algorithm>

#include "services/election/errors.h"
#include "services/election/rules/contests.h"

namespace plenary::election {
namespace {

bool ListsCompanies(const membership::v1::Roll& roll) {
  return roll.unit() == membership::v1::UNIT_COMPANY || roll.unit() == membership::v1::UNIT_UNSPECIFIED;
}

}  // namespace

absl::Status CheckRollSuits(const membership::v1::Roll& roll, const v1::Election& election) {
  if (roll.act() != membership::v1::ACT_VOTE) return errors::RollNotOfVoters();
  const bool only_polls = std::all_of(election.contests().begin(), election.contests().end(), IsPoll);
  return ListsCompanies(roll) || only_polls ? absl::OkStatus() : errors::RollNotOfCompanies();
}

}  // namespace plenary::election
