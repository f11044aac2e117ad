// person create, update, move, search, history; company create, rename, administrator, search, history
#include "fmt/format.h"
#include "plenary/membership/v1/directory_service.grpc.pb.h"
#include "plenary/membership/v1/people_service.grpc.pb.h"
#include "services/cli/commands.h"
#include "services/cli/names.h"
#include "services/cli/resolve.h"

namespace plenary::cli {
namespace {

using namespace membership::v1;  // the messages of one contract, in one file
using People = PeopleService::Stub;
using Directory = DirectoryService::Stub;

constexpr char kPersonHelp[] = "E-mail address, people/ID, or `me`";
constexpr char kCompanyHelp[] = "Display name, id or companies/ID";
constexpr char kEtagHelp[] = "Only if it is as it was read: the `etag` of `show --json`";

struct PersonFlags {
  std::string person;
  std::string full_name;
  std::string email;
  std::string company;
  std::string since;
  std::string etag;
};

void SayPerson(Invocation& run, std::string_view what, const Person& person) {
  run.out().Line(fmt::format("{} {} ({}), {}, of {}.", what, person.full_name(), person.email(),
                             person.name(), person.company()));
  run.out().Document(person);
}

absl::Status CreatePerson(Invocation& run, const PersonFlags& flags) {
  CreatePersonRequest request;
  request.set_full_name(flags.full_name);
  request.set_email(flags.email);
  if (!flags.company.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_company(), CompanyName(run, flags.company));
  }
  request.set_since(flags.since);
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const Person person, run.Ask(&People::CreatePerson, request));
  SayPerson(run, "Put on the register:", person);
  return absl::OkStatus();
}

absl::Status UpdatePerson(Invocation& run, const PersonFlags& flags) {
  UpdatePersonRequest request;
  ASSIGN_OR_RETURN(*request.mutable_person(), PersonName(run, flags.person));
  if (!flags.full_name.empty()) request.set_full_name(flags.full_name);
  if (!flags.email.empty()) request.set_email(flags.email);
  request.set_etag(flags.etag);
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const Person person, run.Ask(&People::UpdatePerson, request));
  SayPerson(run, "Now:", person);
  return absl::OkStatus();
}

absl::Status MovePerson(Invocation& run, const PersonFlags& flags) {
  MovePersonRequest request;
  ASSIGN_OR_RETURN(*request.mutable_person(), PersonName(run, flags.person));
  ASSIGN_OR_RETURN(*request.mutable_company(), CompanyName(run, flags.company));
  request.set_etag(flags.etag);
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const Person person, run.Ask(&People::MovePerson, request));
  SayPerson(run, "Moved:", person);
  return absl::OkStatus();
}

struct CompanyFlags {
  std::string company;
  std::string display_name;
  std::string person;
  std::string etag;
};

absl::Status CreateCompany(Invocation& run, const CompanyFlags& flags) {
  CreateCompanyRequest request;
  request.set_display_name(flags.display_name);
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const Company company, run.Ask(&People::CreateCompany, request));
  run.out().Line(fmt::format("Put on the register: {}, {}.", company.display_name(), company.name()));
  run.out().Document(company);
  return absl::OkStatus();
}

absl::Status RenameCompany(Invocation& run, const CompanyFlags& flags) {
  RenameCompanyRequest request;
  ASSIGN_OR_RETURN(*request.mutable_company(), CompanyName(run, flags.company));
  request.set_display_name(flags.display_name);
  request.set_etag(flags.etag);
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const Company company, run.Ask(&People::RenameCompany, request));
  run.out().Line(fmt::format("{} is now called {}.", company.name(), company.display_name()));
  run.out().Document(company);
  return absl::OkStatus();
}

// AppointAdministrator or RemoveAdministrator.
template <typename Request>
absl::Status ChangeAdministrator(Invocation& run,
                                 grpc::Status (People::*method)(grpc::ClientContext*, const Request&,
                                                                Company*),
                                 std::string_view sentence, const CompanyFlags& flags) {
  Request request;
  ASSIGN_OR_RETURN(*request.mutable_company(), CompanyName(run, flags.company));
  ASSIGN_OR_RETURN(*request.mutable_person(), PersonName(run, flags.person));
  request.set_etag(flags.etag);
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const Company company, run.Ask(method, request));
  run.out().Line(fmt::format(fmt::runtime(sentence), request.person(), company.display_name()));
  run.out().Document(company);
  return absl::OkStatus();
}

struct SearchFlags {
  std::string text;
  std::string category;
  std::string state;
  std::string as_of;
};

template <typename Request>
Request SearchRequest(const SearchFlags& flags) {
  Request request;
  request.set_text(flags.text);
  if (!flags.category.empty()) request.set_category(Qualified("categories", flags.category));
  if (!flags.state.empty()) request.set_state(ValueOf<Membership::State>(flags.state));
  request.set_as_of(flags.as_of);
  return request;
}

// "professional active, associate lapsed"
std::string StatesText(const google::protobuf::RepeatedPtrField<Membership>& memberships) {
  std::string text;
  for (const Membership& membership : memberships) {
    if (!text.empty()) text += ", ";
    text += LastSegment(membership.category()) + " " + Word(membership.state());
  }
  return text;
}

absl::Status SearchPeople(Invocation& run, const SearchFlags& flags) {
  ASSIGN_OR_RETURN(const auto found,
                   run.AskAll(&Directory::SearchPeople, SearchRequest<SearchPeopleRequest>(flags)));
  Table table({"PERSON", "NAME", "E-MAIL", "COMPANY", "MEMBERSHIPS"});
  for (const Person& person : found.people()) {
    table.Row({LastSegment(person.name()), person.full_name(), person.email(), LastSegment(person.company()),
               StatesText(person.memberships())});
  }
  run.out().Print(table, "Nobody found.");
  run.out().Document(found);
  return absl::OkStatus();
}

absl::Status SearchCompanies(Invocation& run, const SearchFlags& flags) {
  ASSIGN_OR_RETURN(const auto found,
                   run.AskAll(&Directory::SearchCompanies, SearchRequest<SearchCompaniesRequest>(flags)));
  Table table({"COMPANY", "NAME", "REPRESENTATIVE", Right("ADMINISTRATORS"), "MEMBERSHIPS"});
  for (const Company& company : found.companies()) {
    table.Row({LastSegment(company.name()), company.display_name(), LastSegment(company.representative()),
               std::to_string(company.administrators_size()), StatesText(company.memberships())});
  }
  run.out().Print(table, "No company found.");
  run.out().Document(found);
  return absl::OkStatus();
}

// What held, in a few words. `of_person` tells which side of a link is asked about.
std::string FactText(const HistoricFact& fact, bool of_person) {
  switch (fact.fact_case()) {
    case HistoricFact::kLink: {
      const HistoricFact::Link& link = fact.link();
      return of_person ? fmt::format("{} of {}", Word(link.role()), link.company_display_name())
                       : fmt::format("{}: {}", Word(link.role()), link.full_name());
    }
    case HistoricFact::kMembership:
      return fmt::format("{} {}", LastSegment(fact.membership().category()), Word(fact.membership().state()));
    case HistoricFact::kDecision: {
      const HistoricFact::Decision& decision = fact.decision();
      std::string text =
          fmt::format("{}: {}", Word(decision.kind()),
                      decision.category().empty() ? "all memberships" : LastSegment(decision.category()));
      for (const std::string& detail : {decision.motion(), decision.reason()}) {
        if (!detail.empty()) text += ", " + detail;
      }
      return text;
    }
    case HistoricFact::kAcceptedLetters:
      return fmt::format("{} accepted letters of reference", fact.accepted_letters());
    case HistoricFact::kFormerName:
      return "was called " + fact.former_name();
    case HistoricFact::FACT_NOT_SET:
      break;
  }
  return "";
}

absl::Status ShowHistory(Invocation& run, const std::string& holder, const std::string& as_of) {
  ListHistoryRequest request;
  request.set_holder(holder);
  request.set_as_of(as_of);
  ASSIGN_OR_RETURN(const auto history, run.AskAll(&Directory::ListHistory, request));
  const bool of_person = holder.rfind("people/", 0) == 0;
  Table table({"FROM", "UNTIL", "WHAT", "SOURCE", "ENDED BY"});
  for (const HistoricFact& fact : history.facts()) {
    table.Row(
        {fact.start_date(), fact.end_date(), FactText(fact, of_person), fact.source(), fact.end_source()});
  }
  run.out().Print(table, "Nothing is known.");
  run.out().Document(history);
  return absl::OkStatus();
}

void AddSearchFlags(CLI::App& search, const std::shared_ptr<SearchFlags>& flags) {
  search.add_option("TEXT", flags->text, "Beginnings of words, at most four; none: everything");
  search.add_option("--category", flags->category, "Only with a membership of this category");
  AddWord<Membership::State>(search, "--state", flags->state, "Only with a membership in this state");
  search.add_option("--as-of", flags->as_of, "YYYY-MM-DD (default: today by the suite's clock)");
}

void AddPersonChanges(CommandSet& commands, CLI::App& person) {
  const auto flags = std::make_shared<PersonFlags>();
  CLI::App& create = commands.Mutation(
      person, "create", "Put a person on the register, without a membership (staff)",
      "plenary person create \"Ada Demo\" ada.demo@solo.example --company \"Northwind Imaginary Help Desk\"",
      [flags](Invocation& run) { return CreatePerson(run, *flags); });
  create.add_option("NAME", flags->full_name, "As the person writes it")->required();
  create.add_option("EMAIL", flags->email, "Their address")->required();
  create.add_option("--company", flags->company,
                    "Display name, id or companies/ID (default: one of their own)");
  create.add_option("--since", flags->since, "First day with the company, YYYY-MM-DD (default: today)");
  CLI::App& update = commands.Mutation(person, "update", "Change a name, or an address (staff)",
                                       "plenary person update ada.demo@solo.example --name \"Ada Demo-Lee\"",
                                       [flags](Invocation& run) { return UpdatePerson(run, *flags); });
  update.add_option("PERSON", flags->person, kPersonHelp)->required();
  update.add_option("--full-name,--name", flags->full_name, "The new name");
  update.add_option("--email", flags->email, "The new address (staff)");
  update.add_option("--etag", flags->etag, kEtagHelp);
  CLI::App& move =
      commands.Mutation(person, "move", "Move a person to another company from today on (staff)",
                        "plenary person move ada.demo@solo.example \"Northwind Imaginary Help Desk\"",
                        [flags](Invocation& run) { return MovePerson(run, *flags); });
  move.add_option("PERSON", flags->person, kPersonHelp)->required();
  move.add_option("COMPANY", flags->company, kCompanyHelp)->required();
  move.add_option("--etag", flags->etag, kEtagHelp);
}

void AddPersonReads(CommandSet& commands, CLI::App& person) {
  const auto search_flags = std::make_shared<SearchFlags>();
  CLI::App& search =
      commands.List(person, "search", "People by name, address, company, category and state (staff)",
                    "plenary person search \"ada north\" --state lapsed --as-of 2022-08-31",
                    [search_flags](Invocation& run) { return SearchPeople(run, *search_flags); });
  AddSearchFlags(search, search_flags);
  const auto who = std::make_shared<PersonFlags>();
  const auto as_of = std::make_shared<std::string>();
  CLI::App& history =
      commands.List(person, "history", "Everything that held of a person, with its days and source",
                    "plenary person history ada.demo@solo.example --as-of 2022-08-31",
                    [who, as_of](Invocation& run) -> absl::Status {
                      ASSIGN_OR_RETURN(const std::string name, PersonName(run, who->person));
                      return ShowHistory(run, name, *as_of);
                    });
  history.add_option("PERSON", who->person, kPersonHelp)->required();
  history.add_option("--as-of", *as_of, "Only what held on this day, YYYY-MM-DD");
}

void AddCompanyChanges(CommandSet& commands, CLI::App& company) {
  const auto flags = std::make_shared<CompanyFlags>();
  CLI::App& create =
      commands.Mutation(company, "create", "Put a company on the register, without people (staff)",
                        "plenary company create \"Northwind Imaginary Help Desk\"",
                        [flags](Invocation& run) { return CreateCompany(run, *flags); });
  create.add_option("NAME", flags->display_name, "What it is called")->required();
  CLI::App& rename =
      commands.Mutation(company, "rename", "Give a company another name (staff, its administrators)",
                        "plenary company rename \"Primer Soft\" \"Primer Software\"",
                        [flags](Invocation& run) { return RenameCompany(run, *flags); });
  rename.add_option("COMPANY", flags->company, kCompanyHelp)->required();
  rename.add_option("NAME", flags->display_name, "The new name")->required();
  rename.add_option("--etag", flags->etag, kEtagHelp);
}

void AddAdministrators(CommandSet& commands, CLI::App& company) {
  CLI::App& group = commands.Group(company, "administrator", "Who administers a company");
  group.footer("`plenary company administrator COMMAND --help` shows an example of each.");
  const auto flags = std::make_shared<CompanyFlags>();
  CLI::App& add = commands.Mutation(
      group, "add", "Make a person of the company its administrator (staff, its administrators)",
      "plenary company administrator add \"Primer Soft\" xavier.esempio@primer-soft.example",
      [flags](Invocation& run) {
        return ChangeAdministrator(run, &People::AppointAdministrator, "{} administers {}.", *flags);
      });
  CLI::App& remove = commands.Mutation(
      group, "remove", "Take the administration from a person (staff, its administrators)",
      "plenary company administrator remove \"Primer Soft\" xavier.esempio@primer-soft.example",
      [flags](Invocation& run) {
        return ChangeAdministrator(run, &People::RemoveAdministrator, "{} does not administer {}.", *flags);
      });
  for (CLI::App* const command : {&add, &remove}) {
    command->add_option("COMPANY", flags->company, kCompanyHelp)->required();
    command->add_option("PERSON", flags->person, kPersonHelp)->required();
    command->add_option("--etag", flags->etag, kEtagHelp);
  }
}

void AddCompanyReads(CommandSet& commands, CLI::App& company) {
  const auto search_flags = std::make_shared<SearchFlags>();
  CLI::App& search =
      commands.List(company, "search", "Companies by name, category and state (staff)",
                    "plenary company search north --category vendor-partner",
                    [search_flags](Invocation& run) { return SearchCompanies(run, *search_flags); });
  AddSearchFlags(search, search_flags);
  const auto which = std::make_shared<CompanyFlags>();
  const auto as_of = std::make_shared<std::string>();
  CLI::App& history = commands.List(
      company, "history", "Everything that held of a company (staff, its administrators)",
      "plenary company history \"Primer Soft\"", [which, as_of](Invocation& run) -> absl::Status {
        ASSIGN_OR_RETURN(const std::string name, CompanyName(run, which->company));
        return ShowHistory(run, name, *as_of);
      });
  history.add_option("COMPANY", which->company, kCompanyHelp)->required();
  history.add_option("--as-of", *as_of, "Only what held on this day, YYYY-MM-DD");
}

}  // namespace

void AddPeopleCommands(CommandSet& commands) {
  CLI::App& person = *commands.root().get_subcommand("person");
  AddPersonChanges(commands, person);
  AddPersonReads(commands, person);
  CLI::App& company = *commands.root().get_subcommand("company");
  AddCompanyChanges(commands, company);
  AddAdministrators(commands, company);
  AddCompanyReads(commands, company);
}

}  // namespace plenary::cli
