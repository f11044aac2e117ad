#include "services/membership/rules/standing.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "common/time/date.h"

namespace plenary::membership::rules {
namespace {

// From the farthest from a right to the right itself: the best one of all periods is the answer.
enum class Verdict {
  kNoMembership,
  kCategoryWithoutRight,
  kNotInGoodStanding,
  kLettersMissing,
  kCreditsMissing,
  kCodeNotAccepted,
  kAllowedByWaiver,
  kAllowed,
};

struct Finding {
  Verdict verdict = Verdict::kNoMembership;
  const Period* period = nullptr;
  std::string waiver;
};

// One question about one person, period by period.
class Question {
 public:
  Question(const PersonFacts& person, const Provisions& provisions, v1::Act act, absl::CivilDay day)
      : person_(person), provisions_(provisions), act_(act), day_(day) {}

  Finding Judge(const Period& period) const;
  RightAnswer Answer(const Finding& finding) const;

 private:
  const WaiverTerms* FindWaiver(v1::Requirement requirement) const;
  std::optional<MembershipYear> YearThatCounts(const Period& period) const;
  bool IsVerified(const Period& period, const v1::Category& category) const;
  bool HasCredits(const Period& period, const v1::Category& category) const;
  RightAnswer NotInGoodStanding(const Period& period) const;
  RightAnswer LettersMissing(const Period& period, const v1::Category& category) const;
  RightAnswer CreditsMissing(const Period& period, const v1::Category& category) const;

  const PersonFacts& person_;
  const Provisions& provisions_;
  const v1::Act act_;
  const absl::CivilDay day_;
};

bool Grants(const v1::Rights& rights, v1::Act act) {
  return act == v1::ACT_HOLD_OFFICE ? rights.can_hold_office() : rights.can_vote();
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

// "12" or "12.5", from hundredths.
std::string CreditsText(std::int64_t hundredths) {
  std::string text = fmt::format("{}.{:02}", hundredths / 100, hundredths % 100);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text;
}

const WaiverTerms* Question::FindWaiver(v1::Requirement requirement) const {
  const auto covers = [&](const WaiverTerms& waiver) {
    return waiver.requirement == requirement && waiver.valid_from <= day_ && day_ <= waiver.valid_until &&
           std::find(waiver.acts.begin(), waiver.acts.end(), act_) != waiver.acts.end();
  };
  const auto found = std::find_if(provisions_.waivers.begin(), provisions_.waivers.end(), covers);
  return found == provisions_.waivers.end() ? nullptr : &*found;
}

std::optional<MembershipYear> Question::YearThatCounts(const Period& period) const {
  const std::vector<Period> standing = NotCancelled(person_.periods, person_.acts, day_);
  return LastCompletedYear(MembershipStart(standing, period), day_);
}

bool Question::IsVerified(const Period& period, const v1::Category& category) const {
  return person_.accepted_letters >= category.required_letters() ||
         VerifiedBy(provisions_.ways, period.category, person_.accepted_letters, person_.evidence) != nullptr;
}

bool Question::HasCredits(const Period& period, const v1::Category& category) const {
  if (category.required_credit_hundredths() == 0) return true;
  const std::optional<MembershipYear> year = YearThatCounts(period);
  return !year.has_value() || EarnedIn(person_.credits, *year) >= category.required_credit_hundredths();
}

Finding Question::Judge(const Period& period) const {
  const auto found = provisions_.categories.find(period.category);
  if (found == provisions_.categories.end()) return {Verdict::kNoMembership, &period, ""};
  const v1::Category& category = found->second;
  if (!Grants(category.rights(), act_)) {
    return {day_ < period.start ? Verdict::kNoMembership : Verdict::kCategoryWithoutRight, &period, ""};
  }
  if (!InGoodStanding(period, person_.acts, provisions_.categories, day_)) {
    return {Verdict::kNotInGoodStanding, &period, ""};
  }
  const struct {
    bool met;
    v1::Requirement requirement;
    Verdict missing;
  } requirements[] = {
      {IsVerified(period, category), v1::REQUIREMENT_REFERENCE_LETTERS, Verdict::kLettersMissing},
      {HasCredits(period, category), v1::REQUIREMENT_CREDITS, Verdict::kCreditsMissing},
      {category.required_code_version().empty() ||
           person_.accepted_codes.contains(category.required_code_version()),
       v1::REQUIREMENT_CODE_ACCEPTANCE, Verdict::kCodeNotAccepted},
  };
  Finding allowed{Verdict::kAllowed, &period, ""};
  for (const auto& [met, requirement, missing] : requirements) {
    if (met) continue;
    const WaiverTerms* waiver = FindWaiver(requirement);
    if (waiver == nullptr) return {missing, &period, ""};
    allowed.verdict = Verdict::kAllowedByWaiver;
    if (allowed.waiver.empty()) allowed.waiver = waiver->id;
  }
  return allowed;
}

RightAnswer Question::NotInGoodStanding(const Period& period) const {
  const char* reason = "NOT_IN_GOOD_STANDING";
  const int grace_days = GraceDays(provisions_.categories, period.category);
  switch (StateOn(period, person_.acts, grace_days, day_)) {
    case v1::Membership::STATE_PENDING:
      return {.reason = reason,
              .remedy = fmt::format("Wait until the membership starts on {}.", FormatDate(period.start))};
    case v1::Membership::STATE_CANCELLED:
      return {.reason = reason, .remedy = "Take up a membership again: this one was cancelled."};
    case v1::Membership::STATE_SUSPENDED: {
      const std::string& motion = SuspensionOn(period, person_.acts, day_)->motion;
      return {.reason = reason,
              .remedy = fmt::format("Ask the board to reinstate the membership, which it suspended{}{}.",
                                    motion.empty() ? "" : " by ", motion)};
    }
    case v1::Membership::STATE_DECEASED:
      return {.reason = reason,
              .remedy = "Tell the office if this is wrong: the register says that the member has died."};
    default:
      return {.reason = reason, .remedy = "Renew the membership, which has lapsed."};
  }
}

RightAnswer Question::LettersMissing(const Period& period, const v1::Category& category) const {
  const int required = category.required_letters();
  const bool otherwise = std::any_of(provisions_.ways.begin(), provisions_.ways.end(),
                                     [&](const auto& way) { return way.category == period.category; });
  return {.reason = "LETTERS_MISSING",
          .remedy = fmt::format("Hand in {} more letter(s) of reference: {} of {} are accepted.{}",
                                required - person_.accepted_letters, person_.accepted_letters, required,
                                otherwise ? " Or look at the other ways to be verified." : "")};
}

RightAnswer Question::CreditsMissing(const Period& period, const v1::Category& category) const {
  const MembershipYear year = YearThatCounts(period).value_or(MembershipYear{});
  const std::int64_t required = category.required_credit_hundredths();
  const std::int64_t earned = EarnedIn(person_.credits, year);
  return {.reason = "CREDITS_MISSING",
          .remedy = fmt::format("Hand in evidence of {} more credit(s) earned from {} to {}: {} of {} are "
                                "approved.",
                                CreditsText(required - earned), FormatDate(year.start),
                                FormatDate(year.end - 1), CreditsText(earned), CreditsText(required))};
}

RightAnswer Question::Answer(const Finding& finding) const {
  switch (finding.verdict) {
    case Verdict::kAllowed:
    case Verdict::kAllowedByWaiver:
      return {.allowed = true, .waiver = finding.waiver};
    case Verdict::kCategoryWithoutRight:
      return {.reason = "CATEGORY_WITHOUT_RIGHT",
              .remedy = fmt::format("Take up a category of membership with the right {}.", DoingOf(act_))};
    case Verdict::kNotInGoodStanding:
      return NotInGoodStanding(*finding.period);
    case Verdict::kLettersMissing:
      return LettersMissing(*finding.period, provisions_.categories.at(finding.period->category));
    case Verdict::kCreditsMissing:
      return CreditsMissing(*finding.period, provisions_.categories.at(finding.period->category));
    case Verdict::kCodeNotAccepted:
      return {
          .reason = "CODE_NOT_ACCEPTED",
          .remedy = fmt::format("Accept the code of ethics, {}.",
                                provisions_.categories.at(finding.period->category).required_code_version())};
    case Verdict::kNoMembership:
      break;
  }
  return {.reason = "NO_MEMBERSHIP", .remedy = "Join the society: no membership covers this day."};
}

}  // namespace

RightAnswer ExplainRight(const PersonFacts& person, const Provisions& provisions, v1::Act act,
                         absl::CivilDay day) {
  const Question question(person, provisions, act, day);
  Finding best;
  for (const Period& period : person.periods) {
    Finding finding = question.Judge(period);
    // Of equals the latest, which is the easiest to mend.
    if (best.period == nullptr || finding.verdict >= best.verdict) best = std::move(finding);
  }
  return question.Answer(best);
}

bool IsRequirementReason(std::string_view reason) {
  return reason == "LETTERS_MISSING" || reason == "CREDITS_MISSING" || reason == "CODE_NOT_ACCEPTED";
}

}  // namespace plenary::membership::rules
