// Memberships and dues behind a server of their own, over the register of MembershipTest.
#pragma once

#include <memory>
#include <string>

#include "services/membership/dues_service.h"
#include "services/membership/membership_service.h"
#include "services/membership/testing_membership.h"

namespace plenary::membership {

class DuesTest : public MembershipTest {
 protected:
  using Memberships = v1::MembershipService::Stub;
  using Dues = v1::DuesService::Stub;

  // A professional year costs 100.00 and has 30 days of grace; registered is free and has no end, free-year
  // is free and ends. Ada is on the register and holds nothing; so does her company.
  DuesTest() {
    SaveCategory("professional", 10'000, 12);
    SaveCategory("registered", 0, 0);
    SaveCategory("free-year", 0, 12);
    MustImport("ada@example.org,Ada,Ada & Co,registered,2020-01-01,,2,,\n");
    ada_ = PersonAt("ada@example.org").name();
    company_ = CompanyOf("ada@example.org");
  }

  void SaveCategory(const std::string& id, std::int64_t price_cents, int term_months,
                    const std::string& valid_from = "2000-01-01") {
    v1::SaveCategoryRequest request;
    v1::Category& category = *request.mutable_category();
    category.set_name("categories/" + id);
    category.set_display_name(id);
    category.set_valid_from(valid_from);
    category.mutable_rights()->set_can_vote(true);
    category.set_price_cents(price_cents);
    category.set_term_months(term_months);
    category.set_grace_days(30);
    ASSERT_OK(testing::Invoke(&v1::RegisterService::Stub::SaveCategory, *register_, suite_.Staff(), request));
  }

  void PassTo(const std::string& date) { suite_.clock().Set(Noon(date)); }

  template <typename Request, typename Response>
  absl::StatusOr<Response> Ask(grpc::Status (Memberships::*method)(grpc::ClientContext*, const Request&,
                                                                   Response*),
                               const Request& request, std::unique_ptr<grpc::ClientContext> as = nullptr) {
    return testing::Invoke(method, *memberships_, as == nullptr ? suite_.Staff() : std::move(as), request);
  }
  template <typename Request, typename Response>
  absl::StatusOr<Response> Ask(grpc::Status (Dues::*method)(grpc::ClientContext*, const Request&, Response*),
                               const Request& request, std::unique_ptr<grpc::ClientContext> as = nullptr) {
    return testing::Invoke(method, *dues_, as == nullptr ? suite_.Staff() : std::move(as), request);
  }

  absl::StatusOr<v1::Enrolment> Enrol(const std::string& holder, const std::string& start = "",
                                      const std::string& category = "professional") {
    v1::EnrolRequest request;
    request.set_holder(holder);
    request.set_category("categories/" + category);
    request.set_start_date(start);
    return Ask(&Memberships::Enrol, request);
  }
  absl::StatusOr<v1::Enrolment> Renew(const std::string& holder, const std::string& category = "professional",
                                      const std::string& end_date = "") {
    v1::RenewRequest request;
    request.set_holder(holder);
    request.set_category("categories/" + category);
    request.set_end_date(end_date);
    return Ask(&Memberships::Renew, request);
  }
  absl::StatusOr<v1::CancelResponse> Cancel(const std::string& holder, const std::string& day = "") {
    v1::CancelRequest request;
    request.set_holder(holder);
    request.set_category("categories/professional");
    request.set_effective_date(day);
    request.set_reason("Moves abroad.");
    return Ask(&Memberships::Cancel, request);
  }
  absl::StatusOr<v1::MembershipAct> Suspend(const std::string& day, const std::string& motion = "m1") {
    v1::SuspendRequest request;
    request.set_holder(ada_);
    request.set_effective_date(day);
    request.set_motion("bodies/board/motions/" + motion);
    request.set_reason("Sold the members' list.");
    return Ask(&Memberships::Suspend, request, suite_.Service("committee"));
  }
  v1::ListPeriodsResponse Periods(const std::string& holder, const std::string& as_of = "") {
    v1::ListPeriodsRequest request;
    request.set_holder(holder);
    request.set_as_of(as_of);
    const auto response = Ask(&Memberships::ListPeriods, request);
    EXPECT_OK(response);
    return response.ok() ? *response : v1::ListPeriodsResponse();
  }
  // The state of the last professional period on a date.
  v1::Membership::State StateOn(const std::string& as_of) {
    v1::Membership::State state = v1::Membership::STATE_UNSPECIFIED;
    const v1::ListPeriodsResponse listed = Periods(ada_, as_of);
    for (const v1::Membership& period : listed.periods()) {
      if (period.category() == "categories/professional") state = period.state();
    }
    return state;
  }
  v1::RunRenewalsResponse RunRenewals() {
    const auto context = suite_.Staff();
    const auto reader = memberships_->RunRenewals(context.get(), v1::RunRenewalsRequest());
    v1::RunRenewalsResponse counts;
    while (reader->Read(&counts)) {
    }
    EXPECT_TRUE(reader->Finish().ok());
    EXPECT_TRUE(counts.done());
    return counts;
  }

  absl::StatusOr<v1::Invoice> Invoice(const std::string& name,
                                      std::unique_ptr<grpc::ClientContext> as = nullptr) {
    v1::GetInvoiceRequest request;
    request.set_name(name);
    return Ask(&Dues::GetInvoice, request, std::move(as));
  }
  absl::StatusOr<v1::Invoice> CreateInvoice(const std::string& holder,
                                            const std::string& category = "professional") {
    v1::CreateInvoiceRequest request;
    request.set_holder(holder);
    request.set_category("categories/" + category);
    return Ask(&Dues::CreateInvoice, request);
  }
  absl::StatusOr<v1::Invoice> Void(const std::string& invoice) {
    v1::VoidInvoiceRequest request;
    request.set_name(invoice);
    request.set_reason("A slip.");
    return Ask(&Dues::VoidInvoice, request);
  }
  absl::StatusOr<v1::Payment> Pay(const std::string& invoice, std::int64_t cents,
                                  const std::string& reference, const std::string& day = "") {
    v1::RecordPaymentRequest request;
    request.set_invoice(invoice);
    request.set_amount_cents(cents);
    request.set_reference(reference);
    request.set_receive_date(day);
    return Ask(&Dues::RecordPayment, request);
  }
  absl::StatusOr<v1::Payment> Refund(const std::string& payment, std::int64_t cents,
                                     const std::string& reference) {
    v1::RefundPaymentRequest request;
    request.set_payment(payment);
    request.set_amount_cents(cents);
    request.set_reference(reference);
    request.set_reason("Paid twice.");
    return Ask(&Dues::RefundPayment, request);
  }

  std::string ada_;
  std::string company_;
  MembershipService membership_service_{suite_.edge(), database_.pool(), ids_};
  DuesService dues_service_{suite_.edge(), database_.pool(), ids_};
  testing::Loopback dues_server_{{&membership_service_, &dues_service_}};
  std::unique_ptr<Memberships> memberships_ = v1::MembershipService::NewStub(dues_server_.channel());
  std::unique_ptr<Dues> dues_ = v1::DuesService::NewStub(dues_server_.channel());
};

}  // namespace plenary::membership
