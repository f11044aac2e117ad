#include "services/membership/rules/standing.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace plenary::membership::rules {
namespace {

// From the farthest from a right to the right itself: the best one of all periods is the answer.
enum class Verdict {
  kNoMembership,
  kCategoryWithoutRight,
  kNotInGoodStanding,
  kLettersMissing,
  kAllowedByWaiver,
  kAllowed,
};

bool Grants(const v1::Rights& rights, v1::Act act) {
  return act == v1::ACT_HOLD_OFFICE ? rights.can_hold_office() : rights.can_vote();
}

const WaiverTerms* FindWaiver(const std::vector<WaiverTerms>& waivers, v1::Act act, absl::CivilDay day) {
  const auto covers = [&](const WaiverTerms& waiver) {
    return waiver.requirement == v1::REQUIREMENT_REFERENCE_LETTERS && waiver.valid_from <= day &&
           day <= waiver.valid_until &&
           std::find(waiver.acts.begin(), waiver.acts.end(), act) != waiver.acts.end();
  };
  const auto found = std::find_if(waivers.begin(), waivers.end(), covers);
  return found == waivers.end() ? nullptr : &*found;
}

Verdict VerdictOf(const Period& period, const PersonFacts& person, const Categories& categories, v1::Act act,
                  absl::CivilDay day, bool letters_waived) {
  const auto category = categories.find(period.category);
  if (category == categories.end()) return Verdict::kNoMembership;
  if (!Grants(category->second.rights(), act)) {
    return day < period.start ? Verdict::kNoMembership : Verdict::kCategoryWithoutRight;
  }
  if (!InGoodStanding(period, categories, day)) return Verdict::kNotInGoodStanding;
  if (person.accepted_letters >= category->second.required_letters()) return Verdict::kAllowed;
  return letters_waived ? Verdict::kAllowedByWaiver : Verdict::kLettersMissing;
}

std::string_view DoingOf(v1::Act act) {
  switch (act) {
    case v1::ACT_HOLD_OFFICE:
      return "to hold office";
    case v1::ACT_CONTEST:
      return "to take part";
    default:
      return "to vote";
  }
}

RightAnswer Refusal(Verdict verdict, const Period* period, const PersonFacts& person,
                    const Categories& categories, v1::Act act, absl::CivilDay day) {
  switch (verdict) {
    case Verdict::kCategoryWithoutRight:
      return {.reason = "CATEGORY_WITHOUT_RIGHT",
              .remedy = fmt::format("Take up a category of membership with the right {}.", DoingOf(act))};
    case Verdict::kNotInGoodStanding:
      if (day < period->start) {
        return {.reason = "NOT_IN_GOOD_STANDING",
                .remedy = fmt::format("Wait until the membership starts on {:04}-{:02}-{:02}.",
                                      period->start.year(), period->start.month(), period->start.day())};
      }
      return {.reason = "NOT_IN_GOOD_STANDING", .remedy = "Renew the membership, which has lapsed."};
    case Verdict::kLettersMissing: {
      const int required = categories.at(period->category).required_letters();
      return {.reason = "LETTERS_MISSING",
              .remedy = fmt::format("Hand in {} more letter(s) of reference: {} of {} are accepted.",
                                    required - person.accepted_letters, person.accepted_letters, required)};
    }
    default:
      return {.reason = "NO_MEMBERSHIP", .remedy = "Join the society: no membership covers this day."};
  }
}

}  // namespace

RightAnswer ExplainRight(const PersonFacts& person, const Provisions& provisions, v1::Act act,
                         absl::CivilDay day) {
  const WaiverTerms* waiver = FindWaiver(provisions.waivers, act, day);
  Verdict best = Verdict::kNoMembership;
  const Period* best_period = nullptr;
  for (const Period& period : person.periods) {
    const Verdict verdict =
        VerdictOf(period, person, provisions.categories, act, day, /*letters_waived=*/waiver != nullptr);
    if (best_period == nullptr || verdict >= best) {  // of equals the latest, which is the easiest to mend
      best = verdict;
      best_period = &period;
    }
  }
  if (best == Verdict::kAllowed) return {.allowed = true};
  if (best == Verdict::kAllowedByWaiver) return {.allowed = true, .waiver = waiver->id};
  return Refusal(best, best_period, person, provisions.categories, act, day);
}

}  // namespace plenary::membership::rules
