#include "services/membership/rules/renewal.h"

#include <algorithm>

#include "services/membership/rules/credit_years.h"

namespace plenary::membership::rules {
namespace {

using State = v1::Membership;

int LastDayOf(absl::CivilMonth month) { return (absl::CivilDay(month + 1) - 1).day(); }

absl::CivilDay DayIn(absl::CivilMonth month, int day) {
  return absl::CivilDay(month) + (std::min(day, LastDayOf(month)) - 1);
}

// The periods of the category that no cancellation has ended by the day, oldest first.
std::vector<Period> Standing(const RenewalFacts& facts, absl::CivilDay day) {
  std::vector<Period> standing = NotCancelled(facts.periods, facts.acts, day);
  std::erase_if(standing, [&](const Period& period) { return period.category != facts.category; });
  std::sort(standing.begin(), standing.end(),
            [](const Period& a, const Period& b) { return a.start < b.start; });
  return standing;
}

bool Deceased(const RenewalFacts& facts) {
  return std::any_of(facts.acts.begin(), facts.acts.end(),
                     [](const StandingAct& act) { return act.kind == ActKind::kDeceased; });
}

// The first day to come from which the period is cancelled.
std::optional<absl::CivilDay> CancelledFrom(const RenewalFacts& facts, const Period& period,
                                            absl::CivilDay day) {
  std::optional<absl::CivilDay> from;
  for (const StandingAct& act : facts.acts) {
    if (act.kind != ActKind::kCancelled || act.on <= day || (from.has_value() && *from <= act.on)) continue;
    if (StateOn(period, {act}, 0, act.on) == State::STATE_CANCELLED) from = act.on;
  }
  return from;
}

// The first day after `day` on which a suspension of the period ends; nullopt while none is known.
std::optional<absl::CivilDay> ReinstatedAfter(const RenewalFacts& facts, const Period& period,
                                              absl::CivilDay day) {
  std::optional<absl::CivilDay> first;
  for (const StandingAct& act : facts.acts) {
    if (act.kind != ActKind::kReinstated || act.on <= day || (first.has_value() && *first <= act.on))
      continue;
    if (SuspensionOn(period, facts.acts, act.on) == nullptr) first = act.on;
  }
  return first;
}

// nullopt: not as long as the suspension lasts.
std::optional<absl::CivilDay> LapsesOn(const RenewalFacts& facts, const Period& period) {
  absl::CivilDay day = *period.end + facts.grace_days;
  while (SuspensionOn(period, facts.acts, day) != nullptr) {
    const auto reinstated = ReinstatedAfter(facts, period, day);
    if (!reinstated.has_value()) return std::nullopt;
    day = *reinstated + facts.grace_days;
  }
  return day;
}

// A renewal on the very end leaves no gap, with or without days of grace.
bool Continues(const RenewalFacts& facts, const Period& last, absl::CivilDay day) {
  const auto lapses_on = LapsesOn(facts, last);
  return !lapses_on.has_value() || day < *lapses_on || day == *last.end;
}

std::optional<absl::CivilDay> EndOfTerm(absl::CivilDay member_since, absl::CivilDay start, int term_months) {
  if (term_months == 0) return std::nullopt;
  return NextEnd(member_since, start, term_months);
}

NextPeriod StartingOn(const RenewalFacts& facts, absl::CivilDay start) {
  return {.period = {.category = facts.category,
                     .start = start,
                     .end = EndOfTerm(start, start, facts.term_months)},
          .member_since = start};
}

NextPeriod Following(const RenewalFacts& facts, const std::vector<Period>& standing, absl::CivilDay day) {
  const Period& last = standing.back();
  if (!Continues(facts, last, day)) {
    NextPeriod next = StartingOn(facts, day);
    next.lapsed_on = LapsesOn(facts, last);
    return next;
  }
  const absl::CivilDay since = MembershipStart(standing, last);
  return {.period = {.category = facts.category,
                     .start = *last.end,
                     .end = EndOfTerm(since, *last.end, facts.term_months)},
          .member_since = since,
          .continues = true};
}

absl::CivilDay OpensOn(const Period& last) {
  const auto length = static_cast<int>(*last.end - last.start);
  return *last.end - std::min(kRenewalOpensDays, length / 3);
}

// What speaks against any next period of the category on the day.
std::optional<RenewalRefusal> Against(const RenewalFacts& facts, absl::CivilDay day) {
  if (Deceased(facts)) return RenewalRefusal::kDeceased;
  const Period next{.category = facts.category, .start = day};
  if (SuspensionOn(next, facts.acts, day) != nullptr) return RenewalRefusal::kSuspended;
  return std::nullopt;
}

// Up to the question whether the last period may be followed already.
RenewalAnswer Begin(const RenewalFacts& facts, const std::vector<Period>& standing, absl::CivilDay day) {
  if (const auto against = Against(facts, day)) return {.refusal = *against};
  if (standing.empty()) {
    const bool held = std::any_of(facts.periods.begin(), facts.periods.end(),
                                  [&](const Period& period) { return period.category == facts.category; });
    return {.refusal = held ? RenewalRefusal::kNone : RenewalRefusal::kNoMembership,
            .next = StartingOn(facts, day)};
  }
  const Period& last = standing.back();
  if (const auto from = CancelledFrom(facts, last, day)) {
    return {.refusal = RenewalRefusal::kCancelled, .on = *from};
  }
  if (!last.end.has_value()) return {.refusal = RenewalRefusal::kEndless};
  if (SuspensionOn(last, facts.acts, day) != nullptr) return {.refusal = RenewalRefusal::kSuspended};
  return {.next = Following(facts, standing, day)};
}

}  // namespace

absl::CivilDay NextEnd(absl::CivilDay member_since, absl::CivilDay end, int term_months) {
  const absl::CivilMonth month(end);
  const bool anniversary = end == DayIn(month, member_since.day());
  return DayIn(month + term_months, anniversary ? member_since.day() : end.day());
}

RenewalAnswer PlanRenewal(const RenewalFacts& facts, RenewalTiming timing, absl::CivilDay day) {
  const std::vector<Period> standing = Standing(facts, day);
  RenewalAnswer answer = Begin(facts, standing, day);
  if (answer.refusal != RenewalRefusal::kNone || standing.empty()) return answer;
  const Period& last = standing.back();
  if (day < last.start) return {.refusal = RenewalRefusal::kAlreadyRenewed, .on = *last.end};
  if (timing == RenewalTiming::kWhenOpen && day < OpensOn(last)) {
    return {.refusal = RenewalRefusal::kNotOpen, .on = OpensOn(last)};
  }
  return answer;
}

RenewalAnswer PlanRenewalAfter(const RenewalFacts& facts, absl::CivilDay end, absl::CivilDay day) {
  const std::vector<Period> standing = Standing(facts, day);
  RenewalAnswer answer = Begin(facts, standing, day);
  if (answer.refusal != RenewalRefusal::kNone || standing.empty()) return answer;
  const Period& last = standing.back();
  if (last.end != end) return {.refusal = RenewalRefusal::kAlreadyRenewed, .on = *last.end};
  const absl::CivilDay first = Anniversary(answer.next.period.start, -kMostYearsAhead);
  if (day < first) return {.refusal = RenewalRefusal::kTooFar, .on = first};
  return answer;
}

RenewalAnswer PlanEnrolment(const RenewalFacts& facts, absl::CivilDay start, absl::CivilDay day) {
  if (const auto against = Against(facts, std::max(start, day))) return {.refusal = *against};
  RenewalAnswer answer{.next = StartingOn(facts, start)};
  for (const Period& period : Standing(facts, std::max(start, day))) {
    const bool before = period.end.has_value() && !Continues(facts, period, start);
    const bool after = answer.next.period.end.has_value() && period.start >= *answer.next.period.end;
    if (before) {
      answer.next.lapsed_on = LapsesOn(facts, period);
    } else if (!after) {
      return {.refusal = RenewalRefusal::kAlreadyRenewed, .on = period.end.value_or(period.start)};
    }
  }
  return answer;
}

std::vector<Period> CancelledBy(const RenewalFacts& facts, absl::CivilDay day) {
  std::vector<Period> ended;
  for (const Period& period : Standing(facts, day)) {
    const auto lapses_on = period.end.has_value() ? LapsesOn(facts, period) : std::nullopt;
    const bool over = lapses_on.has_value() && day >= *lapses_on;
    if (!over && !CancelledFrom(facts, period, day).has_value()) ended.push_back(period);
  }
  return ended;
}

RenewalWork WorkOn(const RenewalFacts& facts, absl::CivilDay day) {
  RenewalWork work;
  const std::vector<Period> standing = Standing(facts, day);
  if (standing.empty() || !standing.back().end.has_value()) return work;
  const Period& last = standing.back();
  work.period = last;
  if (SuspensionOn(last, facts.acts, day) != nullptr) return work;
  if (!Continues(facts, last, day)) work.lapsed_on = LapsesOn(facts, last);
  const bool quiet = Deceased(facts) || day < last.start || CancelledFrom(facts, last, day).has_value();
  if (quiet) return work;
  work.invoice = !work.lapsed_on.has_value() && day >= *last.end - kInvoiceDays;
  for (const int days : kRenewalNotices) {
    if (day >= *last.end + days) work.notice = days;
  }
  if (day > *last.end + kRenewalNotices[4] + kLastNoticeDays) work.notice.reset();
  return work;
}

}  // namespace plenary::membership::rules
