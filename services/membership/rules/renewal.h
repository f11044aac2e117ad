// When a membership may be renewed, and which period then comes next.
//
// While active or in grace the next period begins where the last one ends, so that nobody gains or loses a
// day. After a lapse or a cancellation it begins on the day itself. A term is months by the calendar: the day
// of the month is that of the first day of the membership, or the last of a month that has no such day. Who
// joins on 2024-02-29 for a year is a member until 2025-02-28, …, and until 2028-02-29.
//
// A suspension is no lapse. While it lasts nothing is renewed and nothing lapses; whose days of grace ended
// under it has them again from the day of the reinstatement on, and keeps anniversary and price.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "services/membership/rules/membership_state.h"

namespace plenary::membership::rules {

// Without being asked for a certain period, a renewal is taken this many days before the end, or in the last
// third of a shorter period: of two that come at once the second finds nothing to do.
inline constexpr int kRenewalOpensDays = 90;
// A period that is followed by name begins at most this many years ahead: as far as anybody plans their dues.
inline constexpr int kMostYearsAhead = 10;
// A renewal is invoiced this many days before the end.
inline constexpr int kInvoiceDays = 30;

// The end of the term that follows `end` in a membership begun on `member_since`.
absl::CivilDay NextEnd(absl::CivilDay member_since, absl::CivilDay end, int term_months);

// What is known of a holder, and of the category in question on the day in question.
struct RenewalFacts {
  std::vector<Period> periods;  // of the holder, of any category
  std::vector<StandingAct> acts;
  std::string category;
  int grace_days = 0;
  int term_months = 0;  // 0: no end
};

enum class RenewalRefusal {
  kNone,
  kNoMembership,    // none of the category yet
  kAlreadyRenewed,  // the next period is there
  kNotOpen,         // too early
  kEndless,         // nothing ends
  kCancelled,       // from a day to come on
  kSuspended,
  kDeceased,
  kTooFar,  // the next period would begin more than kMostYearsAhead ahead
};

// The period to come. Filled in for kNone, and for kNoMembership as the first one would be.
struct NextPeriod {
  Period period;
  absl::CivilDay member_since;
  bool continues = false;                   // no lapse lies before it
  std::optional<absl::CivilDay> lapsed_on;  // the day on which the last period lapsed
};

struct RenewalAnswer {
  RenewalRefusal refusal = RenewalRefusal::kNone;
  absl::CivilDay on;  // kNotOpen, kTooFar: the first day it is; kCancelled: the day it holds from;
                      // kAlreadyRenewed: until
  NextPeriod next;
};

// What a renewal asks for.
enum class RenewalTiming {
  kWhenOpen,  // the last period, when its renewal is open
  kAnyTime,   // the last period, unless it has not begun
};
RenewalAnswer PlanRenewal(const RenewalFacts& facts, RenewalTiming timing, absl::CivilDay day);
// The period after the one that ends on `end`, at any time up to kMostYearsAhead before it begins;
// kAlreadyRenewed when the last one ends elsewhere.
RenewalAnswer PlanRenewalAfter(const RenewalFacts& facts, absl::CivilDay end, absl::CivilDay day);

// The first period of a category from `start` on. kAlreadyRenewed when one runs then, or is in grace.
RenewalAnswer PlanEnrolment(const RenewalFacts& facts, absl::CivilDay start, absl::CivilDay day);

// The periods of the category that a cancellation on the day ends: those that are not over, grace included.
// The days of grace of a period that was renewed would else outlive the cancellation of the one after it.
std::vector<Period> CancelledBy(const RenewalFacts& facts, absl::CivilDay day);

// A notice about the end of a period, by its days from the end.
inline constexpr int kRenewalNotices[] = {-30, -7, 0, 7, 30};
// The last notice is not sent later than this many days after its day: it would tell nothing new.
inline constexpr int kLastNoticeDays = 30;

// What the daily work does about the last period of the category.
struct RenewalWork {
  bool invoice = false;
  std::optional<int> notice;                // one of kRenewalNotices
  std::optional<absl::CivilDay> lapsed_on;  // the price lock ends
  std::optional<Period> period;             // the one that it is about
};
RenewalWork WorkOn(const RenewalFacts& facts, absl::CivilDay day);

}  // namespace plenary::membership::rules
