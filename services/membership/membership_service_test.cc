#include <atomic>
#include <barrier>
#include <thread>

#include "absl/time/clock.h"
#include "common/db/transact.h"
#include "common/ids/id.h"
#include "common/testing/every_caller.h"
#include "services/membership/daily_renewals.h"
#include "services/membership/limits_dues.h"
#include "services/membership/store/links.h"
#include "services/membership/testing_dues.h"

namespace plenary::membership {
namespace {

using absl::StatusCode;
using testing::IsError;
using v1::Membership;

class MembershipServiceTest : public DuesTest {
 protected:
  // Ada, of her company.
  void MakeAdministrator() {
    ASSERT_OK(
        db::Transact(database_.pool(), absl::Now() + absl::Seconds(20), [&](db::Transaction& transaction) {
          return store::OpenLink(transaction, ids_, ada_.substr(7), company_.substr(10),
                                 store::LinkRole::kAdministrator, absl::CivilDay(2022, 1, 1), "test")
              .status();
        }));
  }
  // Calls at the same time, and counts those that came through; the others must say the reason.
  template <typename Act>
  int Race(int callers, const std::string& reason, const Act& act) {
    std::barrier start(callers);
    std::atomic<int> done = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < callers; ++i) {
      threads.emplace_back([&] {
        start.arrive_and_wait();
        const auto result = act();
        if (result.ok()) {
          ++done;
        } else {
          EXPECT_EQ(ReasonOf(result.status()), reason) << result.status();
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    return done;
  }
};

TEST_F(MembershipServiceTest, HoldsEveryPolicy) {
  testing::ExpectEveryPolicyHolds(
      suite_, dues_server_.channel(),
      {"plenary.membership.v1.MembershipService", "plenary.membership.v1.DuesService"});
}

TEST_F(MembershipServiceTest, EnrolsAPersonAndACompanyForAPrice) {
  ASSERT_OK_AND_ASSIGN(const v1::Enrolment enrolment, Enrol(ada_));
  EXPECT_EQ(enrolment.membership().start_date(), "2022-08-20");
  EXPECT_EQ(enrolment.membership().end_date(), "2023-08-20");
  EXPECT_EQ(enrolment.membership().state(), Membership::STATE_ACTIVE);
  EXPECT_EQ(enrolment.price_cents(), 10'000);
  ASSERT_OK_AND_ASSIGN(const v1::Invoice invoice, Invoice(enrolment.invoice()));
  EXPECT_EQ(invoice.amount_cents(), 10'000);
  EXPECT_EQ(invoice.state(), v1::Invoice::STATE_OPEN);
  EXPECT_EQ(invoice.begun_on(), "2022-08-20");
  EXPECT_EQ(invoice.due_date(), "2022-09-19");
  EXPECT_EQ(invoice.description(), "professional membership from 2022-08-20 to 2023-08-19");
  ASSERT_EQ(Periods(ada_).price_locks_size(), 1);
  EXPECT_EQ(Periods(ada_).price_locks(0).price_cents(), 10'000);
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM notices WHERE template = 'invoice'"), "1");

  ASSERT_OK_AND_ASSIGN(const v1::Enrolment company, Enrol(company_, "2020-02-29"));
  EXPECT_EQ(company.holder(), company_);
  EXPECT_EQ(company.membership().end_date(), "2021-02-28");
  EXPECT_EQ(company.membership().state(), Membership::STATE_LAPSED);
}

TEST_F(MembershipServiceTest, RefusesAnEnrolmentThatCannotBe) {
  ASSERT_OK(Enrol(ada_));
  EXPECT_THAT(Enrol(ada_), IsError(StatusCode::kAlreadyExists, "MEMBERSHIP_RUNS"));
  EXPECT_THAT(Enrol(ada_, "2023-09-01"), IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(Enrol(ada_, "2023-02-29"), IsError(StatusCode::kInvalidArgument, "DATE_INVALID"));
  EXPECT_THAT(Enrol("people/none"), IsError(StatusCode::kNotFound, "PERSON_NOT_FOUND"));
  EXPECT_THAT(Enrol("companies/none"), IsError(StatusCode::kNotFound, "COMPANY_NOT_FOUND"));
  EXPECT_THAT(Enrol(ada_, "", "none"), IsError(StatusCode::kNotFound, "CATEGORY_NOT_FOUND"));
  EXPECT_THAT(Enrol("bodies/board"), IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
  ASSERT_OK(Cancel(ada_));
  EXPECT_THAT(Enrol(ada_), IsError(StatusCode::kAlreadyExists, "PERIOD_EXISTS"));
}

TEST_F(MembershipServiceTest, APreviewStoresNothing) {
  v1::EnrolRequest enrol;
  enrol.set_holder(ada_);
  enrol.set_category("categories/professional");
  enrol.set_validate_only(true);
  ASSERT_OK_AND_ASSIGN(const v1::Enrolment preview, Ask(&Memberships::Enrol, enrol));
  EXPECT_EQ(preview.price_cents(), 10'000);
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM memberships WHERE category = 'professional'"), "0");
  ASSERT_OK(Enrol(ada_, "2021-08-24"));
  v1::RenewRequest renew;
  renew.set_holder(ada_);
  renew.set_category("categories/professional");
  renew.set_validate_only(true);
  SaveCategory("professional", 15'000, 12, "2022-08-20");
  ASSERT_OK_AND_ASSIGN(const v1::Enrolment next, Ask(&Memberships::Renew, renew, As("ada@example.org")));
  EXPECT_EQ(next.membership().end_date(), "2023-08-24");
  EXPECT_EQ(next.price_cents(), 10'000);
  EXPECT_TRUE(next.price_locked());
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM memberships WHERE category = 'professional'"), "1");
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM invoices"), "1");
}

TEST_F(MembershipServiceTest, KeepsTheTwentyNinthOfFebruary) {
  PassTo("2024-02-29");
  ASSERT_OK(Enrol(ada_));
  std::vector<std::string> ends;
  for (const std::string day : {"2025-02-20", "2026-03-10", "2027-02-28", "2028-03-29"}) {
    PassTo(day);
    ASSERT_OK_AND_ASSIGN(const v1::Enrolment renewal, Renew(ada_));
    ends.push_back(renewal.membership().end_date());
    EXPECT_EQ(renewal.member_since(), "2024-02-29");
  }
  EXPECT_EQ(ends, (std::vector<std::string>{"2026-02-28", "2027-02-28", "2028-02-29", "2029-02-28"}));
}

TEST_F(MembershipServiceTest, TwoRenewalsAtOnceGiveOnePeriod) {
  ASSERT_OK(Enrol(ada_, "2021-08-24"));
  const auto renewed = [&](const std::string& reason) {
    return Race(8, reason, [&] { return Renew(ada_); });
  };
  EXPECT_EQ(renewed("ALREADY_RENEWED"), 1) << "while active";
  PassTo("2023-09-10");
  EXPECT_EQ(renewed("RENEWAL_NOT_OPEN"), 1) << "in grace";
  PassTo("2024-12-01");
  EXPECT_EQ(renewed("RENEWAL_NOT_OPEN"), 1) << "after a lapse";
  EXPECT_EQ(Race(8, "ALREADY_RENEWED", [&] { return Renew(ada_, "professional", "2025-12-01"); }), 1)
      << "by its end";
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM memberships WHERE category = 'professional'"), "5");
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM invoices"), "5");
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM price_locks WHERE category_now IS NOT NULL"), "1");
}

TEST_F(MembershipServiceTest, TwoEnrolmentsAtOnceGiveOnePeriod) {
  EXPECT_EQ(Race(8, "MEMBERSHIP_RUNS", [&] { return Enrol(ada_); }), 1);
}

TEST_F(MembershipServiceTest, LocksThePriceUntilALapse) {
  ASSERT_OK(Enrol(ada_, "2021-08-24"));
  SaveCategory("professional", 15'000, 12, "2022-08-20");
  PassTo("2022-09-22");
  ASSERT_OK_AND_ASSIGN(const v1::Enrolment in_grace, Renew(ada_));
  EXPECT_EQ(in_grace.price_cents(), 10'000);
  EXPECT_TRUE(in_grace.price_locked());
  PassTo("2023-09-23");
  ASSERT_OK_AND_ASSIGN(const v1::Enrolment lapsed, Renew(ada_));
  EXPECT_EQ(lapsed.price_cents(), 15'000);
  EXPECT_EQ(lapsed.membership().start_date(), "2023-09-23");
  const auto locks = Periods(ada_).price_locks();
  ASSERT_EQ(locks.size(), 2);
  EXPECT_EQ(locks[0].end_date(), "2023-09-23");
  EXPECT_EQ(locks[1].since(), "2023-09-23");
  EXPECT_EQ(locks[1].end_date(), "");
}

TEST_F(MembershipServiceTest, RefusesARenewalThatCannotBe) {
  EXPECT_THAT(Renew(ada_), IsError(StatusCode::kNotFound, "MEMBERSHIP_NOT_FOUND"));
  EXPECT_THAT(Renew(ada_, "none"), IsError(StatusCode::kNotFound, "CATEGORY_NOT_FOUND"));
  EXPECT_THAT(Renew(ada_, "registered"), IsError(StatusCode::kFailedPrecondition, "MEMBERSHIP_ENDLESS"));
  v1::RenewRequest unnamed;
  unnamed.set_holder(ada_);
  EXPECT_THAT(Ask(&Memberships::Renew, unnamed), IsError(StatusCode::kInvalidArgument, "CATEGORY_NEEDED"));
  ASSERT_OK(Enrol(ada_));
  EXPECT_THAT(Renew(ada_), IsError(StatusCode::kFailedPrecondition, "RENEWAL_NOT_OPEN"));
  EXPECT_THAT(Renew(ada_, "professional", "2023-08-19"),
              IsError(StatusCode::kAlreadyExists, "ALREADY_RENEWED"));
  EXPECT_THAT(Renew(ada_, "professional", "soon"), IsError(StatusCode::kInvalidArgument, "DATE_INVALID"));
  EXPECT_OK(Renew(ada_, "professional", "2023-08-20"));
  EXPECT_OK(Cancel(ada_, "2022-09-01"));
  EXPECT_THAT(Renew(ada_), IsError(StatusCode::kFailedPrecondition, "MEMBERSHIP_CANCELLED"));
}

TEST_F(MembershipServiceTest, APeriodEnteredLaterLeavesTheLockThatHolds) {
  ASSERT_OK(Enrol(ada_, "2021-08-24"));
  ASSERT_OK(Enrol(ada_, "2018-08-24"));
  const auto locks = Periods(ada_).price_locks();
  ASSERT_EQ(locks.size(), 2);
  EXPECT_EQ(locks[0].since(), "2018-08-24");
  EXPECT_EQ(locks[0].end_date(), "2021-08-24");
  EXPECT_EQ(locks[1].since(), "2021-08-24");
  EXPECT_EQ(locks[1].end_date(), "");
  SaveCategory("professional", 15'000, 12, "2022-08-20");
  ASSERT_OK_AND_ASSIGN(const v1::Enrolment renewal, Renew(ada_));
  EXPECT_EQ(renewal.price_cents(), 10'000);
}

TEST_F(MembershipServiceTest, RenewsAtMostTenYearsAhead) {
  ASSERT_OK(Enrol(ada_, "2021-08-24"));
  for (int year = 2022; year < 2032; ++year) {
    ASSERT_OK(Renew(ada_, "professional", std::to_string(year) + "-08-24"));
  }
  EXPECT_THAT(Renew(ada_, "professional", "2032-08-24"),
              IsError(StatusCode::kFailedPrecondition, "RENEWAL_TOO_FAR"));
  PassTo("2022-08-24");
  EXPECT_OK(Renew(ada_, "professional", "2032-08-24"));
}

TEST_F(MembershipServiceTest, AMemberRenewsWhatIsFreeAndPaysForTheRest) {
  ASSERT_OK(Enrol(ada_, "2021-08-24", "free-year"));
  v1::RenewRequest request;
  ASSERT_OK_AND_ASSIGN(const v1::Enrolment renewal, Ask(&Memberships::Renew, request, As("ada@example.org")));
  EXPECT_EQ(renewal.membership().category(), "categories/free-year");
  EXPECT_EQ(renewal.invoice(), "");
  ASSERT_OK(Enrol(ada_, "2021-08-24"));
  request.set_category("categories/professional");
  EXPECT_THAT(Ask(&Memberships::Renew, request, As("ada@example.org")),
              IsError(StatusCode::kFailedPrecondition, "PAYMENT_NEEDED"));
  request.set_holder(company_);
  EXPECT_THAT(Ask(&Memberships::Renew, request, As("ada@example.org")),
              IsError(StatusCode::kPermissionDenied, "NOT_THE_HOLDER"));
  MakeAdministrator();
  EXPECT_THAT(Ask(&Memberships::Renew, request, As("ada@example.org")),
              IsError(StatusCode::kNotFound, "MEMBERSHIP_NOT_FOUND"));
}

TEST_F(MembershipServiceTest, CancelsForADayToComeAndEndsThePriceLock) {
  ASSERT_OK(Enrol(ada_, "2021-08-24"));
  v1::CancelRequest own;
  own.set_effective_date("2022-08-19");
  own.set_category("categories/professional");
  EXPECT_THAT(Ask(&Memberships::Cancel, own, As("ada@example.org")),
              IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
  own.set_effective_date("2022-08-22");
  ASSERT_OK_AND_ASSIGN(const v1::CancelResponse cancelled,
                       Ask(&Memberships::Cancel, own, As("ada@example.org")));
  ASSERT_EQ(cancelled.acts_size(), 1);
  EXPECT_EQ(cancelled.acts(0).source(), ada_);
  EXPECT_EQ(StateOn("2022-08-21"), Membership::STATE_ACTIVE);
  EXPECT_EQ(StateOn("2022-08-22"), Membership::STATE_CANCELLED);
  EXPECT_EQ(Periods(ada_).price_locks(0).end_date(), "2022-08-22");
  EXPECT_THAT(Cancel(ada_), IsError(StatusCode::kFailedPrecondition, "MEMBERSHIP_CANCELLED"));
  PassTo("2022-08-25");
  ASSERT_OK_AND_ASSIGN(const v1::Enrolment anew, Renew(ada_));
  EXPECT_EQ(anew.membership().start_date(), "2022-08-25");
  PassTo("2024-01-01");
  EXPECT_THAT(Cancel(ada_), IsError(StatusCode::kFailedPrecondition, "MEMBERSHIP_OVER"));
  v1::CancelRequest unnamed;
  unnamed.set_holder(company_);
  ASSERT_OK(Enrol(company_, "2021-08-24"));
  EXPECT_THAT(Ask(&Memberships::Cancel, unnamed), IsError(StatusCode::kFailedPrecondition, "MEMBERSHIP_OVER"))
      << "the only one there was";
}

TEST_F(MembershipServiceTest, ARepeatedCancellationGetsItsAnswerAfterMidnight) {
  ASSERT_OK(Enrol(ada_, "2021-08-24"));
  suite_.clock().Set(Noon("2022-08-20") + absl::Hours(11) + absl::Minutes(59));
  v1::CancelRequest own;
  own.set_effective_date("2022-08-20");
  own.set_category("categories/professional");
  own.set_request_id(RandomUuid());
  ASSERT_OK_AND_ASSIGN(const auto first, Ask(&Memberships::Cancel, own, As("ada@example.org")));
  suite_.clock().Set(Noon("2022-08-20") + absl::Hours(12) + absl::Minutes(1));
  ASSERT_OK_AND_ASSIGN(const auto again, Ask(&Memberships::Cancel, own, As("ada@example.org")));
  EXPECT_EQ(first.SerializeAsString(), again.SerializeAsString());
  own.set_request_id(RandomUuid());
  EXPECT_THAT(Ask(&Memberships::Cancel, own, As("ada@example.org")),
              IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"))
      << "another request is for a day that has passed";
}

TEST_F(MembershipServiceTest, CancelsNothingWithoutAMembership) {
  v1::CancelRequest nothing;
  nothing.set_holder(company_);
  EXPECT_THAT(Ask(&Memberships::Cancel, nothing), IsError(StatusCode::kInvalidArgument, "CATEGORY_NEEDED"));
  nothing.set_category("categories/professional");
  EXPECT_THAT(Ask(&Memberships::Cancel, nothing), IsError(StatusCode::kNotFound, "MEMBERSHIP_NOT_FOUND"));
}

TEST_F(MembershipServiceTest, SuspendsOnceAMotionAndNamesIt) {
  ASSERT_OK(Enrol(ada_, "2021-08-24"));
  ASSERT_OK_AND_ASSIGN(const v1::MembershipAct first, Suspend("2022-08-20"));
  ASSERT_OK_AND_ASSIGN(const v1::MembershipAct again, Suspend("2022-08-20"));
  EXPECT_EQ(first.SerializeAsString(), again.SerializeAsString());
  EXPECT_THAT(Suspend("2022-08-21"), IsError(StatusCode::kAlreadyExists, "MOTION_ACTED"));
  EXPECT_EQ(StateOn("2022-08-20"), Membership::STATE_SUSPENDED);
  const auto periods = Periods(ada_).periods();
  EXPECT_EQ(periods.rbegin()->motion(), "bodies/board/motions/m1");
  EXPECT_THAT(Renew(ada_), IsError(StatusCode::kFailedPrecondition, "MEMBERSHIP_SUSPENDED"));
  EXPECT_THAT(Enrol(ada_, "", "free-year"), IsError(StatusCode::kFailedPrecondition, "MEMBERSHIP_SUSPENDED"));

  v1::ReinstateRequest request;
  request.set_holder(ada_);
  request.set_effective_date("2022-08-19");
  request.set_motion("bodies/board/motions/m2");
  request.set_reason("Gave it back.");
  EXPECT_THAT(Ask(&Memberships::Reinstate, request, suite_.Service("committee")),
              IsError(StatusCode::kAborted, "NOT_SUSPENDED"))
      << "the committee's outbox asks again: the suspension may be on its way";
  request.set_effective_date("2022-08-23");
  ASSERT_OK(Ask(&Memberships::Reinstate, request, suite_.Service("committee")));
  EXPECT_EQ(StateOn("2022-08-22"), Membership::STATE_SUSPENDED);
  EXPECT_EQ(StateOn("2022-08-23"), Membership::STATE_ACTIVE);
  EXPECT_EQ(Periods(ada_).acts_size(), 2);
  EXPECT_THAT(Ask(&Memberships::Reinstate, request), IsError(StatusCode::kPermissionDenied, "NOT_ALLOWED"))
      << "not even staff";
}

TEST_F(MembershipServiceTest, NobodyVotesForASuspendedCompany) {
  v1::SuspendRequest request;
  request.set_holder(company_);
  request.set_effective_date("2022-08-20");
  request.set_motion("bodies/board/motions/m1");
  request.set_reason("Sold the members' list.");
  ASSERT_OK(Ask(&Memberships::Suspend, request, suite_.Service("committee")));
  const auto explain = [&](const std::string& company, const std::string& day) {
    v1::ExplainEligibilityRequest question;
    question.set_company(company);
    question.set_as_of(day);
    return testing::Invoke(&v1::RollService::Stub::ExplainEligibility, *rolls_, suite_.Staff(), question);
  };
  for (const std::string& company : {company_, std::string()}) {  // asked about alone, and page by page
    ASSERT_OK_AND_ASSIGN(const auto before, explain(company, "2022-08-19"));
    EXPECT_TRUE(before.companies(0).eligible());
    ASSERT_OK_AND_ASSIGN(const auto suspended, explain(company, "2022-08-20"));
    EXPECT_EQ(suspended.companies(0).reason(), "NOT_IN_GOOD_STANDING");
    EXPECT_EQ(suspended.companies(0).remedy(),
              "Ask the board to reinstate the company, which it suspended by bodies/board/motions/m1.");
  }
}

TEST_F(MembershipServiceTest, OneMotionActsOnceUnderARace) {
  ASSERT_OK(Enrol(ada_, "2021-08-24"));
  suite_.Service("committee");  // its keys are made here, not by eight threads
  EXPECT_EQ(Race(8, "", [&] { return Suspend("2022-08-20"); }), 8) << "each gets the first answer";
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM membership_acts"), "1");
}

TEST_F(MembershipServiceTest, RecordsADeathOnce) {
  ASSERT_OK_AND_ASSIGN(const v1::Enrolment enrolment, Enrol(ada_, "2021-08-24"));
  ASSERT_OK(CreateInvoice(ada_));
  v1::RecordDeathRequest request;
  request.set_person(ada_);
  request.set_died_on("2022-08-21");
  EXPECT_THAT(Ask(&Memberships::RecordDeath, request),
              IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
  request.set_died_on("2022-08-18");
  ASSERT_OK(Ask(&Memberships::RecordDeath, request));
  EXPECT_THAT(Ask(&Memberships::RecordDeath, request),
              IsError(StatusCode::kAlreadyExists, "HOLDER_DECEASED"));
  EXPECT_EQ(StateOn(""), Membership::STATE_DECEASED);
  EXPECT_EQ(StateOn("2022-08-17"), Membership::STATE_ACTIVE);
  EXPECT_THAT(Renew(ada_), IsError(StatusCode::kFailedPrecondition, "HOLDER_DECEASED"));
  EXPECT_THAT(Suspend("2022-08-20"), IsError(StatusCode::kFailedPrecondition, "HOLDER_DECEASED"));
  EXPECT_EQ(Periods(ada_).price_locks(0).end_date(), "2022-08-18");
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM invoices WHERE voided_on IS NOT NULL"), "1")
      << "of the period that never began";
  const auto counts = RunRenewals();
  EXPECT_EQ(counts.notices() + counts.invoices(), 0);
}

TEST_F(MembershipServiceTest, ListsPeriodsPageByPageToThoseConcerned) {
  ASSERT_OK(Enrol(ada_, "2021-08-24"));
  v1::ListPeriodsRequest request;
  request.set_page_size(1);
  ASSERT_OK_AND_ASSIGN(const auto first, Ask(&Memberships::ListPeriods, request, As("ada@example.org")));
  ASSERT_EQ(first.periods_size(), 1);
  EXPECT_EQ(first.periods(0).category(), "categories/registered");
  EXPECT_EQ(first.price_locks_size(), 1);
  request.set_page_token(first.next_page_token());
  ASSERT_OK_AND_ASSIGN(const auto second, Ask(&Memberships::ListPeriods, request, As("ada@example.org")));
  EXPECT_EQ(second.periods(0).start_date(), "2021-08-24");
  EXPECT_EQ(second.next_page_token(), "");
  EXPECT_EQ(second.price_locks_size(), 0);
  request.set_holder("people/other");
  EXPECT_THAT(Ask(&Memberships::ListPeriods, request, As("ada@example.org")),
              IsError(StatusCode::kPermissionDenied, "NOT_THE_HOLDER"));
  EXPECT_THAT(Ask(&Memberships::ListPeriods, request), IsError(StatusCode::kNotFound, "PERSON_NOT_FOUND"));
  request.set_as_of("never");
  EXPECT_THAT(Ask(&Memberships::ListPeriods, request), IsError(StatusCode::kInvalidArgument, "DATE_INVALID"));
}

TEST_F(MembershipServiceTest, HoldsItsLimits) {
  v1::CancelRequest request;
  request.set_holder(ada_);
  request.set_category("categories/registered");
  request.set_reason(std::string(limits::kLongestActReason + 1, 'x'));
  EXPECT_THAT(Ask(&Memberships::Cancel, request), IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
  request.set_reason(std::string(limits::kLongestActReason, 'x'));
  EXPECT_OK(Ask(&Memberships::Cancel, request));
  EXPECT_OK(Enrol(ada_, "2023-08-21")) << "366 days ahead";
  EXPECT_THAT(Enrol(ada_, "2023-08-22"), IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
}

TEST_F(MembershipServiceTest, RunsTheRenewalsOfEachDayOnce) {
  ASSERT_OK(Enrol(ada_, "2021-08-24"));
  EXPECT_EQ(RunRenewals().ShortDebugString(), "holders: 1 invoices: 1 notices: 1 done: true");
  EXPECT_EQ(RunRenewals().ShortDebugString(), "holders: 1 done: true");
  const std::vector<std::pair<std::string, std::string>> days = {
      {"2022-08-24", "renewal-today"}, {"2022-09-01", "renewal-after"}, {"2022-09-23", "renewal-lapsed"}};
  for (const auto& [day, name] : days) {
    PassTo(day);
    EXPECT_EQ(RunRenewals().notices(), 1) << day;
    EXPECT_EQ(RunRenewals().notices(), 0) << day;
    EXPECT_EQ(database_.One("SELECT template FROM notices ORDER BY sequence DESC LIMIT 1"), name);
  }
  EXPECT_EQ(Periods(ada_).price_locks(0).end_date(), "2022-09-23") << "the lapse ended it";
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM invoices"), "2");
}

TEST_F(MembershipServiceTest, TellsOfGraceOnlyWhileThereIsSome) {
  struct Case {
    int grace_days;
    const char* day;
    const char* said;
  };
  ASSERT_OK(Enrol(ada_, "2021-08-24"));
  for (const Case& row : std::vector<Case>{{0, "2022-08-24", "renewal-today 2022-08-24"},
                                           {0, "2022-08-31", "renewal-lapsed 2022-08-24"},
                                           {1, "2022-08-24", "renewal-today 2022-08-24"},
                                           {30, "2022-08-31", "renewal-after 2022-09-22"},
                                           {30, "2022-09-23", "renewal-lapsed 2022-09-23"},
                                           {31, "2022-09-23", "renewal-after 2022-09-23"},
                                           {45, "2022-09-23", "renewal-after 2022-10-07"}}) {
    database_.Run("UPDATE category_versions SET grace_days = " + std::to_string(row.grace_days));
    database_.Run("DELETE FROM notices");
    database_.Run("DELETE FROM renewal_days");
    PassTo(row.day);
    EXPECT_EQ(RunRenewals().notices(), 1);
    EXPECT_EQ(database_.One("SELECT CONCAT_WS(' ', template, JSON_VALUE(template_values, '$.grace_until'),"
                            " JSON_VALUE(template_values, '$.lapsed_on')) FROM notices"
                            " WHERE template LIKE 'renewal%'"),
              row.said)
        << row.grace_days << " days of grace on " << row.day;
  }
}

TEST_F(MembershipServiceTest, EndsLocksOfThoseWhoLapsedLongAgo) {
  ASSERT_OK(Enrol(ada_, "2021-08-24"));
  PassTo("2025-01-01");
  EXPECT_EQ(RunRenewals().ShortDebugString(), "holders: 1 locks_ended: 1 done: true");
  EXPECT_EQ(RunRenewals().holders(), 0);
  EXPECT_EQ(Periods(ada_).price_locks(0).end_date(), "2022-09-23");
}

TEST_F(MembershipServiceTest, TellsTheAdministratorsOfACompany) {
  MustImport("bob@example.org,Bob,Ada & Co,registered,2020-01-01,,2,,\n");
  ASSERT_OK(Enrol(company_, "2021-08-24"));
  MakeAdministrator();
  EXPECT_EQ(RunRenewals().ShortDebugString(), "holders: 1 invoices: 1 notices: 1 done: true");
  EXPECT_EQ(database_.One("SELECT address FROM notices WHERE template LIKE 'renewal%'"), "ada@example.org");
}

TEST_F(MembershipServiceTest, TellsThePeopleOfACompanyThatHasNoAdministrator) {
  MustImport("bob@example.org,Bob,Ada & Co,registered,2020-01-01,,2,,\n");
  ASSERT_OK(Enrol(company_, "2021-08-24"));
  EXPECT_EQ(RunRenewals().ShortDebugString(), "holders: 1 invoices: 1 notices: 2 done: true");
  EXPECT_EQ(database_.Column("SELECT address FROM notices WHERE template LIKE 'renewal%' ORDER BY address"),
            (std::vector<std::string>{"ada@example.org", "bob@example.org"}));
}

TEST_F(MembershipServiceTest, CountsCompaniesThatHaveNobodyToTell) {
  ASSERT_OK(Enrol(company_, "2021-08-24"));
  database_.Run("UPDATE links SET end_date = '2022-01-01', employee_now = NULL");
  EXPECT_EQ(RunRenewals().ShortDebugString(), "holders: 1 invoices: 1 without_addressee: 1 done: true");
  MakeAdministrator();
  EXPECT_EQ(RunRenewals().notices(), 1) << "nobody was told before";
  EXPECT_EQ(database_.One("SELECT address FROM notices WHERE template LIKE 'renewal%'"), "ada@example.org");
}

TEST_F(MembershipServiceTest, RenewsManyPagesAndSomeAtTheSameTime) {
  std::string rows;
  for (int i = 0; i < limits::kRenewalPage + 5; ++i) {
    const std::string n = std::to_string(i);
    rows += "m" + n + "@example.org,M" + n + ",C" + n + ",professional,2021-08-24,2022-08-23,2,,\n";
  }
  MustImport(rows);
  EXPECT_EQ(Race(2, "", [&]() -> absl::StatusOr<int> { return RunRenewals().holders(); }), 2);
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM invoices"), std::to_string(limits::kRenewalPage + 5));
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM notices"), std::to_string(limits::kRenewalPage + 5));
}

TEST_F(MembershipServiceTest, DoesTheDayByItself) {
  ASSERT_OK(Enrol(ada_, "2021-08-24"));
  DailyRenewals daily(database_.pool(), ids_, suite_.clock());
  ASSERT_OK_AND_ASSIGN(const bool first, daily.DoToday());
  EXPECT_TRUE(first);
  ASSERT_OK_AND_ASSIGN(const bool second, daily.DoToday());
  EXPECT_FALSE(second);
  PassTo("2022-08-24");
  ASSERT_OK_AND_ASSIGN(const bool tomorrow, daily.DoToday());
  EXPECT_TRUE(tomorrow);
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM notices WHERE template LIKE 'renewal%'"), "2");
}

}  // namespace
}  // namespace plenary::membership
