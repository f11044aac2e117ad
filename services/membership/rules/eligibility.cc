#include "services/membership/rules/eligibility.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace plenary::membership::rules {
namespace {

struct Refusal {
  std::string person;
  RightAnswer answer;
};

struct Entitled {
  std::string person;
  std::string waiver;
};

CompanyEligibility Eligible(const Entitled& voter) {
  return {.eligible = true, .representative = voter.person, .reason = "ELIGIBLE", .waiver = voter.waiver};
}

CompanyEligibility Suspended(const StandingAct& act) {
  return {.reason = "NOT_IN_GOOD_STANDING",
          .remedy = fmt::format("Ask the board to reinstate the company, which it suspended{}{}.",
                                act.motion.empty() ? "" : " by ", act.motion)};
}

// When nobody of the company may vote: the reason of whoever comes nearest.
CompanyEligibility NobodyEntitled(const std::vector<Refusal>& refusals) {
  for (const std::string_view reason :
       {"CODE_NOT_ACCEPTED", "CREDITS_MISSING", "LETTERS_MISSING", "NOT_IN_GOOD_STANDING"}) {
    for (const Refusal& refusal : refusals) {
      if (refusal.answer.reason == reason)
        return {.reason = refusal.answer.reason, .remedy = refusal.answer.remedy};
    }
  }
  return {.reason = "NO_VOTING_MEMBER",
          .remedy = "Have one of the company's people take up a category of membership with the vote."};
}

}  // namespace

CompanyEligibility ExplainEligibility(const CompanyFacts& company, const Provisions& provisions,
                                      absl::CivilDay day) {
  if (const StandingAct* suspension = HolderSuspensionOn(company.acts, day)) return Suspended(*suspension);
  std::vector<Entitled> entitled;
  std::vector<Refusal> refusals;
  // In good standing with the vote, whatever else is asked for: a waiver changes who may vote, and must not
  // change whether a company has to choose.
  std::size_t professionals = 0;
  for (const PersonFacts& person : company.people) {
    RightAnswer answer = ExplainRight(person, provisions, v1::ACT_VOTE, day);
    if (answer.allowed || IsRequirementReason(answer.reason)) ++professionals;
    if (answer.allowed) {
      entitled.push_back({person.id, answer.waiver});
    } else {
      refusals.push_back({person.id, std::move(answer)});
    }
  }
  if (entitled.empty()) return NobodyEntitled(refusals);
  if (!company.representative.empty()) {
    const auto named = std::find_if(entitled.begin(), entitled.end(), [&](const Entitled& candidate) {
      return candidate.person == company.representative;
    });
    if (named != entitled.end()) return Eligible(*named);
    // What the one who is named lacks can be mended; only someone without the right must be replaced.
    for (const Refusal& refusal : refusals) {
      if (refusal.person == company.representative && IsRequirementReason(refusal.answer.reason)) {
        return {.reason = refusal.answer.reason, .remedy = refusal.answer.remedy};
      }
    }
    return {.reason = "REPRESENTATIVE_NOT_ENTITLED",
            .remedy = "Name another representative: the one who is named may not vote for the company."};
  }
  if (professionals == 1) return Eligible(entitled.front());
  return {.reason = "REPRESENTATIVE_NOT_NAMED",
          .remedy = "Name a voting representative: the company has several professionals, and one vote."};
}

std::vector<std::string> RolesOf(const std::string& person, const CompanyFacts& company,
                                 const Provisions& provisions, absl::CivilDay day) {
  bool staff = false;
  bool member = false;
  for (const PersonFacts& facts : company.people) {
    if (facts.id != person) continue;
    for (const Period& period : facts.periods) {
      if (!InGoodStanding(period, facts.acts, provisions.categories, day)) continue;
      (period.category == kStaffCategory ? staff : member) = true;
    }
  }
  std::vector<std::string> roles;
  if (std::find(company.administrators.begin(), company.administrators.end(), person) !=
      company.administrators.end()) {
    roles.emplace_back("administrator");
  }
  if (member) roles.emplace_back("member");
  if (ExplainEligibility(company, provisions, day).representative == person) {
    roles.emplace_back("representative");
  }
  if (staff) roles.emplace_back("staff");
  return roles;
}

}  // namespace plenary::membership::rules
