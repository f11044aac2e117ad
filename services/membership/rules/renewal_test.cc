#include "services/membership/rules/renewal.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "common/time/date.h"
#include "services/membership/rules/invoice.h"
#include "services/membership/rules/price_lock.h"

namespace plenary::membership::rules {
namespace {

absl::CivilDay Day(std::string_view text) { return ParseDate(text).value(); }

Period Professional(const char* start, const char* end) {
  Period period{.category = "professional", .start = Day(start)};
  if (end != nullptr) period.end = Day(end);
  return period;
}

RenewalFacts Facts(std::vector<Period> periods, std::vector<StandingAct> acts = {}) {
  return {.periods = std::move(periods),
          .acts = std::move(acts),
          .category = "professional",
          .grace_days = 30,
          .term_months = 12};
}

std::string Text(const Period& period) {
  return FormatDate(period.start) + ".." + (period.end.has_value() ? FormatDate(*period.end) : "");
}

TEST(NextEnd, KeepsTheDayOfTheMonthOfTheFirstDay) {
  struct Case {
    const char* sentence;
    const char* since;
    const char* end;
    int months;
    const char* next;
  };
  const Case cases[] = {
      {"a year later on the same day", "2021-08-24", "2022-08-24", 12, "2023-08-24"},
      {"29 February is the 28th in another year", "2024-02-29", "2024-02-29", 12, "2025-02-28"},
      {"and stays so", "2024-02-29", "2025-02-28", 12, "2026-02-28"},
      {"and comes back in a leap year", "2024-02-29", "2027-02-28", 12, "2028-02-29"},
      {"also for a term of two years", "2024-02-29", "2026-02-28", 24, "2028-02-29"},
      {"the 31st is the 30th where there is none", "2024-01-31", "2024-03-31", 1, "2024-04-30"},
      {"and comes back", "2024-01-31", "2024-04-30", 1, "2024-05-31"},
      {"through February too", "2024-01-31", "2025-02-28", 1, "2025-03-31"},
      {"whoever joined on the 28th stays there", "2023-02-28", "2027-02-28", 12, "2028-02-28"},
      {"an end that is no anniversary goes on from where it is", "2021-08-24", "2022-12-31", 12,
       "2023-12-31"},
      {"but within the month it leads to", "2021-08-24", "2022-12-31", 2, "2023-02-28"},
      {"over the end of a year", "2021-11-30", "2022-11-30", 3, "2023-02-28"},
  };
  for (const Case& row : cases) {
    EXPECT_EQ(FormatDate(NextEnd(Day(row.since), Day(row.end), row.months)), row.next) << row.sentence;
  }
}

TEST(PlanRenewal, CarriesTheTwentyNinthOfFebruaryThroughAChainOfRenewals) {
  std::vector<Period> periods = {Professional("2024-02-29", "2025-02-28")};
  std::vector<std::string> ends;
  for (int i = 0; i < 5; ++i) {
    const RenewalAnswer answer =
        PlanRenewal(Facts(periods), RenewalTiming::kWhenOpen, *periods.back().end - 10 + 5 * i);
    ASSERT_EQ(answer.refusal, RenewalRefusal::kNone);
    periods.push_back(answer.next.period);
    ends.push_back(FormatDate(*answer.next.period.end));
  }
  EXPECT_EQ(ends,
            (std::vector<std::string>{"2026-02-28", "2027-02-28", "2028-02-29", "2029-02-28", "2030-02-28"}));
}

struct RenewalCase {
  const char* sentence;
  RenewalFacts facts;
  const char* day;
  RenewalRefusal refusal;
  const char* period = "";  // when kNone
  const char* on = nullptr;
};

StandingAct Cancelled(const char* on) { return {.kind = ActKind::kCancelled, .on = Day(on)}; }
StandingAct Suspended(const char* on) {
  return {.kind = ActKind::kSuspended, .on = Day(on), .motion = "bodies/board/motions/m"};
}
StandingAct Reinstated(const char* on) {
  return {.kind = ActKind::kReinstated, .on = Day(on), .motion = "bodies/board/motions/n"};
}

TEST(PlanRenewal, FollowsTheLastPeriodOrStartsToday) {
  const Period year = Professional("2021-08-24", "2022-08-24");
  const Period next = Professional("2022-08-24", "2023-08-24");
  RenewalFacts no_grace = Facts({year});
  no_grace.grace_days = 0;
  RenewalFacts monthly = Facts({Professional("2022-01-01", "2022-02-01")});
  monthly.term_months = 1;
  RenewalFacts endless = Facts({year});
  endless.term_months = 0;
  using R = RenewalRefusal;
  const RenewalCase cases[] = {
      {"on the last day the next one begins at the end", Facts({year}), "2022-08-23", R::kNone,
       "2022-08-24..2023-08-24"},
      {"on the end itself too", Facts({year}), "2022-08-24", R::kNone, "2022-08-24..2023-08-24"},
      {"on the last day of grace no day is given away", Facts({year}), "2022-09-22", R::kNone,
       "2022-08-24..2023-08-24"},
      {"the day after it has lapsed, and starts anew", Facts({year}), "2022-09-23", R::kNone,
       "2022-09-23..2023-09-23"},
      {"without grace the end itself still leaves no gap", no_grace, "2022-08-24", R::kNone,
       "2022-08-24..2023-08-24"},
      {"without grace the day after starts anew", no_grace, "2022-08-25", R::kNone, "2022-08-25..2023-08-25"},
      {"90 days before the end it opens", Facts({year}), "2022-05-26", R::kNone, "2022-08-24..2023-08-24"},
      {"91 days before it is early", Facts({year}), "2022-05-25", R::kNotOpen, "", "2022-05-26"},
      {"a month opens in its last third", monthly, "2022-01-22", R::kNone, "2022-02-01..2022-03-01"},
      {"and not before", monthly, "2022-01-21", R::kNotOpen, "", "2022-01-22"},
      {"a period that has not begun is renewed already", Facts({year, next}), "2022-08-01",
       R::kAlreadyRenewed, "", "2023-08-24"},
      {"a category that has lost its end gives an endless one", endless, "2022-08-01", R::kNone,
       "2022-08-24.."},
      {"what has no end needs no renewal", Facts({Professional("2021-08-24", nullptr)}), "2022-08-01",
       R::kEndless},
      {"nobody renews what they never held", Facts({{.category = "staff", .start = Day("2021-01-01")}}),
       "2022-08-01", R::kNoMembership},
      {"what was cancelled starts anew", Facts({year}, {Cancelled("2022-03-01")}), "2022-08-01", R::kNone,
       "2022-08-01..2023-08-01"},
      {"what will be cancelled is not renewed", Facts({year}, {Cancelled("2022-08-10")}), "2022-08-01",
       R::kCancelled, "", "2022-08-10"},
      {"the suspended do not renew", Facts({year}, {Suspended("2022-08-01")}), "2022-08-01", R::kSuspended},
      {"nor after they lapsed", Facts({year}, {Suspended("2022-08-01")}), "2022-12-01", R::kSuspended},
      {"the reinstated do", Facts({year}, {Suspended("2022-08-01"), Reinstated("2022-08-05")}), "2022-08-20",
       R::kNone, "2022-08-24..2023-08-24"},
      {"those whose grace ended under the suspension have it again",
       Facts({year}, {Suspended("2022-08-01"), Reinstated("2022-12-01")}), "2022-12-30", R::kNone,
       "2022-08-24..2023-08-24"},
      {"and lapse when it is over", Facts({year}, {Suspended("2022-08-01"), Reinstated("2022-12-01")}),
       "2022-12-31", R::kNone, "2022-12-31..2023-12-31"},
      {"nothing is renewed for the dead",
       Facts({year}, {{.kind = ActKind::kDeceased, .on = Day("2022-08-01")}}), "2022-08-20", R::kDeceased},
  };
  for (const RenewalCase& row : cases) {
    const RenewalAnswer answer = PlanRenewal(row.facts, RenewalTiming::kWhenOpen, Day(row.day));
    EXPECT_EQ(answer.refusal, row.refusal) << row.sentence;
    if (row.refusal == R::kNone) {
      EXPECT_EQ(Text(answer.next.period), row.period) << row.sentence;
    }
    if (row.on != nullptr) {
      EXPECT_EQ(FormatDate(answer.on), row.on) << row.sentence;
    }
  }
}

TEST(PlanRenewalAfter, FollowsThePeriodThatWasNamedOnce) {
  const Period year = Professional("2021-08-24", "2022-08-24");
  const RenewalAnswer early = PlanRenewalAfter(Facts({year}), *year.end, Day("2021-09-01"));
  ASSERT_EQ(early.refusal, RenewalRefusal::kNone);
  EXPECT_EQ(Text(early.next.period), "2022-08-24..2023-08-24");
  const RenewalAnswer again =
      PlanRenewalAfter(Facts({year, early.next.period}), *year.end, Day("2021-09-01"));
  EXPECT_EQ(again.refusal, RenewalRefusal::kAlreadyRenewed);
  EXPECT_EQ(FormatDate(again.on), "2023-08-24");
}

TEST(PlanRenewalAfter, GoesTenYearsAheadAtMost) {
  const RenewalFacts facts = Facts({Professional("2021-08-24", "2032-08-24")});
  const RenewalAnswer early = PlanRenewalAfter(facts, Day("2032-08-24"), Day("2022-08-23"));
  EXPECT_EQ(early.refusal, RenewalRefusal::kTooFar);
  EXPECT_EQ(FormatDate(early.on), "2022-08-24");
  EXPECT_EQ(PlanRenewalAfter(facts, Day("2032-08-24"), early.on).refusal, RenewalRefusal::kNone);
}

TEST(PlanEnrolment, BeginsWhereNoPeriodRuns) {
  const Period year = Professional("2021-08-24", "2022-08-24");
  struct Case {
    const char* sentence;
    const char* start;
    RenewalRefusal refusal;
  };
  const Case cases[] = {
      {"during a period there is one", "2022-01-01", RenewalRefusal::kAlreadyRenewed},
      {"in grace it is renewed instead", "2022-09-22", RenewalRefusal::kAlreadyRenewed},
      {"after the lapse it begins", "2022-09-23", RenewalRefusal::kNone},
      {"an earlier year may be entered later", "2020-08-24", RenewalRefusal::kNone},
      {"but not one that reaches into it", "2020-08-25", RenewalRefusal::kAlreadyRenewed},
  };
  for (const Case& row : cases) {
    EXPECT_EQ(PlanEnrolment(Facts({year}), Day(row.start), Day("2023-01-01")).refusal, row.refusal)
        << row.sentence;
  }
  EXPECT_EQ(FormatDate(*PlanEnrolment(Facts({}), Day("2024-02-29"), Day("2024-02-29")).next.period.end),
            "2025-02-28");
}

TEST(CancelledBy, EndsWhatIsNotOver) {
  const Period year = Professional("2021-08-24", "2022-08-24");
  const Period next = Professional("2022-08-24", "2023-08-24");
  const auto starts = [](const RenewalFacts& facts, const char* day) {
    std::vector<std::string> found;
    for (const Period& period : CancelledBy(facts, Day(day))) found.push_back(FormatDate(period.start));
    return found;
  };
  using Starts = std::vector<std::string>;
  EXPECT_EQ(starts(Facts({year, next}), "2022-08-01"), (Starts{"2021-08-24", "2022-08-24"}));
  EXPECT_EQ(starts(Facts({year, next}), "2022-09-22"), (Starts{"2021-08-24", "2022-08-24"})) << "grace too";
  EXPECT_EQ(starts(Facts({year, next}), "2022-09-23"), Starts{"2022-08-24"});
  EXPECT_EQ(starts(Facts({year}), "2022-09-22"), Starts{"2021-08-24"}) << "in grace";
  EXPECT_EQ(starts(Facts({year}), "2022-09-23"), Starts{}) << "lapsed";
  EXPECT_EQ(starts(Facts({year}, {Cancelled("2022-01-01")}), "2022-02-01"), Starts{}) << "once only";
  EXPECT_EQ(starts(Facts({year}, {Cancelled("2022-03-01")}), "2022-02-01"), Starts{}) << "once only";
}

TEST(WorkOn, DoesWhatIsDueOnTheDay) {
  struct Case {
    const char* sentence;
    const char* day;
    bool invoice;
    std::optional<int> notice;
    bool lapsed;
  };
  const Case cases[] = {
      {"31 days before nothing is due", "2022-07-24", false, std::nullopt, false},
      {"30 days before: invoice and notice", "2022-07-25", true, -30, false},
      {"8 days before: the notice of the 30th day, caught up", "2022-08-16", true, -30, false},
      {"7 days before", "2022-08-17", true, -7, false},
      {"the day before", "2022-08-23", true, -7, false},
      {"on the day", "2022-08-24", true, 0, false},
      {"6 days after", "2022-08-30", true, 0, false},
      {"7 days after", "2022-08-31", true, 7, false},
      {"on the last day of grace", "2022-09-22", true, 7, false},
      {"30 days after it has lapsed", "2022-09-23", false, 30, true},
      {"the last notice is sent for 30 days", "2022-10-23", false, 30, true},
      {"and not later", "2022-10-24", false, std::nullopt, true},
  };
  const RenewalFacts facts = Facts({Professional("2021-08-24", "2022-08-24")});
  for (const Case& row : cases) {
    const RenewalWork work = WorkOn(facts, Day(row.day));
    EXPECT_EQ(work.invoice, row.invoice) << row.sentence;
    EXPECT_EQ(work.notice, row.notice) << row.sentence;
    EXPECT_EQ(work.lapsed_on.has_value(), row.lapsed) << row.sentence;
  }
}

TEST(WorkOn, LeavesAloneWhoIsRenewedSuspendedCancelledOrDead) {
  const Period year = Professional("2021-08-24", "2022-08-24");
  for (const RenewalFacts& facts :
       {Facts({year, Professional("2022-08-24", "2023-08-24")}), Facts({year}, {Suspended("2022-08-01")}),
        Facts({year}, {Cancelled("2022-08-01")}), Facts({year}, {Cancelled("2022-08-23")}),
        Facts({year}, {{.kind = ActKind::kDeceased, .on = Day("2022-08-01")}}),
        Facts({Professional("2021-08-24", nullptr)})}) {
    const RenewalWork work = WorkOn(facts, Day("2022-08-20"));
    EXPECT_FALSE(work.invoice);
    EXPECT_FALSE(work.notice.has_value());
    EXPECT_FALSE(work.lapsed_on.has_value());
  }
}

TEST(WorkOn, LapsesNobodyWhoIsSuspended) {
  const Period year = Professional("2021-08-24", "2022-08-24");
  const StandingAct suspended = Suspended("2022-08-30");
  const struct {
    const char* sentence;
    std::vector<StandingAct> acts;
    const char* day;
    std::optional<std::string> lapsed_on;
  } cases[] = {
      {"the days of grace are over: a lapse", {}, "2022-10-01", "2022-09-23"},
      {"under a suspension there is none", {suspended}, "2022-10-01", std::nullopt},
      {"however long it lasts", {suspended}, "2025-10-01", std::nullopt},
      {"on the day of the reinstatement grace begins anew",
       {suspended, Reinstated("2022-10-01")},
       "2022-10-01",
       std::nullopt},
      {"to its last day", {suspended, Reinstated("2022-10-01")}, "2022-10-30", std::nullopt},
      {"and ends", {suspended, Reinstated("2022-10-01")}, "2022-10-31", "2022-10-31"},
      {"a suspension after the lapse takes nothing back",
       {Suspended("2022-09-24"), Reinstated("2022-10-01")},
       "2022-10-01",
       "2022-09-23"},
      {"nor does one that ended within the days of grace",
       {suspended, Reinstated("2022-09-01")},
       "2022-09-23",
       "2022-09-23"},
      {"a second suspension puts it off again",
       {suspended, Reinstated("2022-10-01"), Suspended("2022-10-15"), Reinstated("2022-12-01")},
       "2022-12-30",
       std::nullopt},
  };
  for (const auto& row : cases) {
    const auto lapsed_on = WorkOn(Facts({year}, row.acts), Day(row.day)).lapsed_on;
    EXPECT_EQ(lapsed_on.has_value(), row.lapsed_on.has_value()) << row.sentence;
    if (lapsed_on.has_value() && row.lapsed_on.has_value()) {
      EXPECT_EQ(FormatDate(*lapsed_on), *row.lapsed_on) << row.sentence;
    }
  }
}

TEST(PriceOf, KeepsThePriceOfTheFirstPaidEnrolment) {
  struct Case {
    const char* sentence;
    PriceQuestion question;
    std::int64_t cents;
    bool locked;
    std::optional<LockedPrice> lock;
  };
  const absl::CivilDay since = Day("2021-08-24");
  const absl::CivilDay start = Day("2022-08-24");
  const LockedPrice hundred{.cents = 10'000, .since = since};
  const Case cases[] = {
      {"the first price is locked", {.period_start = since, .asked = 10'000}, 10'000, false, hundred},
      {"a renewal keeps it when the category got dearer",
       {.continues = true,
        .member_since = since,
        .period_start = start,
        .asked = 15'000,
        .asked_since = 10'000,
        .stored = hundred},
       10'000,
       true,
       hundred},
      {"and takes the lower price when it got cheaper, and keeps the right",
       {.continues = true,
        .member_since = since,
        .period_start = start,
        .asked = 8'000,
        .asked_since = 10'000,
        .stored = hundred},
       8'000,
       false,
       hundred},
      {"after a lapse the price of the day is locked",
       {.period_start = start, .asked = 15'000, .stored = hundred},
       15'000,
       false,
       LockedPrice{.cents = 15'000, .since = start}},
      {"a membership that came without a lock gets that of its first day",
       {.continues = true,
        .member_since = since,
        .period_start = start,
        .asked = 15'000,
        .asked_since = 10'000},
       10'000,
       true,
       hundred},
      {"a lock of an earlier membership does not count",
       {.continues = true,
        .member_since = start,
        .period_start = Day("2023-08-24"),
        .asked = 15'000,
        .asked_since = 12'000,
        .stored = hundred},
       12'000,
       true,
       LockedPrice{.cents = 12'000, .since = start}},
      {"what was free is no price to keep",
       {.continues = true, .member_since = since, .period_start = start, .asked = 10'000},
       10'000,
       false,
       LockedPrice{.cents = 10'000, .since = start}},
      {"what is free locks nothing", {.period_start = since}, 0, false, std::nullopt},
      {"what has become free keeps the right all the same",
       {.continues = true,
        .member_since = since,
        .period_start = start,
        .asked_since = 10'000,
        .stored = hundred},
       0,
       false,
       hundred},
  };
  for (const Case& row : cases) {
    const PriceAnswer answer = PriceOf(row.question);
    EXPECT_EQ(answer.cents, row.cents) << row.sentence;
    EXPECT_EQ(answer.locked, row.locked) << row.sentence;
    EXPECT_EQ(answer.lock, row.lock) << row.sentence;
  }
}

TEST(Invoices, StandByWhatIsPaid) {
  EXPECT_EQ(InvoiceState(100, 0, false), v1::Invoice::STATE_OPEN);
  EXPECT_EQ(InvoiceState(100, 1, false), v1::Invoice::STATE_PARTLY_PAID);
  EXPECT_EQ(InvoiceState(100, 100, false), v1::Invoice::STATE_PAID);
  EXPECT_EQ(InvoiceState(100, 0, true), v1::Invoice::STATE_VOID);
  EXPECT_EQ(FormatCents(10'000), "100.00");
  EXPECT_EQ(FormatCents(5), "0.05");
  EXPECT_EQ(FormatCents(-123'456), "-1234.56");
  EXPECT_EQ(FormatMonth(ParseMonth("2022-08").value()), "2022-08");
  EXPECT_FALSE(ParseMonth("2022-13").has_value());
  EXPECT_FALSE(ParseMonth("2022-8").has_value());
  EXPECT_EQ(FormatDate(DueOn(Day("2022-07-25"), Day("2022-08-24"))), "2022-08-24");
  EXPECT_EQ(FormatDate(DueOn(Day("2022-08-20"), Day("2022-08-24"))), "2022-09-19");
}

// Random lives against a model that knows one thing: the day through which the member is paid, and since
// when.
class Model {
 public:
  void Enrol(absl::CivilDay day) {
    if (StandsOn(day)) return;
    since_ = day;
    paid_until_ = AddYears(day, 1);
    years_ = 1;
  }
  void Renew(absl::CivilDay day) {
    if (!paid_until_.has_value()) return;
    if (!StandsOn(day) && day != *paid_until_) return Enrol(day);
    paid_until_ = AddYears(since_, ++years_);
  }
  void Cancel() { paid_until_.reset(); }
  bool StandsOn(absl::CivilDay day) const {
    return paid_until_.has_value() && day >= since_ && day < *paid_until_ + 30;
  }
  std::optional<absl::CivilDay> paid_until() const { return paid_until_; }
  absl::CivilDay since() const { return since_; }

 private:
  static absl::CivilDay AddYears(absl::CivilDay day, int years) {
    const absl::CivilDay later(day.year() + years, day.month(), day.day());
    return later.month() == day.month() ? later : later - 1;
  }
  absl::CivilDay since_;
  std::optional<absl::CivilDay> paid_until_;
  int years_ = 0;
};

// One life by the rules.
struct Life {
  std::vector<Period> periods;
  std::vector<StandingAct> acts;

  RenewalFacts facts() const { return Facts(periods, acts); }
  // The register's key: no period is stored over another one, also not over a cancelled one.
  bool HasPeriodFrom(absl::CivilDay start) const {
    return std::any_of(periods.begin(), periods.end(),
                       [&](const Period& period) { return period.start == start; });
  }
  bool Stands(absl::CivilDay day) const {
    return std::any_of(periods.begin(), periods.end(), [&](const Period& period) {
      const auto state = StateOn(period, acts, 30, day);
      return state == v1::Membership::STATE_ACTIVE || state == v1::Membership::STATE_GRACE;
    });
  }
};

void Step(std::mt19937& random, absl::CivilDay day, Life& life, Model& model) {
  switch (random() % 8) {
    case 0: {
      const RenewalAnswer answer = PlanEnrolment(life.facts(), day, day);
      EXPECT_EQ(answer.refusal == RenewalRefusal::kNone, !model.StandsOn(day)) << FormatDate(day);
      if (answer.refusal != RenewalRefusal::kNone || life.HasPeriodFrom(day)) return;
      life.periods.push_back(answer.next.period);
      model.Enrol(day);
      return;
    }
    case 1: {
      const auto ended = CancelledBy(life.facts(), day);
      EXPECT_EQ(ended.empty(), !model.StandsOn(day)) << FormatDate(day);
      for (const Period& period : ended) {
        life.acts.push_back(
            {.kind = ActKind::kCancelled, .on = day, .category = period.category, .start = period.start});
      }
      if (!ended.empty()) model.Cancel();
      return;
    }
    case 2:
      life.acts.push_back(Suspended(FormatDate(day).c_str()));
      EXPECT_FALSE(life.Stands(day));
      EXPECT_EQ(PlanRenewal(life.facts(), RenewalTiming::kAnyTime, day).refusal, RenewalRefusal::kSuspended);
      life.acts.push_back(Reinstated(FormatDate(day).c_str()));
      return;
    default: {
      if (!model.paid_until().has_value()) return;
      const RenewalAnswer answer = PlanRenewal(life.facts(), RenewalTiming::kAnyTime, day);
      if (answer.refusal == RenewalRefusal::kAlreadyRenewed) return;
      ASSERT_EQ(answer.refusal, RenewalRefusal::kNone) << FormatDate(day);
      if (life.HasPeriodFrom(answer.next.period.start)) return;
      life.periods.push_back(answer.next.period);
      model.Renew(day);
      EXPECT_EQ(answer.next.member_since, model.since()) << FormatDate(day);
      EXPECT_EQ(answer.next.period.end, model.paid_until()) << FormatDate(day);
    }
  }
}

TEST(PlanRenewal, AgreesWithASmallModelOverRandomLives) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    Life life;
    Model model;
    absl::CivilDay day = Day("2019-12-01") + static_cast<int>(random() % 120);  // about a 29 February
    for (int step = 0; step < 60 && !::testing::Test::HasFailure(); ++step) {
      Step(random, day, life, model);
      EXPECT_EQ(life.Stands(day), model.StandsOn(day)) << FormatDate(day);
      day += 1 + static_cast<int>(random() % 200);
    }
    // No day is covered twice, and none was ever taken back.
    const auto by_start = [](const Period& a, const Period& b) { return a.start < b.start; };
    std::sort(life.periods.begin(), life.periods.end(), by_start);
    for (std::size_t i = 1; i < life.periods.size(); ++i) {
      const absl::CivilDay start = life.periods[i].start;
      const auto cancelled = [&](const Period& period) {
        return StateOn(period, life.acts, 0, start) == v1::Membership::STATE_CANCELLED;
      };
      EXPECT_TRUE(cancelled(life.periods[i - 1]) || cancelled(life.periods[i]) ||
                  *life.periods[i - 1].end <= start)
          << FormatDate(start);
    }
  }
}

}  // namespace
}  // namespace plenary::membership::rules
