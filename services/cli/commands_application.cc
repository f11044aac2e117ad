// application
#include "fmt/format.h"
#include "plenary/membership/v1/application_service.grpc.pb.h"
#include "services/cli/commands.h"
#include "services/cli/names.h"
#include "services/cli/resolve.h"

namespace plenary::cli {
namespace {

using namespace membership::v1;  // the messages of one contract, in one file
using Applications = ApplicationService::Stub;

void PrintApplication(Invocation& run, const Application& application) {
  run.out().Print(
      Facts()
          .Add("application", application.name())
          .Add("name", application.full_name())
          .Add("e-mail", application.email())
          .Add("company", application.company_display_name())
          .Add("category", application.category())
          .Add("terms", application.accepted_terms())
          .Add("state", Word(application.state()))
          .Add("handed in", InstantText(application.has_create_time(), application.create_time()))
          .Add("confirmed", InstantText(application.has_confirm_time(), application.confirm_time()))
          .Add("decided", InstantText(application.has_decide_time(), application.decide_time()))
          .Add("reason", application.decision_reason())
          .Add("person", application.person())
          .Add("statement", application.statement()));
  run.out().Document(application);
}

struct FormFlags {
  std::string full_name;
  std::string email;
  std::string company;
  std::string category;
  std::string statement;
  std::string terms;
};

absl::Status Submit(Invocation& run, const FormFlags& flags) {
  SubmitApplicationRequest request;
  Application& application = *request.mutable_application();
  application.set_full_name(flags.full_name);
  application.set_email(flags.email);
  application.set_company_display_name(flags.company);
  application.set_category(Qualified("categories", flags.category));
  application.set_statement(flags.statement);
  application.set_accepted_terms(flags.terms);
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const auto answer, run.Ask(&Applications::SubmitApplication, request));
  run.out().Line(fmt::format("Look into your mail: the link there confirms the application, until {}.",
                             InstantText(answer.has_expire_time(), answer.expire_time())));
  run.out().Document(answer);
  return absl::OkStatus();
}

absl::Status Confirm(Invocation& run, const std::string& code) {
  ConfirmApplicationRequest request;
  request.set_token(code);
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const auto answer, run.Ask(&Applications::ConfirmApplication, request));
  run.out().Line("The application is confirmed. The office decides on it now.");
  run.out().Document(answer);
  return absl::OkStatus();
}

absl::Status Withdraw(Invocation& run, const std::string& code) {
  WithdrawApplicationRequest request;
  request.set_token(code);
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const auto answer, run.Ask(&Applications::WithdrawApplication, request));
  run.out().Line("The application is withdrawn.");
  run.out().Document(answer);
  return absl::OkStatus();
}

absl::Status List(Invocation& run, const std::string& state) {
  ListApplicationsRequest request;
  request.set_state(ValueOf<Application::State>(state));
  ASSIGN_OR_RETURN(const auto all, run.AskAll(&Applications::ListApplications, request));
  Table table({"APPLICATION", "NAME", "E-MAIL", "COMPANY", "CATEGORY", "STATE", "HANDED IN"});
  for (const Application& application : all.applications()) {
    table.Row({LastSegment(application.name()), application.full_name(), application.email(),
               application.company_display_name(), LastSegment(application.category()),
               Word(application.state()),
               InstantText(application.has_create_time(), application.create_time())});
  }
  run.out().Print(table, "No applications.");
  run.out().Document(all);
  return absl::OkStatus();
}

absl::Status Show(Invocation& run, const std::string& name) {
  GetApplicationRequest request;
  request.set_name(Qualified("applications", name));
  ASSIGN_OR_RETURN(const Application application, run.Ask(&Applications::GetApplication, request));
  PrintApplication(run, application);
  return absl::OkStatus();
}

struct DecisionFlags {
  std::string name;
  std::string company;
  std::string from;
  std::string reason;
};

absl::Status Approve(Invocation& run, const DecisionFlags& flags) {
  ApproveApplicationRequest request;
  request.set_name(Qualified("applications", flags.name));
  if (!flags.company.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_company(), CompanyName(run, flags.company));
  }
  request.set_start_date(flags.from);
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const Application approved, run.Ask(&Applications::ApproveApplication, request));
  PrintApplication(run, approved);
  return absl::OkStatus();
}

absl::Status Refuse(Invocation& run, const DecisionFlags& flags) {
  RefuseApplicationRequest request;
  request.set_name(Qualified("applications", flags.name));
  request.set_reason(flags.reason);
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const Application refused, run.Ask(&Applications::RefuseApplication, request));
  PrintApplication(run, refused);
  return absl::OkStatus();
}

void AddApplying(CommandSet& commands, CLI::App& application) {
  const auto form = std::make_shared<FormFlags>();
  CLI::App& submit = commands.Mutation(
      application, "submit", "Apply for a membership (anybody)",
      "plenary application submit --name \"Nina New\" --email nina@new.example --company Novum "
      "--category professional --accept-terms \"terms of 2022-08\"",
      [form](Invocation& run) { return Submit(run, *form); });
  submit.add_option("--name", form->full_name, "Your name")->required();
  submit.add_option("--email", form->email, "Your address; a mail there brings a link")->required();
  submit.add_option("--company", form->company, "Name of your company (default: you work for yourself)");
  submit.add_option("--category", form->category, "Id of the membership you apply for")->required();
  submit.add_option("--statement", form->statement, "Why");
  submit.add_option("--accept-terms", form->terms, "Which terms you accept");
  const auto code = std::make_shared<std::string>();
  CLI::App& confirm = commands.Mutation(application, "confirm", "Confirm with the code of the mail (anybody)",
                                        "plenary application confirm CODE",
                                        [code](Invocation& run) { return Confirm(run, *code); });
  confirm.add_option("CODE", *code, "The code of the mail")->required();
  CLI::App& withdraw = commands.Mutation(
      application, "withdraw", "Withdraw with the code of the mail (anybody)",
      "plenary application withdraw CODE", [code](Invocation& run) { return Withdraw(run, *code); });
  withdraw.add_option("CODE", *code, "The code of the mail")->required();
}

void AddDeciding(CommandSet& commands, CLI::App& application) {
  const auto state = std::make_shared<std::string>();
  CLI::App& list = commands.List(application, "list", "Applications, by id (staff)",
                                 "plenary application list --state confirmed",
                                 [state](Invocation& run) { return List(run, *state); });
  AddWord<Application::State>(list, "--state", *state, "Only those in this state");
  const auto flags = std::make_shared<DecisionFlags>();
  CLI::App& show = commands.Command(application, "show", "One application (staff)",
                                    "plenary application show 0123456789abcdefghijklmnop",
                                    [flags](Invocation& run) { return Show(run, flags->name); });
  show.add_option("APPLICATION", flags->name, "Id or applications/ID")->required();
  CLI::App& approve =
      commands.Mutation(application, "approve", "Put the applicant on the register (staff)",
                        "plenary application approve 0123456789abcdefghijklmnop --company \"Primer Soft\"",
                        [flags](Invocation& run) { return Approve(run, *flags); });
  approve.add_option("APPLICATION", flags->name, "Id or applications/ID")->required();
  approve.add_option("--company", flags->company,
                     "The company on the register that they join (default: a new one)");
  approve.add_option("--from", flags->from, "First day, YYYY-MM-DD (default: today by the suite's clock)");
  CLI::App& refuse = commands.Mutation(
      application, "refuse", "Refuse an application (staff)",
      "plenary application refuse 0123456789abcdefghijklmnop --reason \"We could not reach you\"",
      [flags](Invocation& run) { return Refuse(run, *flags); });
  refuse.add_option("APPLICATION", flags->name, "Id or applications/ID")->required();
  refuse.add_option("--reason", flags->reason, "Why; the applicant is told")->required();
}

}  // namespace

void AddApplicationCommands(CommandSet& commands) {
  CLI::App& application = commands.Group("application", "Applications for membership");
  AddApplying(commands, application);
  AddDeciding(commands, application);
}

}  // namespace plenary::cli
