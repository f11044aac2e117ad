#include "services/membership/rules/education.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <utility>

#include "common/time/date.h"
#include "services/membership/limits_education.h"
#include "services/membership/rules/eligibility.h"

namespace plenary::membership::rules {
namespace {

// A membership without gaps: its category, its first day, and its end when it has one.
struct Chain {
  std::string category;
  absl::CivilDay start;
  std::optional<absl::CivilDay> end;
};

std::vector<Chain> ChainsOf(const std::vector<Period>& periods) {
  std::map<std::pair<std::string, absl::CivilDay>, Chain> chains;
  for (const Period& period : periods) {
    if (period.category == kStaffCategory) continue;
    const absl::CivilDay start = MembershipStart(periods, period);
    const auto [at, added] =
        chains.try_emplace({period.category, start}, Chain{period.category, start, period.end});
    std::optional<absl::CivilDay>& end = at->second.end;
    if (!added && end.has_value() && (!period.end.has_value() || *period.end > *end)) end = period.end;
  }
  std::vector<Chain> all;
  for (auto& [key, chain] : chains) all.push_back(std::move(chain));
  return all;
}

std::int64_t RequiredBy(const Categories& categories, const std::string& category) {
  const auto found = categories.find(category);
  return found == categories.end() ? 0 : found->second.required_credit_hundredths();
}

}  // namespace

EarnedDay JudgeEarnedDay(absl::CivilDay earned_on, absl::CivilDay today) {
  if (earned_on > today) return EarnedDay::kInFuture;
  return today - earned_on > limits::kOldestClaimDays ? EarnedDay::kTooLongAgo : EarnedDay::kCounts;
}

bool IsOffered(const v1::Course& course, absl::CivilDay day) {
  const auto from = ParseDate(course.valid_from());
  const auto until = ParseDate(course.valid_until());
  return (!from.has_value() || *from <= day) && (!until.has_value() || day <= *until);
}

DecisionBar BarOfDecision(const v1::Claim& claim, std::string_view decider, std::string_view etag) {
  if (claim.person() == decider) return DecisionBar::kOwn;
  if (claim.state() == v1::Claim::STATE_WITHDRAWN) return DecisionBar::kWithdrawn;
  if (!etag.empty() && etag != claim.etag()) return DecisionBar::kChanged;
  if (etag.empty() && claim.state() != v1::Claim::STATE_CLAIMED) return DecisionBar::kDecided;
  return DecisionBar::kOpen;
}

std::string TrackGap::Text() const {
  std::vector<std::string> parts = courses;
  if (hundredths > 0) parts.push_back(fmt::format("{}.{:02} credits", hundredths / 100, hundredths % 100));
  return fmt::format("{}", fmt::join(parts, ", "));
}

TrackGap GapOf(const v1::Track& track, const std::vector<ApprovedCredit>& credits, absl::CivilDay day) {
  const absl::CivilDay first =
      track.within_months() == 0 ? absl::CivilDay::min() : AddMonths(day, -track.within_months());
  const auto counts = [&](const ApprovedCredit& credit) { return credit.on >= first && credit.on <= day; };
  TrackGap gap;
  for (const std::string& course : track.courses()) {
    const auto passes = [&](const ApprovedCredit& credit) {
      return credit.course == course && counts(credit);
    };
    if (std::none_of(credits.begin(), credits.end(), passes)) gap.courses.push_back(course);
  }
  std::int64_t earned = 0;
  for (const ApprovedCredit& credit : credits) earned += counts(credit) ? credit.hundredths : 0;
  gap.hundredths = std::max<std::int64_t>(0, track.required_credit_hundredths() - earned);
  return gap;
}

absl::CivilDay AddMonths(absl::CivilDay day, int months) {
  const absl::CivilMonth month = absl::CivilMonth(day) + months;
  const absl::CivilDay same(month.year(), month.month(), day.day());
  return absl::CivilMonth(same) == month ? same : absl::CivilDay(month + 1) - 1;
}

v1::Certification::State CertificationStateOn(const CertificationDays& days, absl::CivilDay day) {
  if (days.revoked_on.has_value() && *days.revoked_on <= day) return v1::Certification::STATE_REVOKED;
  if (days.renewed_on.has_value() && *days.renewed_on <= day) return v1::Certification::STATE_RENEWED;
  if (days.valid_until.has_value() && *days.valid_until <= day) return v1::Certification::STATE_EXPIRED;
  return v1::Certification::STATE_VALID;
}

GrantStep StepOfGrant(const std::optional<CertificationDays>& held, bool revoked_before, GrantedBy granted_by,
                      absl::CivilDay day) {
  if (granted_by == GrantedBy::kRule && revoked_before) return GrantStep::kLeaveToStaff;
  if (!held.has_value() || (held->valid_until.has_value() && *held->valid_until <= day)) {
    return GrantStep::kGrant;
  }
  const bool near_its_end = held->valid_until.has_value() && *held->valid_until - day <= limits::kRenewalDays;
  return near_its_end ? GrantStep::kRenew : GrantStep::kHolds;
}

std::vector<CreditYear> CreditYearsOf(const std::vector<Period>& periods,
                                      const std::vector<StandingAct>& acts, const Categories& categories,
                                      const std::vector<EarnedCredits>& approved,
                                      const std::vector<EarnedCredits>& claimed, absl::CivilDay day) {
  std::vector<CreditYear> years;
  for (const Chain& chain : ChainsOf(NotCancelled(periods, acts, day))) {
    for (int i = 0;; ++i) {
      const MembershipYear year{.start = Anniversary(chain.start, i), .end = Anniversary(chain.start, i + 1)};
      if (year.start > day || (chain.end.has_value() && year.start >= *chain.end)) break;
      years.push_back({.category = chain.category,
                       .year = year,
                       .approved = EarnedIn(approved, year),
                       .claimed = EarnedIn(claimed, year),
                       .required = RequiredBy(categories, chain.category),
                       .completed = year.end <= day});
    }
  }
  std::sort(years.begin(), years.end(), [](const CreditYear& a, const CreditYear& b) {
    return a.year.start != b.year.start ? a.year.start > b.year.start : a.category < b.category;
  });
  return years;
}

}  // namespace plenary::membership::rules
