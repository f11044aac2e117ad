#include "services/membership/application_service.h"

#include <atomic>

#include "common/testing/every_caller.h"
#include "services/membership/limits.h"
#include "services/membership/limits_verification.h"
#include "services/membership/testing_verification.h"

namespace plenary::membership {
namespace {

using absl::StatusCode;
using testing::Invoke;
using testing::IsError;
using testing::TestSuite;
using v1::Application;
using Stub = v1::ApplicationService::Stub;

class ApplicationServiceTest : public VerificationTest {
 protected:
  ApplicationServiceTest() {
    v1::SaveCategoryRequest request;
    v1::Category& category = *request.mutable_category();
    category.set_name("categories/paid");
    category.set_display_name("Paid member");
    category.mutable_rights()->set_can_vote(true);
    category.set_term_months(12);
    category.set_price_cents(10000);
    EXPECT_OK(Invoke(&v1::RegisterService::Stub::SaveCategory, *register_, suite_.Staff(), request));
  }

  v1::SubmitApplicationRequest Form(const std::string& email, const std::string& company = "Novum") {
    v1::SubmitApplicationRequest request;
    Application& application = *request.mutable_application();
    application.set_full_name("Nina New");
    application.set_email(email);
    application.set_company_display_name(company);
    application.set_category("categories/paid");
    application.set_statement("I would like to join.");
    application.set_accepted_terms("terms of 2022-08");
    return request;
  }
  absl::StatusOr<v1::SubmitApplicationResponse> Submit(const v1::SubmitApplicationRequest& request) {
    return Invoke(&Stub::SubmitApplication, *applications_, TestSuite::Anonymous(), request);
  }
  absl::StatusOr<v1::ConfirmApplicationResponse> Confirm(const std::string& token) {
    v1::ConfirmApplicationRequest request;
    request.set_token(token);
    return Invoke(&Stub::ConfirmApplication, *applications_, TestSuite::Anonymous(), request);
  }
  absl::StatusOr<v1::WithdrawApplicationResponse> Withdraw(const std::string& token) {
    v1::WithdrawApplicationRequest request;
    request.set_token(token);
    return Invoke(&Stub::WithdrawApplication, *applications_, TestSuite::Anonymous(), request);
  }
  // The name of an application that waits for its decision.
  std::string Confirmed(const std::string& email, const std::string& company = "Novum") {
    if (!Submit(Form(email, company)).ok() || !Confirm(SecretOf("application-confirm")).ok()) {
      throw std::runtime_error("no application of " + email);
    }
    return "applications/" + database_.One("SELECT id FROM applications WHERE email_now = '" + email + "'");
  }
  absl::StatusOr<Application> Approve(const std::string& name, const std::string& company = "",
                                      const std::string& start_date = "") {
    v1::ApproveApplicationRequest request;
    request.set_name(name);
    request.set_company(company);
    request.set_start_date(start_date);
    return Invoke(&Stub::ApproveApplication, *applications_, suite_.Staff(), request);
  }
  absl::StatusOr<Application> Refuse(const std::string& name,
                                     const std::string& reason = "No such company.") {
    v1::RefuseApplicationRequest request;
    request.set_name(name);
    request.set_reason(reason);
    return Invoke(&Stub::RefuseApplication, *applications_, suite_.Staff(), request);
  }
  absl::StatusOr<Application> Get(const std::string& name) {
    v1::GetApplicationRequest request;
    request.set_name(name);
    return Invoke(&Stub::GetApplication, *applications_, suite_.Staff(), request);
  }
  int Listed(Application::State state) {
    v1::ListApplicationsRequest request;
    request.set_state(state);
    return Invoke(&Stub::ListApplications, *applications_, suite_.Staff(), request)->applications_size();
  }

  ApplicationService application_service_{suite_.edge(), database_.pool(), ids_, random_};
  testing::Loopback application_loopback_{{&application_service_}, limits::kMessageBytes};
  std::unique_ptr<Stub> applications_ = v1::ApplicationService::NewStub(application_loopback_.channel());
};

TEST_F(ApplicationServiceTest, LetsInWhomThePoliciesName) {
  testing::ExpectEveryPolicyHolds(suite_, application_loopback_.channel(),
                                  {"plenary.membership.v1.ApplicationService"});
}

TEST_F(ApplicationServiceTest, AnApprovedApplicantIsAMemberForATerm) {
  const std::string name = Confirmed("nina@new.example");
  ASSERT_OK_AND_ASSIGN(const Application waiting, Get(name));
  EXPECT_EQ(waiting.state(), Application::STATE_CONFIRMED);
  EXPECT_EQ(waiting.statement(), "I would like to join.");
  ASSERT_OK_AND_ASSIGN(const Application approved, Approve(name));
  EXPECT_EQ(approved.state(), Application::STATE_APPROVED);
  const v1::Person nina = PersonAt("nina@new.example");
  EXPECT_EQ(approved.person(), nina.name());
  EXPECT_EQ(nina.full_name(), "Nina New");
  ASSERT_EQ(nina.memberships_size(), 1);
  EXPECT_EQ(nina.memberships(0).category(), "categories/paid");
  EXPECT_EQ(nina.memberships(0).start_date(), "2022-08-20");
  EXPECT_EQ(nina.memberships(0).end_date(), "2023-08-20");
  EXPECT_EQ(nina.memberships(0).state(), v1::Membership::STATE_ACTIVE);
  EXPECT_EQ(
      database_.One("SELECT display_name FROM companies WHERE id = '" + nina.company().substr(10) + "'"),
      "Novum");
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM invoices"), "1");
  EXPECT_EQ(Notices("application-approved"), "1");
}

TEST_F(ApplicationServiceTest, AMembershipMayBeginLater) {
  ASSERT_OK(Approve(Confirmed("nina@new.example"), "", "2022-10-01"));
  const v1::Person nina = PersonAt("nina@new.example");
  EXPECT_EQ(nina.memberships(0).state(), v1::Membership::STATE_PENDING);
  EXPECT_EQ(nina.memberships(0).end_date(), "2023-10-01");
  const std::string other = Confirmed("otto@new.example", "Otto");
  EXPECT_THAT(Approve(other, "", "2022-02-30"), IsError(StatusCode::kInvalidArgument, "DATE_INVALID"));
  EXPECT_THAT(Approve(other, "", "2022-08-19"), IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(Approve(other, "", "2023-08-22"), IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_OK(Approve(other, "", "2023-08-21"));
}

TEST_F(ApplicationServiceTest, ACompanyIsJoinedOnlyWhenStaffSaysSo) {
  const std::string name = Confirmed("nina@new.example", "ACME");
  EXPECT_THAT(Approve(name), IsError(StatusCode::kFailedPrecondition, "COMPANY_EXISTS"));
  EXPECT_THAT(Approve(name, "companies/none"), IsError(StatusCode::kNotFound, "COMPANY_NOT_FOUND"));
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM people WHERE email = 'nina@new.example'"), "0");
  ASSERT_OK(Approve(name, CompanyOf("ada@example.org")));
  EXPECT_EQ(CompanyOf("nina@new.example"), CompanyOf("ada@example.org"));
}

TEST_F(ApplicationServiceTest, ASolePractitionerBecomesACompanyOfOne) {
  ASSERT_OK(Approve(Confirmed("nina@new.example", "")));
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM companies WHERE display_name = 'Nina New'"), "1");
  EXPECT_THAT(Approve(Confirmed("other@new.example", "")),
              IsError(StatusCode::kFailedPrecondition, "COMPANY_EXISTS"));
}

TEST_F(ApplicationServiceTest, NothingTellsWhoIsOnTheRegister) {
  ASSERT_OK_AND_ASSIGN(const auto stranger, Submit(Form("nina@new.example")));
  ASSERT_OK_AND_ASSIGN(const auto member, Submit(Form("ada@example.org")));
  EXPECT_EQ(stranger.SerializeAsString(), member.SerializeAsString());
  EXPECT_EQ(Notices("application-confirm"), "2");
  ASSERT_OK(Confirm(SecretOf("application-confirm")));
  const std::string name =
      "applications/" + database_.One("SELECT id FROM applications WHERE email = 'ada@example.org'");
  EXPECT_THAT(Approve(name), IsError(StatusCode::kAlreadyExists, "PERSON_EXISTS")) << "staff is told";
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM companies WHERE display_name = 'Novum'"), "0");
}

TEST_F(ApplicationServiceTest, RefusesFormsThatCannotBe) {
  const auto invalid = IsError(StatusCode::kInvalidArgument, "FIELD_INVALID");
  v1::SubmitApplicationRequest request = Form("nina");
  EXPECT_THAT(Submit(request), invalid);
  request = Form("nina@new.example");
  request.mutable_application()->set_full_name("");
  EXPECT_THAT(Submit(request), invalid);
  request = Form("nina@new.example", std::string(limits::kLongestCompanyName + 1, 'x'));
  EXPECT_THAT(Submit(request), invalid);
  request = Form("nina@new.example");
  request.mutable_application()->set_statement(std::string(limits::kLongestStatement + 1, 'x'));
  EXPECT_THAT(Submit(request), invalid);
  request = Form("nina@new.example");
  request.mutable_application()->set_accepted_terms(std::string(limits::kLongestTerms + 1, 'x'));
  EXPECT_THAT(Submit(request), invalid);
  request.mutable_application()->clear_accepted_terms();
  EXPECT_THAT(Submit(request), IsError(StatusCode::kInvalidArgument, "TERMS_NOT_ACCEPTED"));
  request = Form("nina@new.example");
  request.mutable_application()->set_category("categories/staff");
  EXPECT_THAT(Submit(request), invalid) << "nobody applies for the rights of staff";
  request.mutable_application()->set_category("categories/none");
  EXPECT_THAT(Submit(request), IsError(StatusCode::kNotFound, "CATEGORY_NOT_FOUND"));
  EXPECT_EQ(Notices("application-confirm"), "0");
}

TEST_F(ApplicationServiceTest, TakesThreeApplicationsOfAnAddressWithinAnHour) {
  for (int i = 0; i < limits::kMostApplicationsOfAddress; ++i) ASSERT_OK(Submit(Form("nina@new.example")));
  EXPECT_THAT(Submit(Form("NINA@new.example")),
              IsError(StatusCode::kResourceExhausted, "APPLICATIONS_TOO_MANY"));
  EXPECT_OK(Submit(Form("otto@new.example")));
  suite_.clock().Advance(absl::Hours(1));
  EXPECT_OK(Submit(Form("nina@new.example")));
}

TEST_F(ApplicationServiceTest, TakesTwoHundredApplicationsWithinAnHour) {
  ASSERT_OK(Submit(Form("first@new.example")));
  database_.Run("UPDATE application_counts SET submitted = " + std::to_string(limits::kMostApplications - 1) +
                " WHERE address_sha256 = UNHEX(SHA2('', 256))");
  EXPECT_OK(Submit(Form("last@new.example")));
  EXPECT_THAT(Submit(Form("more@new.example")),
              IsError(StatusCode::kResourceExhausted, "APPLICATIONS_TOO_MANY"));
  suite_.clock().Advance(absl::Hours(1));
  EXPECT_OK(Submit(Form("more@new.example")));
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM application_counts"), "3") << "past hours are forgotten";
}

TEST_F(ApplicationServiceTest, OnePlaceCannotUseUpWhatAllHave) {
  const auto submit_from = [&](const std::string& caller, const std::string& email) {
    auto context = TestSuite::Anonymous();
    context->AddMetadata("x-forwarded-for", caller);
    return Invoke(&Stub::SubmitApplication, *applications_, std::move(context), Form(email)).status();
  };
  for (int i = 0; i < limits::kMostApplicationsFromPeer; ++i) {
    ASSERT_OK(submit_from("192.0.2.1", std::to_string(i) + "@new.example"));
  }
  EXPECT_THAT(submit_from("192.0.2.1", "more@new.example"),
              IsError(StatusCode::kResourceExhausted, "APPLICATIONS_TOO_MANY"));
  EXPECT_OK(submit_from("192.0.2.2", "more@new.example")) << "what was refused was not counted";
  EXPECT_EQ(database_.One("SELECT MAX(submitted) FROM application_counts"),
            std::to_string(limits::kMostApplicationsFromPeer + 1))
      << "in all";
  suite_.clock().Advance(absl::Hours(1));
  EXPECT_OK(submit_from("192.0.2.1", "again@new.example"));
}

TEST_F(ApplicationServiceTest, TheLimitHoldsWhenManyApplyAtOnce) {
  std::atomic<int> taken{0};
  Race([&] {
    if (Submit(Form("nina@new.example")).ok()) ++taken;
  });
  EXPECT_LE(taken, limits::kMostApplicationsOfAddress);
  EXPECT_EQ(Notices("application-confirm"), std::to_string(taken));
}

TEST_F(ApplicationServiceTest, TheLinkIsGoodForSevenDays) {
  ASSERT_OK(Submit(Form("nina@new.example")));
  const std::string secret = SecretOf("application-confirm");
  EXPECT_THAT(Confirm("unknown"), IsError(StatusCode::kNotFound, "APPLICATION_TOKEN_INVALID"));
  ASSERT_OK_AND_ASSIGN(const auto first, Confirm(secret));
  suite_.clock().Advance(absl::Hours(1));
  ASSERT_OK_AND_ASSIGN(const auto second, Confirm(secret));
  EXPECT_EQ(first.SerializeAsString(), second.SerializeAsString()) << "mail programs follow links too";
  ASSERT_OK(Submit(Form("otto@new.example")));
  const std::string late = SecretOf("application-confirm");
  suite_.clock().Advance(limits::kApplicationLinkLife);
  EXPECT_EQ(Listed(Application::STATE_EXPIRED), 1);
  EXPECT_THAT(Confirm(late), IsError(StatusCode::kNotFound, "APPLICATION_TOKEN_INVALID"));
  EXPECT_THAT(Withdraw(late), IsError(StatusCode::kNotFound, "APPLICATION_TOKEN_INVALID"));
  EXPECT_OK(Confirm(secret)) << "it was confirmed in time";
}

TEST_F(ApplicationServiceTest, ForgetsWhatNobodyConfirmed) {
  ASSERT_OK(Submit(Form("nina@new.example")));
  const std::string kept = Confirmed("otto@new.example", "Otto");
  suite_.clock().Advance(limits::kApplicationLinkLife + limits::kUnconfirmedKept + absl::Hours(1));
  ASSERT_OK(Submit(Form("petra@new.example")));
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM applications WHERE email = 'nina@new.example'"), "0");
  EXPECT_OK(Get(kept));
}

TEST_F(ApplicationServiceTest, AnAddressWaitsForOneDecisionAtATime) {
  const std::string name = Confirmed("nina@new.example");
  ASSERT_OK(Submit(Form("nina@new.example")));
  const std::string secret = SecretOf("application-confirm");
  EXPECT_THAT(Confirm(secret), IsError(StatusCode::kAlreadyExists, "APPLICATION_EXISTS"));
  ASSERT_OK(Refuse(name));
  EXPECT_OK(Confirm(secret));
}

TEST_F(ApplicationServiceTest, AnApplicantWithdrawsUntilTheDecision) {
  ASSERT_OK(Submit(Form("nina@new.example")));
  const std::string secret = SecretOf("application-confirm");
  ASSERT_OK(Confirm(secret));
  ASSERT_OK(Withdraw(secret));
  EXPECT_EQ(Listed(Application::STATE_WITHDRAWN), 1);
  EXPECT_EQ(Notices("application-withdrawn"), "1");
  EXPECT_THAT(Withdraw(secret), IsError(StatusCode::kNotFound, "APPLICATION_TOKEN_INVALID"));
  EXPECT_THAT(Confirm(secret), IsError(StatusCode::kNotFound, "APPLICATION_TOKEN_INVALID"));
  const std::string name = "applications/" + database_.One("SELECT id FROM applications");
  EXPECT_THAT(Approve(name), IsError(StatusCode::kFailedPrecondition, "APPLICATION_STATE_WRONG"));
}

TEST_F(ApplicationServiceTest, ARefusalTellsItsReason) {
  const std::string name = Confirmed("nina@new.example");
  EXPECT_THAT(Refuse(name, ""), IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
  EXPECT_THAT(Refuse(name, std::string(limits::kLongestNote + 1, 'x')),
              IsError(StatusCode::kInvalidArgument, "FIELD_INVALID"));
  ASSERT_OK_AND_ASSIGN(const Application refused, Refuse(name));
  EXPECT_EQ(refused.decision_reason(), "No such company.");
  EXPECT_EQ(Notices("application-refused"), "1");
  EXPECT_THAT(Approve(name), IsError(StatusCode::kFailedPrecondition, "APPLICATION_STATE_WRONG"));
  EXPECT_THAT(Refuse(name), IsError(StatusCode::kFailedPrecondition, "APPLICATION_STATE_WRONG"));
}

TEST_F(ApplicationServiceTest, NobodyDecidesOnAnAddressThatIsNotProven) {
  ASSERT_OK(Submit(Form("nina@new.example")));
  const std::string name = "applications/" + database_.One("SELECT id FROM applications");
  EXPECT_THAT(Approve(name), IsError(StatusCode::kFailedPrecondition, "APPLICATION_STATE_WRONG"));
  EXPECT_THAT(Refuse(name), IsError(StatusCode::kFailedPrecondition, "APPLICATION_STATE_WRONG"));
  for (const auto& status : {Approve("applications/none").status(), Refuse("applications/none").status(),
                             Get("applications/none").status()}) {
    EXPECT_THAT(status, IsError(StatusCode::kNotFound, "APPLICATION_NOT_FOUND"));
  }
}

TEST_F(ApplicationServiceTest, AnApplicationThatIsApprovedInEightPlacesMakesOnePerson) {
  const std::string name = Confirmed("nina@new.example");
  std::atomic<int> approved{0};
  Race([&] {
    const auto answer = Approve(name);
    if (answer.ok()) {
      ++approved;
    } else {
      EXPECT_THAT(answer, IsError(StatusCode::kFailedPrecondition, "APPLICATION_STATE_WRONG"));
    }
  });
  EXPECT_EQ(approved, 1);
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM people WHERE email = 'nina@new.example'"), "1");
  EXPECT_EQ(PersonAt("nina@new.example").memberships_size(), 1);
}

TEST_F(ApplicationServiceTest, ARepeatedRequestGetsTheFirstAnswer) {
  v1::SubmitApplicationRequest request = Form("nina@new.example");
  request.set_request_id(RandomUuid());
  ASSERT_OK_AND_ASSIGN(const auto first, Submit(request));
  suite_.clock().Advance(absl::Minutes(1));
  ASSERT_OK_AND_ASSIGN(const auto second, Submit(request));
  EXPECT_EQ(first.SerializeAsString(), second.SerializeAsString());
  EXPECT_EQ(Notices("application-confirm"), "1");
}

TEST_F(ApplicationServiceTest, NoSecretStandsAnywhereButInTheMail) {
  ASSERT_OK(Submit(Form("nina@new.example")));
  const std::string secret = SecretOf("application-confirm");
  ASSERT_GE(secret.size(), 43u);
  v1::ConfirmApplicationRequest request;
  request.set_token(secret);
  request.set_request_id(RandomUuid());
  ASSERT_OK(Invoke(&Stub::ConfirmApplication, *applications_, TestSuite::Anonymous(), request));
  for (const std::string text : {"SELECT GROUP_CONCAT(act, actor, resource, detail) FROM audit",
                                 "SELECT GROUP_CONCAT(COALESCE(response, '')) FROM requests",
                                 "SELECT GROUP_CONCAT(COALESCE(token_sha256, '')) FROM applications"}) {
    EXPECT_EQ(database_.One(text).find(secret), std::string::npos) << text;
  }
  EXPECT_EQ(database_.One("SELECT GROUP_CONCAT(actor, resource, detail) FROM audit").find("nina"),
            std::string::npos);
}

TEST_F(ApplicationServiceTest, ListsByStateInPages) {
  for (const char* email : {"a@new.example", "b@new.example", "c@new.example"})
    ASSERT_OK(Submit(Form(email)));
  ASSERT_OK(Confirm(SecretOf("application-confirm")));
  EXPECT_EQ(Listed(Application::STATE_UNSPECIFIED), 3);
  EXPECT_EQ(Listed(Application::STATE_SUBMITTED), 2);
  EXPECT_EQ(Listed(Application::STATE_CONFIRMED), 1);
  EXPECT_EQ(Listed(Application::STATE_EXPIRED), 0);
  v1::ListApplicationsRequest request;
  request.set_page_size(2);
  ASSERT_OK_AND_ASSIGN(const auto first,
                       Invoke(&Stub::ListApplications, *applications_, suite_.Staff(), request));
  EXPECT_EQ(first.applications_size(), 2);
  request.set_page_token(first.next_page_token());
  ASSERT_OK_AND_ASSIGN(const auto second,
                       Invoke(&Stub::ListApplications, *applications_, suite_.Staff(), request));
  EXPECT_EQ(second.applications_size(), 1);
  EXPECT_EQ(second.next_page_token(), "");
}

}  // namespace
}  // namespace plenary::membership
