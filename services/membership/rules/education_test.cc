#include "services/membership/rules/education.h"

#include <gtest/gtest.h>

#include "services/membership/rules/testing_society.h"

namespace plenary::membership::rules {
namespace {

TEST(JudgeEarnedDay, TakesTheLastTwoYears) {
  const absl::CivilDay today = Day("2022-08-20");
  EXPECT_EQ(JudgeEarnedDay(today, today), EarnedDay::kCounts);
  EXPECT_EQ(JudgeEarnedDay(today + 1, today), EarnedDay::kInFuture);
  EXPECT_EQ(JudgeEarnedDay(today - 731, today), EarnedDay::kCounts);
  EXPECT_EQ(JudgeEarnedDay(today - 732, today), EarnedDay::kTooLongAgo);
}

TEST(IsOffered, CountsTheFirstAndTheLastDay) {
  v1::Course course;
  EXPECT_TRUE(IsOffered(course, Day("1950-01-01"))) << "from ever, without end";
  course.set_valid_from("2022-01-01");
  course.set_valid_until("2022-12-31");
  EXPECT_FALSE(IsOffered(course, Day("2021-12-31")));
  EXPECT_TRUE(IsOffered(course, Day("2022-01-01")));
  EXPECT_TRUE(IsOffered(course, Day("2022-12-31")));
  EXPECT_FALSE(IsOffered(course, Day("2023-01-01")));
}

TEST(BarOfDecision, AnswersForEveryState) {
  struct Case {
    const char* sentence;
    v1::Claim::State state;
    const char* decider;
    const char* etag;
    DecisionBar bar;
  };
  for (const Case& row : std::vector<Case>{
           {"a colleague decides what waits", v1::Claim::STATE_CLAIMED, "people/b", "", DecisionBar::kOpen},
           {"also by its etag", v1::Claim::STATE_CLAIMED, "people/b", "3", DecisionBar::kOpen},
           {"nobody decides their own", v1::Claim::STATE_CLAIMED, "people/a", "", DecisionBar::kOwn},
           {"nor changes a decision on it", v1::Claim::STATE_REFUSED, "people/a", "3", DecisionBar::kOwn},
           {"what was taken back stays so", v1::Claim::STATE_WITHDRAWN, "people/b", "3",
            DecisionBar::kWithdrawn},
           {"an old etag decides nothing", v1::Claim::STATE_CLAIMED, "people/b", "2", DecisionBar::kChanged},
           {"nor overturns", v1::Claim::STATE_APPROVED, "people/b", "2", DecisionBar::kChanged},
           {"a decision stands", v1::Claim::STATE_APPROVED, "people/b", "", DecisionBar::kDecided},
           {"either way", v1::Claim::STATE_REFUSED, "people/b", "", DecisionBar::kDecided},
           {"but for who has read it", v1::Claim::STATE_APPROVED, "people/b", "3", DecisionBar::kOpen}}) {
    v1::Claim claim;
    claim.set_person("people/a");
    claim.set_state(row.state);
    claim.set_etag("3");
    EXPECT_EQ(BarOfDecision(claim, row.decider, row.etag), row.bar) << row.sentence;
  }
}

v1::Track Technician() {
  v1::Track track;
  track.add_courses("courses/cables");
  track.add_courses("courses/safety");
  track.set_required_credit_hundredths(500);
  track.set_within_months(12);
  return track;
}

TEST(GapOf, NamesWhatIsMissing) {
  struct Case {
    const char* sentence;
    std::vector<ApprovedCredit> credits;
    const char* gap;
  };
  const absl::CivilDay day = Day("2022-08-20");
  for (const Case& row : std::vector<Case>{
           {"nothing done", {}, "courses/cables, courses/safety, 5.00 credits"},
           {"one course", {{day, "courses/safety", 150}}, "courses/cables, 3.50 credits"},
           {"both, and other credits",
            {{day, "courses/safety", 150}, {day, "courses/cables", 150}, {day, "", 200}},
            ""},
           {"what was earned too early does not count",
            {{Day("2021-08-19"), "courses/safety", 400}, {Day("2021-08-20"), "courses/cables", 501}},
            "courses/safety"},
           {"nor what is to come",
            {{day + 1, "courses/safety", 400}, {day, "courses/cables", 499}},
            "courses/safety, 0.01 credits"}}) {
    const TrackGap gap = GapOf(Technician(), row.credits, day);
    EXPECT_EQ(gap.Text(), row.gap) << row.sentence;
    EXPECT_EQ(gap.empty(), gap.Text().empty()) << row.sentence;
  }
  v1::Track once = Technician();
  once.set_within_months(0);
  EXPECT_TRUE(GapOf(once,
                    {{Day("1990-01-01"), "courses/cables", 300}, {Day("1990-01-01"), "courses/safety", 300}},
                    day)
                  .empty())
      << "without a span everything counts";
}

TEST(AddMonths, StaysWithinTheMonth) {
  EXPECT_EQ(AddMonths(Day("2022-08-20"), 24), Day("2024-08-20"));
  EXPECT_EQ(AddMonths(Day("2022-01-31"), 1), Day("2022-02-28"));
  EXPECT_EQ(AddMonths(Day("2024-01-31"), 1), Day("2024-02-29"));
  EXPECT_EQ(AddMonths(Day("2024-02-29"), 12), Day("2025-02-28"));
  EXPECT_EQ(AddMonths(Day("2022-03-31"), -1), Day("2022-02-28"));
  EXPECT_EQ(AddMonths(Day("2022-01-15"), -13), Day("2020-12-15"));
}

TEST(CertificationStateOn, TellsTheFirstThatApplies) {
  const CertificationDays plain{.granted_on = Day("2022-01-01"), .valid_until = Day("2023-01-01")};
  EXPECT_EQ(CertificationStateOn(plain, Day("2022-12-31")), v1::Certification::STATE_VALID);
  EXPECT_EQ(CertificationStateOn(plain, Day("2023-01-01")), v1::Certification::STATE_EXPIRED);
  CertificationDays renewed = plain;
  renewed.renewed_on = Day("2022-12-01");
  EXPECT_EQ(CertificationStateOn(renewed, Day("2022-11-30")), v1::Certification::STATE_VALID);
  EXPECT_EQ(CertificationStateOn(renewed, Day("2023-06-01")), v1::Certification::STATE_RENEWED);
  CertificationDays revoked = plain;
  revoked.revoked_on = Day("2022-06-01");
  EXPECT_EQ(CertificationStateOn(revoked, Day("2022-05-31")), v1::Certification::STATE_VALID);
  EXPECT_EQ(CertificationStateOn(revoked, Day("2023-06-01")), v1::Certification::STATE_REVOKED);
  EXPECT_EQ(CertificationStateOn({.granted_on = Day("2022-01-01")}, Day("2099-01-01")),
            v1::Certification::STATE_VALID)
      << "without end";
}

TEST(StepOfGrant, RenewsNearTheEndOnly) {
  const CertificationDays held{.granted_on = Day("2022-01-01"), .valid_until = Day("2023-01-01")};
  const CertificationDays endless{.granted_on = Day("2022-01-01")};
  struct Case {
    const char* sentence;
    std::optional<CertificationDays> held;
    bool revoked_before;
    GrantedBy by;
    const char* day;
    GrantStep step;
  };
  for (const Case& row : std::vector<Case>{
           {"who has none gets it", std::nullopt, false, GrantedBy::kStaff, "2022-06-01", GrantStep::kGrant},
           {"by rule too", std::nullopt, false, GrantedBy::kRule, "2022-06-01", GrantStep::kGrant},
           {"a good one holds", held, false, GrantedBy::kStaff, "2022-10-02", GrantStep::kHolds},
           {"in its last 90 days it is renewed", held, false, GrantedBy::kStaff, "2022-10-03",
            GrantStep::kRenew},
           {"until its last", held, false, GrantedBy::kRule, "2022-12-31", GrantStep::kRenew},
           {"then it is granted anew", held, false, GrantedBy::kRule, "2023-01-01", GrantStep::kGrant},
           {"one without end is never renewed", endless, false, GrantedBy::kStaff, "2099-01-01",
            GrantStep::kHolds},
           {"staff may give back", std::nullopt, true, GrantedBy::kStaff, "2022-06-01", GrantStep::kGrant},
           {"what staff revoked no rule gives back", std::nullopt, true, GrantedBy::kRule, "2022-06-01",
            GrantStep::kLeaveToStaff},
           {"nor renews", held, true, GrantedBy::kRule, "2022-12-31", GrantStep::kLeaveToStaff}}) {
    EXPECT_EQ(StepOfGrant(row.held, row.revoked_before, row.by, Day(row.day)), row.step) << row.sentence;
  }
}

TEST(CreditYearsOf, CountsFromAnniversaryToAnniversary) {
  Categories categories = Society().categories;
  categories["professional"].set_required_credit_hundredths(1'000);
  PersonFacts person{.id = "a"};
  person = With(person, "professional", "2019-03-01", "2021-03-01");
  person = With(person, "professional", "2021-03-01", "2022-03-01");
  person = With(person, "staff", "2019-03-01");
  const std::vector<EarnedCredits> approved = {{Day("2019-02-28"), 900},
                                               {Day("2020-02-29"), 1'000},
                                               {Day("2021-03-01"), 400},
                                               {Day("2022-02-28"), 100}};
  const std::vector<EarnedCredits> claimed = {{Day("2021-06-01"), 700}};
  const auto years =
      CreditYearsOf(person.periods, person.acts, categories, approved, claimed, Day("2022-02-28"));
  ASSERT_EQ(years.size(), 3U) << "employment by the society is no membership";
  EXPECT_EQ(years[0].year.start, Day("2021-03-01")) << "the latest first, over the renewal";
  EXPECT_EQ(years[0].approved, 500);
  EXPECT_EQ(years[0].claimed, 700);
  EXPECT_EQ(years[0].missing(), 500);
  EXPECT_FALSE(years[0].completed);
  EXPECT_EQ(years[1].approved, 0);
  EXPECT_TRUE(years[1].completed);
  EXPECT_EQ(years[2].approved, 1'000) << "what was earned before the membership counts in no year";
  EXPECT_EQ(years[2].missing(), 0);
  EXPECT_EQ(
      CreditYearsOf(person.periods, person.acts, categories, approved, claimed, Day("2025-01-01")).size(), 3U)
      << "no year after the end";
  EXPECT_TRUE(
      CreditYearsOf(person.periods, person.acts, categories, approved, claimed, Day("2019-02-28")).empty());
  EXPECT_TRUE(CreditYearsOf({}, {}, categories, approved, claimed, Day("2022-01-01")).empty());
}

TEST(CreditYearsOf, BeginsAnewAfterACancellation) {
  PersonFacts person = With(With({.id = "a"}, "certified", "2022-01-01", "2023-01-01"), "certified",
                            "2023-01-01", "2024-01-01");
  person = With(person, "certified", "2023-09-01", "2024-09-01");
  person.acts = {{.kind = ActKind::kCancelled,
                  .on = Day("2023-06-01"),
                  .category = "certified",
                  .start = Day("2023-01-01")}};
  const auto years =
      CreditYearsOf(person.periods, person.acts, Society().categories, {}, {}, Day("2024-02-01"));
  ASSERT_EQ(years.size(), 2U);
  EXPECT_EQ(years[0].year.start, Day("2023-09-01"));
  EXPECT_FALSE(years[0].completed);
  EXPECT_EQ(years[1].year.start, Day("2022-01-01")) << "what was over before the cancellation stays";
}

}  // namespace
}  // namespace plenary::membership::rules
