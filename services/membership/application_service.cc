#include "services/membership/application_service.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/crypto/bytes.h"
#include "common/mutation/mutate.h"
#include "common/status/field_checks.h"
#include "common/status/macros.h"
#include "common/time/date.h"
#include "common/time/proto_time.h"
#include "services/membership/errors.h"
#include "services/membership/errors_verification.h"
#include "services/membership/limits_verification.h"
#include "services/membership/names.h"
#include "services/membership/renewals.h"
#include "services/membership/rules/company_key.h"
#include "services/membership/rules/eligibility.h"
#include "services/membership/rules/email.h"
#include "services/membership/rules/verification_states.h"
#include "services/membership/sign_in_limits.h"
#include "services/membership/store/applications.h"
#include "services/membership/store/facts.h"
#include "services/membership/store/links.h"
#include "services/membership/store/notices.h"
#include "services/membership/store/register.h"

namespace plenary::membership {
namespace {

using rules::ApplicationAct;
using v1::Application;

constexpr char kApplications[] = "applications";

constexpr char kSubmitApplication[] = "plenary.membership.v1.ApplicationService.SubmitApplication";
constexpr char kConfirmApplication[] = "plenary.membership.v1.ApplicationService.ConfirmApplication";
constexpr char kWithdrawApplication[] = "plenary.membership.v1.ApplicationService.WithdrawApplication";
constexpr char kApproveApplication[] = "plenary.membership.v1.ApplicationService.ApproveApplication";
constexpr char kRefuseApplication[] = "plenary.membership.v1.ApplicationService.RefuseApplication";

absl::Status CheckApplication(const Application& application) {
  FieldChecks checks;
  checks.Text("application.full_name", application.full_name(), 1, limits::kLongestPersonName);
  checks.Require(rules::NormaliseEmail(application.email()).has_value(), "application.email",
                 "Write the address as name@example.org.");
  checks.Text("application.company_display_name", application.company_display_name(), 0,
              limits::kLongestCompanyName);
  checks.Text("application.statement", application.statement(), 0, limits::kLongestStatement);
  checks.Text("application.accepted_terms", application.accepted_terms(), 0, limits::kLongestTerms);
  // Staff is made staff by staff.
  const auto category = ResourceId(kCategories, application.category());
  checks.Require(category.has_value() && *category != rules::kStaffCategory, "application.category",
                 "Name the category of membership you apply for, \"categories/{category}\".");
  RETURN_IF_ERROR(checks.Result(errors::kDomain));
  return application.accepted_terms().empty() ? errors::TermsNotAccepted() : absl::OkStatus();
}

// The state of a stored application on the moment of the call.
Application::State StateNow(const Application& application, const rpc::Call& call) {
  return rules::StateAt(application.state(), FromTimestamp(application.expire_time()), call.now());
}

Application Shown(Application application, const rpc::Call& call) {
  application.set_state(StateNow(application, call));
  return application;
}

// The state after the act, or the error that it has no place.
absl::StatusOr<Application::State> Next(const Application& application, ApplicationAct act,
                                        const rpc::Call& call) {
  const Application::State now = StateNow(application, call);
  const auto next = rules::After(now, act);
  if (!next.has_value()) return errors::ApplicationStateWrong(application.name(), now);
  return *next;
}

absl::StatusOr<Application> LockByName(db::Transaction& transaction, const std::string& name) {
  ASSIGN_OR_RETURN(const auto found,
                   store::LockApplication(transaction, ResourceId(kApplications, name).value_or("")));
  if (!found.has_value()) return errors::ApplicationNotFound(name);
  return *found;
}

// The row is held, so it is in state `from`.
absl::Status Update(db::Transaction& transaction, const Application& application, Application::State from) {
  ASSIGN_OR_RETURN(const store::ApplicationUpdate update,
                   store::UpdateApplication(transaction, application, from));
  if (update.address_waits) return errors::ApplicationExists();
  return update.stored ? absl::OkStatus() : absl::InternalError("an application that is held has changed");
}

// The first day of the membership that staff grants.
absl::StatusOr<absl::CivilDay> ReadStart(const v1::ApproveApplicationRequest& request,
                                         const Application& application, absl::CivilDay today) {
  if (request.start_date().empty()) return today;
  const auto start = ParseDate(request.start_date());
  if (!start.has_value()) return errors::DateInvalid("start_date", request.start_date());
  if (*start < DateOf(FromTimestamp(application.create_time())) ||
      *start > today + limits::kFarthestStartDays) {
    return errors::FieldInvalid(
        "start_date", "Begin the membership between the day of the application and a year from now.");
  }
  return *start;
}

}  // namespace

absl::StatusOr<v1::SubmitApplicationResponse> ApplicationService::SubmitApplication(
    rpc::Call& call, const grpc::ServerContext& context, const v1::SubmitApplicationRequest& request) {
  RETURN_IF_ERROR(CheckApplication(request.application()));
  return Mutate<v1::SubmitApplicationResponse>(
      pool_, call, kSubmitApplication, request, [&](db::Transaction& transaction) {
        return Store(transaction, call, CallerOf(context), request.application());
      });
}

absl::StatusOr<std::int64_t> ApplicationService::Count(db::Transaction& transaction, const rpc::Call& call,
                                                       const std::string& caller, const std::string& email) {
  ASSIGN_OR_RETURN(const std::int64_t of_address, store::CountApplicationsOf(transaction, email, call.now()));
  if (of_address > limits::kMostApplicationsOfAddress) return errors::ApplicationsTooMany();
  ASSIGN_OR_RETURN(const std::int64_t from_peer,
                   store::CountApplicationsFrom(transaction, caller, call.now()));
  if (from_peer > limits::kMostApplicationsFromPeer) return errors::ApplicationsTooMany();
  ASSIGN_OR_RETURN(const std::int64_t in_all, store::CountApplications(transaction, call.now()));
  if (in_all > limits::kMostApplications) return errors::ApplicationsTooMany();
  return in_all;
}

absl::StatusOr<v1::SubmitApplicationResponse> ApplicationService::Store(db::Transaction& transaction,
                                                                        const rpc::Call& call,
                                                                        const std::string& caller,
                                                                        Application application) {
  ASSIGN_OR_RETURN(const rules::Categories categories,
                   store::LoadCategories(transaction, DateOf(call.now())));
  if (!categories.contains(*ResourceId(kCategories, application.category()))) {
    return errors::CategoryNotFound(application.category());
  }
  application.set_name(ResourceName(kApplications, ids_.NextText()));
  application.set_email(*rules::NormaliseEmail(application.email()));
  const absl::Time expires = call.now() + limits::kApplicationLinkLife;
  *application.mutable_create_time() = ToTimestamp(call.now());
  *application.mutable_expire_time() = ToTimestamp(expires);
  ASSIGN_OR_RETURN(const std::int64_t in_all, Count(transaction, call, caller, application.email()));
  if (in_all == 1) {  // once an hour
    RETURN_IF_ERROR(
        store::DeleteStaleApplications(transaction, call.now() - limits::kUnconfirmedKept, call.now()));
  }
  // Nothing here asks whether the address is on the register: who applies cannot learn it.
  const std::string secret = crypto::HexEncode(random_.Bytes(limits::kMailSecretBytes));
  RETURN_IF_ERROR(store::InsertApplication(transaction, application, crypto::Sha256(secret)));
  RETURN_IF_ERROR(
      store::EnqueueNotice(transaction, ids_,
                           {.event = "application-confirm/" + application.name(),
                            .template_name = "application-confirm",
                            .person = "",
                            .address = application.email(),
                            .values = {{"code", secret}, {"expires", FormatDate(DateOf(expires))}},
                            .not_after = expires},
                           call.now())
          .status());
  RETURN_IF_ERROR(
      RecordAct(transaction, call, kSubmitApplication, application.name(), application.category()));
  v1::SubmitApplicationResponse response;
  *response.mutable_expire_time() = application.expire_time();
  return response;
}

absl::StatusOr<v1::ConfirmApplicationResponse> ApplicationService::ConfirmApplication(
    rpc::Call& call, const v1::ConfirmApplicationRequest& request) {
  return Mutate<v1::ConfirmApplicationResponse>(
      pool_, call, kConfirmApplication, request,
      [&](db::Transaction& transaction) -> absl::StatusOr<v1::ConfirmApplicationResponse> {
        ASSIGN_OR_RETURN(auto application,
                         store::LockApplicationByToken(transaction, crypto::Sha256(request.token())));
        if (!application.has_value()) return errors::ApplicationTokenInvalid();
        if (application->state() != Application::STATE_CONFIRMED) {
          const Application::State from = application->state();
          const auto next = rules::After(StateNow(*application, call), ApplicationAct::kConfirm);
          if (!next.has_value()) return errors::ApplicationTokenInvalid();
          application->set_state(*next);
          *application->mutable_confirm_time() = ToTimestamp(call.now());
          RETURN_IF_ERROR(Update(transaction, *application, from));
          RETURN_IF_ERROR(RecordAct(transaction, call, kConfirmApplication, application->name(), ""));
        }
        v1::ConfirmApplicationResponse response;
        *response.mutable_confirm_time() = application->confirm_time();
        return response;
      });
}

absl::StatusOr<v1::WithdrawApplicationResponse> ApplicationService::WithdrawApplication(
    rpc::Call& call, const v1::WithdrawApplicationRequest& request) {
  return Mutate<v1::WithdrawApplicationResponse>(
      pool_, call, kWithdrawApplication, request,
      [&](db::Transaction& transaction) -> absl::StatusOr<v1::WithdrawApplicationResponse> {
        ASSIGN_OR_RETURN(auto application,
                         store::LockApplicationByToken(transaction, crypto::Sha256(request.token())));
        if (!application.has_value()) return errors::ApplicationTokenInvalid();
        const Application::State from = application->state();
        const auto next = rules::After(StateNow(*application, call), ApplicationAct::kWithdraw);
        if (!next.has_value()) return errors::ApplicationTokenInvalid();
        application->set_state(*next);
        *application->mutable_decide_time() = ToTimestamp(call.now());
        RETURN_IF_ERROR(Update(transaction, *application, from));
        RETURN_IF_ERROR(Tell(transaction, call, *application, "application-withdrawn"));
        RETURN_IF_ERROR(RecordAct(transaction, call, kWithdrawApplication, application->name(), ""));
        v1::WithdrawApplicationResponse response;
        *response.mutable_withdraw_time() = application->decide_time();
        return response;
      });
}

absl::StatusOr<Application> ApplicationService::GetApplication(rpc::Call& call,
                                                               const v1::GetApplicationRequest& request) {
  ASSIGN_OR_RETURN(const auto found, db::Autocommit(pool_, call.deadline(), [&](db::Session& session) {
                     return store::FindApplication(session,
                                                   ResourceId(kApplications, request.name()).value_or(""));
                   }));
  if (!found.has_value()) return errors::ApplicationNotFound(request.name());
  return Shown(*found, call);
}

absl::StatusOr<v1::ListApplicationsResponse> ApplicationService::ListApplications(
    rpc::Call& call, const v1::ListApplicationsRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page, ReadIdPage(request.page_size(), request.page_token()));
  if (!Application::State_IsValid(request.state())) {
    return errors::FieldInvalid("state", "Name a state of an application, or none for all.");
  }
  ASSIGN_OR_RETURN(auto rows, db::Autocommit(pool_, call.deadline(), [&](db::Session& session) {
                     return store::ListApplications(session, page.after, request.state(), call.now(),
                                                    page.size + 1);
                   }));
  v1::ListApplicationsResponse response;
  if (CutToPage(rows, page)) {
    response.set_next_page_token(rpc::PageToken(*ResourceId(kApplications, rows.back().name())));
  }
  for (Application& application : rows) *response.add_applications() = Shown(std::move(application), call);
  return response;
}

absl::StatusOr<Application> ApplicationService::ApproveApplication(
    rpc::Call& call, const v1::ApproveApplicationRequest& request) {
  return Mutate<Application>(pool_, call, kApproveApplication, request, [&](db::Transaction& transaction) {
    return Approve(transaction, call, request);
  });
}

absl::StatusOr<Application> ApplicationService::Approve(db::Transaction& transaction, const rpc::Call& call,
                                                        const v1::ApproveApplicationRequest& request) {
  // Two that approve at once: the second waits here, and finds it approved.
  ASSIGN_OR_RETURN(Application application, LockByName(transaction, request.name()));
  ASSIGN_OR_RETURN(const Application::State next, Next(application, ApplicationAct::kApprove, call));
  const absl::CivilDay today = DateOf(call.now());
  ASSIGN_OR_RETURN(const absl::CivilDay start, ReadStart(request, application, today));
  ASSIGN_OR_RETURN(const std::string person,
                   PutOnRegister(transaction, call, application, request.company(), start));
  RETURN_IF_ERROR(Enrol(transaction, call, application, person, start));
  application.set_state(next);
  application.set_person(ResourceName(kPeople, person));
  *application.mutable_decide_time() = ToTimestamp(call.now());
  RETURN_IF_ERROR(Update(transaction, application, Application::STATE_CONFIRMED));
  RETURN_IF_ERROR(Tell(transaction, call, application, "application-approved"));
  RETURN_IF_ERROR(
      RecordAct(transaction, call, kApproveApplication, application.name(), application.person()));
  return application;
}

absl::StatusOr<std::string> ApplicationService::PutOnRegister(db::Transaction& transaction,
                                                              const rpc::Call& call,
                                                              const Application& application,
                                                              const std::string& company_name,
                                                              absl::CivilDay start) {
  std::string company;
  if (company_name.empty()) {
    const std::string& name = application.company_display_name().empty() ? application.full_name()
                                                                         : application.company_display_name();
    ASSIGN_OR_RETURN(const auto made, store::InsertCompany(transaction, ids_, name));
    if (!made.has_value()) {
      ASSIGN_OR_RETURN(const auto there, store::FindCompanyByKey(transaction, rules::CompanyKey(name)));
      return errors::CompanyExists(there.has_value() ? ResourceName(kCompanies, there->id) : "");
    }
    company = *made;
  } else {
    company = ResourceId(kCompanies, company_name).value_or("");
    ASSIGN_OR_RETURN(const auto locked, store::LockCompany(transaction, company));
    if (!locked.has_value()) return errors::CompanyNotFound(company_name);
  }
  ASSIGN_OR_RETURN(const auto person, store::InsertPerson(transaction, ids_,
                                                          {.email = application.email(),
                                                           .full_name = application.full_name(),
                                                           .company = company,
                                                           .since = std::min(start, DateOf(call.now())),
                                                           .source = application.name()}));
  if (!person.has_value()) return errors::PersonExists();
  return *person;
}

absl::Status ApplicationService::Enrol(db::Transaction& transaction, const rpc::Call& call,
                                       const Application& application, const std::string& person,
                                       absl::CivilDay start) {
  const std::string category = ResourceId(kCategories, application.category()).value_or("");
  ASSIGN_OR_RETURN(const HolderFacts facts,
                   LockHolderFacts(transaction, {.kind = store::HolderKind::kPerson, .id = person}));
  ASSIGN_OR_RETURN(const CategoryFacts asked, LoadCategoryFacts(transaction, facts, category, start));
  const rules::RenewalAnswer answer = rules::PlanEnrolment(asked.renewal, start, DateOf(call.now()));
  if (answer.refusal != rules::RenewalRefusal::kNone) return RefusalError(answer, category);
  ASSIGN_OR_RETURN(const Offer offer, PriceNext(transaction, facts, asked, answer.next));
  RETURN_IF_ERROR(BeginPeriod(transaction, facts, offer, application.name()));
  return InvoiceBegun(transaction, ids_, facts, offer, call.now()).status();
}

absl::Status ApplicationService::Tell(db::Transaction& transaction, const rpc::Call& call,
                                      const Application& application, std::string_view template_name) {
  store::Notice notice{
      .event = fmt::format("{}/{}", template_name, application.name()),
      .template_name = std::string(template_name),
      .person = ResourceId(kPeople, application.person()).value_or(""),
      .address = application.email(),
      .values = {{"full_name", application.full_name()}, {"category", application.category()}}};
  ASSIGN_OR_RETURN(const rules::Categories categories,
                   store::LoadCategories(transaction, DateOf(call.now())));
  const auto category = categories.find(ResourceId(kCategories, application.category()).value_or(""));
  if (category != categories.end()) notice.values["category"] = category->second.display_name();
  if (application.state() == Application::STATE_REFUSED) {
    notice.values["reason"] = application.decision_reason();
  }
  return store::EnqueueNotice(transaction, ids_, notice, call.now()).status();
}

absl::StatusOr<Application> ApplicationService::RefuseApplication(
    rpc::Call& call, const v1::RefuseApplicationRequest& request) {
  FieldChecks checks;
  checks.Text("reason", request.reason(), 1, limits::kLongestNote);
  RETURN_IF_ERROR(checks.Result(errors::kDomain));
  return Mutate<Application>(
      pool_, call, kRefuseApplication, request,
      [&](db::Transaction& transaction) -> absl::StatusOr<Application> {
        ASSIGN_OR_RETURN(Application application, LockByName(transaction, request.name()));
        ASSIGN_OR_RETURN(const Application::State next, Next(application, ApplicationAct::kRefuse, call));
        application.set_state(next);
        application.set_decision_reason(request.reason());
        *application.mutable_decide_time() = ToTimestamp(call.now());
        RETURN_IF_ERROR(Update(transaction, application, Application::STATE_CONFIRMED));
        RETURN_IF_ERROR(Tell(transaction, call, application, "application-refused"));
        RETURN_IF_ERROR(
            RecordAct(transaction, call, kRefuseApplication, application.name(), request.reason()));
        return application;
      });
}

}  // namespace plenary::membership
