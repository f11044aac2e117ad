#include <atomic>
#include <barrier>
#include <thread>

#include "services/membership/limits_dues.h"
#include "services/membership/testing_dues.h"

namespace plenary::membership {
namespace {

using absl::StatusCode;
using testing::IsError;
using v1::Membership;

class DuesServiceTest : public DuesTest {
 protected:
  // A professional since 24 August 2021, whose renewal is invoiced.
  std::string RenewalInvoice() {
    EXPECT_OK(Enrol(ada_, "2021-08-24"));
    const auto invoice = CreateInvoice(ada_);
    EXPECT_OK(invoice);
    return invoice.ok() ? invoice->name() : "";
  }
  v1::RecordContributionRequest Gift(const std::string& reference = "gift-1") {
    v1::RecordContributionRequest request;
    v1::Contribution& gift = *request.mutable_contribution();
    gift.set_kind(v1::PAYMENT_KIND_DONATION);
    gift.set_amount_cents(2'500);
    gift.set_reference(reference);
    gift.set_donor_name("A friend");
    gift.set_purpose("Scholarships");
    return request;
  }
  // Calls numbered from 0 at the same time; the number that came through, the others saying `reason`.
  template <typename Act>
  int Race(int callers, const std::string& reason, const Act& act) {
    std::barrier start(callers);
    std::atomic<int> done = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < callers; ++i) {
      threads.emplace_back([&, i] {
        start.arrive_and_wait();
        const auto result = act(i);
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

TEST_F(DuesServiceTest, APaymentThatCoversTheRenewalRenews) {
  const std::string invoice = RenewalInvoice();
  ASSERT_OK_AND_ASSIGN(const v1::Payment part, Pay(invoice, 4'000, "bank-1"));
  EXPECT_EQ(part.kind(), v1::PAYMENT_KIND_DUES);
  EXPECT_EQ(Invoice(invoice)->state(), v1::Invoice::STATE_PARTLY_PAID);
  EXPECT_EQ(Periods(ada_).periods_size(), 2);
  ASSERT_OK(Pay(invoice, 6'000, "bank-2", "2022-08-19"));
  ASSERT_OK_AND_ASSIGN(const v1::Invoice paid, Invoice(invoice));
  EXPECT_EQ(paid.state(), v1::Invoice::STATE_PAID);
  EXPECT_EQ(paid.begun_on(), "2022-08-24");
  EXPECT_EQ(paid.holder_name(), "Ada");
  const auto periods = Periods(ada_).periods();
  ASSERT_EQ(periods.size(), 3);
  EXPECT_EQ(periods[2].start_date(), "2022-08-24");
  EXPECT_EQ(periods[2].end_date(), "2023-08-24");
  EXPECT_EQ(periods[2].source(), invoice);
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM notices WHERE template = 'renewed'"), "1");
  EXPECT_THAT(CreateInvoice(ada_), IsError(StatusCode::kAlreadyExists, "ALREADY_RENEWED"));
}

TEST_F(DuesServiceTest, CountsAPaymentAsOfTheDayItWasReceived) {
  const std::string invoice = RenewalInvoice();
  SaveCategory("professional", 15'000, 12, "2022-08-20");
  PassTo("2022-10-05");
  RunRenewals();
  EXPECT_NE(Periods(ada_).price_locks(0).end_date(), "") << "it has lapsed";
  EXPECT_THAT(Pay(invoice, 10'000, "late", "2022-09-23"),
              IsError(StatusCode::kFailedPrecondition, "INVOICE_STALE"));
  ASSERT_OK(Pay(invoice, 10'000, "in-grace", "2022-09-22"));
  EXPECT_EQ(Invoice(invoice)->begun_on(), "2022-08-24");
  EXPECT_EQ(Periods(ada_).price_locks(0).end_date(), "") << "it never lapsed after all";
}

TEST_F(DuesServiceTest, AfterALapseAPaymentStartsAnewAtThePriceOfTheDay) {
  const std::string invoice = RenewalInvoice();
  PassTo("2022-10-05");
  ASSERT_OK(Pay(invoice, 10'000, "late"));
  ASSERT_OK_AND_ASSIGN(const v1::Invoice paid, Invoice(invoice));
  EXPECT_EQ(paid.period_start(), "2022-08-24");
  EXPECT_EQ(paid.begun_on(), "2022-10-05");
}

TEST_F(DuesServiceTest, ASuspensionIsNoLapse) {
  const std::string invoice = RenewalInvoice();
  SaveCategory("professional", 15'000, 12, "2022-08-20");
  ASSERT_OK(Suspend("2022-08-21"));
  PassTo("2022-10-05");
  EXPECT_EQ(RunRenewals().locks_ended(), 0);
  EXPECT_THAT(Pay(invoice, 10'000, "bank-1"),
              IsError(StatusCode::kFailedPrecondition, "MEMBERSHIP_SUSPENDED"));
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM payments"), "0");
  EXPECT_EQ(Periods(ada_).price_locks(0).end_date(), "");
  v1::ReinstateRequest request;
  request.set_holder(ada_);
  request.set_effective_date("2022-10-06");
  request.set_motion("bodies/board/motions/m2");
  request.set_reason("Gave it back.");
  ASSERT_OK(Ask(&Memberships::Reinstate, request, suite_.Service("committee")));
  PassTo("2022-11-04");
  EXPECT_EQ(RunRenewals().locks_ended(), 0) << "the days of grace begin anew";
  ASSERT_OK(Pay(invoice, 10'000, "bank-1"));
  EXPECT_EQ(Invoice(invoice)->begun_on(), "2022-08-24") << "the anniversary stays";
  EXPECT_EQ(Periods(ada_).price_locks(0).end_date(), "");
}

TEST_F(DuesServiceTest, TheInvoiceOfAFirstPeriodEnrolsWhenItIsPaid) {
  ASSERT_OK_AND_ASSIGN(const v1::Invoice invoice, CreateInvoice(company_));
  SaveCategory("professional", 15'000, 12, "2022-08-20");
  PassTo("2022-08-25");
  ASSERT_OK(Pay(invoice.name(), 10'000, "join"));
  const auto periods = Periods(company_);
  ASSERT_EQ(periods.periods_size(), 1);
  EXPECT_EQ(periods.periods(0).start_date(), "2022-08-25");
  EXPECT_EQ(periods.price_locks(0).price_cents(), 10'000) << "what was agreed is locked";
}

TEST_F(DuesServiceTest, ARenewalByStaffAndItsPaymentGiveOnePeriod) {
  const std::string invoice = RenewalInvoice();
  ASSERT_OK_AND_ASSIGN(const v1::Enrolment renewal, Renew(ada_));
  EXPECT_EQ(renewal.invoice(), invoice);
  ASSERT_OK(Pay(invoice, 10'000, "bank-1"));
  EXPECT_EQ(Periods(ada_).periods_size(), 3);
}

TEST_F(DuesServiceTest, KnowsAPaymentByItsReference) {
  const std::string invoice = RenewalInvoice();
  ASSERT_OK_AND_ASSIGN(const v1::Payment first, Pay(invoice, 10'000, "bank-1"));
  PassTo("2022-08-21");
  ASSERT_OK_AND_ASSIGN(const v1::Payment again, Pay(invoice, 10'000, "bank-1"));
  EXPECT_EQ(first.SerializeAsString(), again.SerializeAsString());
  EXPECT_THAT(Pay(invoice, 9'999, "bank-1"), IsError(StatusCode::kAlreadyExists, "PAYMENT_REFERENCE_REUSED"));
  EXPECT_THAT(Pay(invoice, 10'000, "bank-1", "2022-08-21"),
              IsError(StatusCode::kAlreadyExists, "PAYMENT_REFERENCE_REUSED"));
  v1::RecordContributionRequest gift = Gift("bank-1");
  EXPECT_THAT(Ask(&Dues::RecordContribution, gift),
              IsError(StatusCode::kAlreadyExists, "PAYMENT_REFERENCE_REUSED"));
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM payments"), "1");
}

TEST_F(DuesServiceTest, TakesNoMoreThanIsOutstanding) {
  const std::string invoice = RenewalInvoice();
  EXPECT_THAT(Pay(invoice, 10'001, "bank-1"), IsError(StatusCode::kFailedPrecondition, "OVERPAYMENT"));
  ASSERT_OK(Pay(invoice, 10'000, "bank-1"));
  EXPECT_THAT(Pay(invoice, 1, "bank-2"), IsError(StatusCode::kFailedPrecondition, "OVERPAYMENT"));
  EXPECT_EQ(database_.One("SELECT SUM(amount_cents) FROM payments"), "10000")
      << "what was refused left nothing";
}

TEST_F(DuesServiceTest, PaymentsAtOnceNeverExceedTheInvoice) {
  const std::string invoice = RenewalInvoice();
  EXPECT_EQ(Race(8, "OVERPAYMENT", [&](int i) { return Pay(invoice, 3'000, "race-" + std::to_string(i)); }),
            3);
  EXPECT_EQ(Invoice(invoice)->paid_cents(), 9'000);
  EXPECT_EQ(Race(8, "", [&](int) { return Pay(invoice, 1'000, "last"); }), 8) << "one and the same";
  EXPECT_EQ(Invoice(invoice)->state(), v1::Invoice::STATE_PAID);
  EXPECT_EQ(Periods(ada_).periods_size(), 3);
}

TEST_F(DuesServiceTest, RefundsNeverMoreThanWasPaid) {
  const std::string invoice = RenewalInvoice();
  ASSERT_OK_AND_ASSIGN(const v1::Payment payment, Pay(invoice, 10'000, "bank-1"));
  EXPECT_EQ(Race(8, "REFUND_TOO_LARGE",
                 [&](int i) { return Refund(payment.name(), 3'000, "back-" + std::to_string(i)); }),
            3);
  ASSERT_OK_AND_ASSIGN(const v1::Payment rest, Refund(payment.name(), 1'000, "back-last"));
  EXPECT_EQ(rest.amount_cents(), -1'000);
  EXPECT_EQ(rest.refund_of(), payment.name());
  ASSERT_OK_AND_ASSIGN(const v1::Payment again, Refund(payment.name(), 1'000, "back-last"));
  EXPECT_EQ(again.name(), rest.name());
  EXPECT_THAT(Refund(payment.name(), 1, "back-more"),
              IsError(StatusCode::kFailedPrecondition, "REFUND_TOO_LARGE"));
  EXPECT_THAT(Refund(payment.name(), 999, "back-last"),
              IsError(StatusCode::kAlreadyExists, "PAYMENT_REFERENCE_REUSED"));
  EXPECT_THAT(Refund(rest.name(), 1, "back-back"),
              IsError(StatusCode::kFailedPrecondition, "NOT_REFUNDABLE"));
  EXPECT_THAT(Refund("payments/none", 1, "x"), IsError(StatusCode::kNotFound, "PAYMENT_NOT_FOUND"));
  EXPECT_EQ(Invoice(invoice)->state(), v1::Invoice::STATE_OPEN);
  EXPECT_EQ(Periods(ada_).periods_size(), 3) << "no period is taken back";
  ASSERT_OK(Pay(invoice, 10'000, "bank-2"));
  EXPECT_EQ(Periods(ada_).periods_size(), 3) << "nor given twice";
}

TEST_F(DuesServiceTest, AnInvoiceAPeriodUntilItIsVoid) {
  const std::string invoice = RenewalInvoice();
  EXPECT_THAT(CreateInvoice(ada_), IsError(StatusCode::kAlreadyExists, "INVOICE_EXISTS"));
  ASSERT_OK(Void(invoice));
  EXPECT_THAT(Void(invoice), IsError(StatusCode::kFailedPrecondition, "INVOICE_VOID"));
  EXPECT_THAT(Pay(invoice, 1, "bank-0"), IsError(StatusCode::kFailedPrecondition, "INVOICE_VOID"));
  ASSERT_OK_AND_ASSIGN(const v1::Invoice next, CreateInvoice(ada_));
  EXPECT_GT(next.number(), Invoice(invoice)->number());
  ASSERT_OK(Pay(next.name(), 1, "bank-1"));
  EXPECT_THAT(Void(next.name()), IsError(StatusCode::kFailedPrecondition, "INVOICE_HAS_PAYMENTS"));
  EXPECT_THAT(Void("invoices/none"), IsError(StatusCode::kNotFound, "INVOICE_NOT_FOUND"));
  EXPECT_EQ(Race(6, "INVOICE_EXISTS", [&](int) { return CreateInvoice(company_); }), 1);
}

TEST_F(DuesServiceTest, RefusesAnInvoiceThatCannotBe) {
  EXPECT_THAT(CreateInvoice(ada_, "registered"),
              IsError(StatusCode::kFailedPrecondition, "MEMBERSHIP_ENDLESS"));
  EXPECT_THAT(CreateInvoice(ada_, "free-year"), IsError(StatusCode::kFailedPrecondition, "NOTHING_TO_PAY"));
  EXPECT_THAT(CreateInvoice(ada_, "none"), IsError(StatusCode::kNotFound, "CATEGORY_NOT_FOUND"));
  EXPECT_THAT(CreateInvoice("people/none"), IsError(StatusCode::kNotFound, "PERSON_NOT_FOUND"));
  ASSERT_OK(Enrol(ada_, "2021-08-24"));
  ASSERT_OK(Suspend("2022-08-20"));
  EXPECT_THAT(CreateInvoice(ada_), IsError(StatusCode::kFailedPrecondition, "MEMBERSHIP_SUSPENDED"));
  v1::CreateInvoiceRequest other;
  other.set_holder(ada_);
  other.set_description("A stand at the fair");
  EXPECT_THAT(Ask(&Dues::CreateInvoice, other), IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
  other.set_amount_cents(limits::kHighestAmountCents + 1);
  EXPECT_THAT(Ask(&Dues::CreateInvoice, other), IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
  other.set_amount_cents(limits::kHighestAmountCents);
  other.set_due_date("2022-02-30");
  EXPECT_THAT(Ask(&Dues::CreateInvoice, other), IsError(StatusCode::kInvalidArgument, "DATE_INVALID"));
  other.set_due_date("2022-12-24");
  ASSERT_OK_AND_ASSIGN(const v1::Invoice invoice, Ask(&Dues::CreateInvoice, other));
  EXPECT_EQ(invoice.kind(), v1::PAYMENT_KIND_OTHER);
  EXPECT_EQ(invoice.due_date(), "2022-12-24");
  ASSERT_OK(Pay(invoice.name(), invoice.amount_cents(), "stand"));
  EXPECT_EQ(Periods(ada_).periods_size(), 2) << "no membership comes of it";
}

TEST_F(DuesServiceTest, RefusesAPaymentThatCannotBe) {
  const std::string invoice = RenewalInvoice();
  EXPECT_THAT(Pay(invoice, 0, "r"), IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(Pay(invoice, -1, "r"), IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(Pay(invoice, 1, ""), IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(Pay(invoice, 1, " r"), IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(Pay(invoice, 1, std::string(121, 'r')), IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(Pay(invoice, 1, "r", "2022-08-21"), IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(Pay(invoice, 1, "r", "2022-02-29"), IsError(StatusCode::kInvalidArgument, "DATE_INVALID"));
  EXPECT_THAT(Pay("invoices/none", 1, "r"), IsError(StatusCode::kNotFound, "INVOICE_NOT_FOUND"));
  ASSERT_OK(Cancel(ada_, "2022-09-01"));
  ASSERT_OK(Void(CreateInvoice(company_)->name()));
  EXPECT_EQ(Invoice(invoice)->state(), v1::Invoice::STATE_VOID) << "a cancellation takes it back";
}

TEST_F(DuesServiceTest, ShowsTheHolderTheirOwnAlone) {
  const std::string invoice = RenewalInvoice();
  ASSERT_OK(Pay(invoice, 4'000, "bank-1"));
  MustImport("bob@example.org,Bob,Bob & Co,registered,2020-01-01,,2,,\n");
  EXPECT_OK(Invoice(invoice, As("ada@example.org")));
  EXPECT_THAT(Invoice(invoice, As("bob@example.org")),
              IsError(StatusCode::kPermissionDenied, "NOT_THE_HOLDER"));
  v1::ListInvoicesRequest list;
  ASSERT_OK_AND_ASSIGN(const auto ada, Ask(&Dues::ListInvoices, list, As("ada@example.org")));
  EXPECT_EQ(ada.invoices_size(), 2);
  ASSERT_OK_AND_ASSIGN(const auto bob, Ask(&Dues::ListInvoices, list, As("bob@example.org")));
  EXPECT_EQ(bob.invoices_size(), 0);
  list.set_holder(ada_);
  EXPECT_THAT(Ask(&Dues::ListInvoices, list, As("bob@example.org")),
              IsError(StatusCode::kPermissionDenied, "NOT_THE_HOLDER"));
  v1::ListPaymentsRequest payments;
  payments.set_invoice(invoice);
  ASSERT_OK_AND_ASSIGN(const auto hers, Ask(&Dues::ListPayments, payments, As("ada@example.org")));
  EXPECT_EQ(hers.payments_size(), 1);
  ASSERT_OK_AND_ASSIGN(const auto his, Ask(&Dues::ListPayments, payments, As("bob@example.org")));
  EXPECT_EQ(his.payments_size(), 0);
  payments.set_reference("bank-1");
  ASSERT_OK_AND_ASSIGN(const auto found, Ask(&Dues::ListPayments, payments));
  EXPECT_EQ(found.payments(0).reference(), "bank-1");
}

TEST_F(DuesServiceTest, ListsInvoicesNewestFirstInPages) {
  const std::string renewal = RenewalInvoice();
  v1::ListInvoicesRequest request;
  request.set_page_size(1);
  ASSERT_OK_AND_ASSIGN(const auto first, Ask(&Dues::ListInvoices, request));
  EXPECT_EQ(first.invoices(0).name(), renewal);
  request.set_page_token(first.next_page_token());
  ASSERT_OK_AND_ASSIGN(const auto second, Ask(&Dues::ListInvoices, request));
  ASSERT_EQ(second.invoices_size(), 1);
  EXPECT_EQ(second.next_page_token(), "");
  ASSERT_OK(Pay(second.invoices(0).name(), 10'000, "first-year"));
  request.Clear();
  request.set_unpaid_only(true);
  ASSERT_OK_AND_ASSIGN(const auto unpaid, Ask(&Dues::ListInvoices, request));
  ASSERT_EQ(unpaid.invoices_size(), 1);
  EXPECT_EQ(unpaid.invoices(0).name(), renewal);
  request.set_number(unpaid.invoices(0).number());
  EXPECT_EQ(Ask(&Dues::ListInvoices, request)->invoices(0).name(), renewal);
  request.set_number(second.invoices(0).number());
  EXPECT_EQ(Ask(&Dues::ListInvoices, request)->invoices_size(), 0) << "paid";
  request.set_page_token("bm9uZQ");
  EXPECT_EQ(Ask(&Dues::ListInvoices, request).status().code(), StatusCode::kInvalidArgument);
}

TEST_F(DuesServiceTest, RecordsContributionsOnceAReference) {
  ASSERT_OK_AND_ASSIGN(const v1::Contribution first, Ask(&Dues::RecordContribution, Gift()));
  EXPECT_EQ(first.currency(), "USD");
  ASSERT_OK_AND_ASSIGN(const v1::Contribution again, Ask(&Dues::RecordContribution, Gift()));
  EXPECT_EQ(again.payment(), first.payment());
  v1::RecordContributionRequest other = Gift();
  other.mutable_contribution()->set_purpose("The fair");
  EXPECT_THAT(Ask(&Dues::RecordContribution, other),
              IsError(StatusCode::kAlreadyExists, "PAYMENT_REFERENCE_REUSED"));
  v1::RecordContributionRequest sponsor = Gift("gift-2");
  sponsor.mutable_contribution()->set_kind(v1::PAYMENT_KIND_SPONSORSHIP);
  sponsor.mutable_contribution()->set_donor(ada_);
  sponsor.mutable_contribution()->clear_donor_name();
  sponsor.mutable_contribution()->set_anonymous(true);
  ASSERT_OK_AND_ASSIGN(const v1::Contribution hers, Ask(&Dues::RecordContribution, sponsor));
  EXPECT_EQ(hers.donor_name(), "Ada");
  EXPECT_TRUE(hers.anonymous());
  v1::ListContributionsRequest list;
  ASSERT_OK_AND_ASSIGN(const auto all, Ask(&Dues::ListContributions, list));
  EXPECT_EQ(all.contributions_size(), 2);
  ASSERT_OK_AND_ASSIGN(const auto own, Ask(&Dues::ListContributions, list, As("ada@example.org")));
  EXPECT_EQ(own.contributions_size(), 1);
  list.set_kind(v1::PAYMENT_KIND_DONATION);
  ASSERT_OK_AND_ASSIGN(const auto gifts, Ask(&Dues::ListContributions, list));
  EXPECT_EQ(gifts.contributions_size(), 1);
  list.set_kind(v1::PAYMENT_KIND_DUES);
  EXPECT_THAT(Ask(&Dues::ListContributions, list), IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_OK(Refund(first.payment(), 2'500, "gift-back"));
  v1::RecordContributionRequest nameless = Gift("gift-3");
  nameless.mutable_contribution()->clear_donor_name();
  EXPECT_THAT(Ask(&Dues::RecordContribution, nameless),
              IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
  nameless.mutable_contribution()->set_donor("companies/none");
  EXPECT_THAT(Ask(&Dues::RecordContribution, nameless), IsError(StatusCode::kNotFound, "COMPANY_NOT_FOUND"));
}

TEST_F(DuesServiceTest, ReportsRevenueByMonthAndKind) {
  const std::string invoice = RenewalInvoice();
  ASSERT_OK_AND_ASSIGN(const v1::Payment payment, Pay(invoice, 10'000, "bank-1", "2022-07-31"));
  ASSERT_OK(Ask(&Dues::RecordContribution, Gift()));
  ASSERT_OK(Refund(payment.name(), 3'000, "back-1"));
  v1::GetRevenueRequest request;
  ASSERT_OK_AND_ASSIGN(const auto revenue, Ask(&Dues::GetRevenue, request));
  ASSERT_EQ(revenue.lines_size(), 3);
  EXPECT_EQ(revenue.lines(0).ShortDebugString(),
            "month: \"2022-07\" kind: PAYMENT_KIND_DUES payments: 1 received_cents: 10000 net_cents: 10000");
  EXPECT_EQ(revenue.lines(1).ShortDebugString(),
            "month: \"2022-08\" kind: PAYMENT_KIND_DUES refunded_cents: 3000 net_cents: -3000");
  EXPECT_EQ(revenue.lines(2).kind(), v1::PAYMENT_KIND_DONATION);
  EXPECT_EQ(revenue.net_cents(), 9'500);
  EXPECT_EQ(database_.One("SELECT SUM(amount_cents) FROM payments"), "9500");
  request.set_first_month("2022-08");
  EXPECT_EQ(Ask(&Dues::GetRevenue, request)->lines_size(), 2);
  request.set_last_month("2022-07");
  EXPECT_THAT(Ask(&Dues::GetRevenue, request), IsError(StatusCode::kInvalidArgument, "MONTH_INVALID"));
  request.set_last_month("2022-13");
  EXPECT_THAT(Ask(&Dues::GetRevenue, request), IsError(StatusCode::kInvalidArgument, "MONTH_INVALID"));
  request.set_first_month("2012-08");
  request.set_last_month("2022-07");
  EXPECT_OK(Ask(&Dues::GetRevenue, request)) << "120 months";
  request.set_last_month("2022-08");
  EXPECT_THAT(Ask(&Dues::GetRevenue, request), IsError(StatusCode::kInvalidArgument, "MONTH_INVALID"));
}

}  // namespace
}  // namespace plenary::membership
