// category, person, company, letters, right
#include "fmt/format.h"
#include "fmt/ranges.h"
#include "services/cli/commands.h"
#include "services/cli/errors.h"
#include "services/cli/names.h"
#include "services/cli/resolve.h"

namespace plenary::cli {
namespace {

using namespace membership::v1;  // the messages of one contract, in one file
using Register = RegisterService::Stub;

// CLI11 hands an empty list over as one empty word.
std::string CheckRight(const std::string& word) {
  for (const char* right : {"", "vote", "office", "committee", "attend"}) {
    if (word == right) return "";
  }
  return "\"" + word + "\" is none of vote, office, committee, attend";
}

struct CategoryFlags {
  std::string id;
  std::string display_name;
  std::vector<std::string> rights;
  int seats = 0;
  std::int64_t price_cents = 0;
  int term_months = 0;
  int grace_days = 0;
  int letters = 0;
  int credit_hundredths = 0;
  std::string code_version;
  std::string valid_from;
};

Rights RightsOf(const std::vector<std::string>& words) {
  Rights rights;
  for (const std::string& word : words) {
    if (word == "vote") rights.set_can_vote(true);
    if (word == "office") rights.set_can_hold_office(true);
    if (word == "committee") rights.set_can_vote_in_committee(true);
    if (word == "attend") rights.set_can_attend(true);
  }
  return rights;
}

std::string RightsText(const Rights& rights) {
  std::vector<std::string> words;
  if (rights.can_vote()) words.push_back("vote");
  if (rights.can_hold_office()) words.push_back("office");
  if (rights.can_vote_in_committee()) words.push_back("committee");
  if (rights.can_attend()) words.push_back("attend");
  return fmt::format("{}", fmt::join(words, " "));
}

absl::Status SaveCategory(Invocation& run, const CategoryFlags& flags) {
  SaveCategoryRequest request;
  Category& category = *request.mutable_category();
  category.set_name(Qualified("categories", flags.id));
  category.set_display_name(flags.display_name);
  *category.mutable_rights() = RightsOf(flags.rights);
  category.set_seats_included(flags.seats);
  category.set_price_cents(flags.price_cents);
  category.set_term_months(flags.term_months);
  category.set_grace_days(flags.grace_days);
  category.set_required_letters(flags.letters);
  category.set_required_credit_hundredths(flags.credit_hundredths);
  if (!flags.code_version.empty()) {
    category.set_required_code_version(Qualified("codeVersions", flags.code_version));
  }
  category.set_valid_from(flags.valid_from);
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const Category saved, run.Ask(&Register::SaveCategory, request));
  run.out().Line(fmt::format("Saved {} ({}).", saved.name(), saved.display_name()));
  run.out().Document(saved);
  return absl::OkStatus();
}

absl::Status ListCategories(Invocation& run, const std::string& as_of) {
  ListCategoriesRequest request;
  request.set_as_of(as_of);
  ASSIGN_OR_RETURN(const auto all, run.AskAll(&Register::ListCategories, request));
  Table table({"ID", "NAME", "RIGHTS", Right("SEATS"), Right("CENTS"), Right("MONTHS"), Right("GRACE"),
               Right("LETTERS")});
  for (const Category& category : all.categories()) {
    table.Row({LastSegment(category.name()), category.display_name(), RightsText(category.rights()),
               std::to_string(category.seats_included()), std::to_string(category.price_cents()),
               std::to_string(category.term_months()), std::to_string(category.grace_days()),
               std::to_string(category.required_letters())});
  }
  run.out().Print(table, "No categories.");
  run.out().Document(all);
  return absl::OkStatus();
}

absl::Status ListCategoryVersions(Invocation& run, const std::string& id) {
  ListCategoryVersionsRequest request;
  request.set_category(Qualified("categories", id));
  ASSIGN_OR_RETURN(const auto all, run.AskAll(&Register::ListCategoryVersions, request));
  Table table({"FROM", "NAME", "RIGHTS", Right("SEATS"), Right("CENTS"), Right("MONTHS"), Right("GRACE"),
               Right("LETTERS"), Right("CREDITS/100"), "CODE"});
  for (const Category& version : all.versions()) {
    table.Row({version.valid_from(), version.display_name(), RightsText(version.rights()),
               std::to_string(version.seats_included()), std::to_string(version.price_cents()),
               std::to_string(version.term_months()), std::to_string(version.grace_days()),
               std::to_string(version.required_letters()),
               std::to_string(version.required_credit_hundredths()),
               LastSegment(version.required_code_version())});
  }
  run.out().Print(table, "No versions.");
  run.out().Document(all);
  return absl::OkStatus();
}

void AddCategory(CommandSet& commands) {
  CLI::App& category = commands.Group("category", "Kinds of membership and what they allow");
  const auto flags = std::make_shared<CategoryFlags>();
  CLI::App& save = commands.Mutation(
      category, "save", "Create a category, or a version of it from a day on (staff)",
      "plenary category save professional --display-name Professional --rights vote,office,committee,attend "
      "--price-cents 10000 --term-months 12 --grace-days 30 --required-letters 2",
      [flags](Invocation& run) { return SaveCategory(run, *flags); });
  save.add_option("ID,--id", flags->id, "Id, of [a-z0-9-]")->required();
  save.add_option("--display-name,--name", flags->display_name, "What people call it")->required();
  save.add_option("--rights", flags->rights, "Of vote, office, committee, attend; separated by commas")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(CheckRight);
  save.add_option("--seats-included,--seats", flags->seats, "Memberships of others that one includes");
  save.add_option("--price-cents", flags->price_cents, "Price of one term");
  save.add_option("--term-months", flags->term_months, "Length of one term; 0: no end");
  save.add_option("--grace-days", flags->grace_days, "Days after the end still in good standing");
  save.add_option("--required-letters,--letters", flags->letters,
                  "Letters of reference needed for vote and office");
  save.add_option("--required-credit-hundredths,--credit-hundredths", flags->credit_hundredths,
                  "Credits needed a year for vote and office, in hundredths: 1200 is 12 credits");
  save.add_option("--required-code-version,--code-version", flags->code_version,
                  "Version of the code of ethics to accept for vote and office");
  save.add_option("--valid-from", flags->valid_from, "First day of the version, YYYY-MM-DD (default: today)");
  const auto as_of = std::make_shared<std::string>();
  CLI::App& list = commands.List(category, "list", "All categories as of a day",
                                 "plenary category list --as-of 2022-08-31",
                                 [as_of](Invocation& run) { return ListCategories(run, *as_of); });
  list.add_option("--as-of", *as_of, "YYYY-MM-DD (default: today by the suite's clock)");
  const auto id = std::make_shared<std::string>();
  CLI::App& versions = commands.List(category, "versions", "Every version of a category, oldest first",
                                     "plenary category versions professional",
                                     [id](Invocation& run) { return ListCategoryVersions(run, *id); });
  versions.add_option("ID", *id, "Of the category")->required();
}

// "professional active until 2023-01-01"
std::string MembershipText(const Membership& membership) {
  std::string text = LastSegment(membership.category()) + " " + Word(membership.state());
  if (!membership.end_date().empty()) text += " until " + membership.end_date();
  return text;
}

std::string LatestMembership(const google::protobuf::RepeatedPtrField<Membership>& memberships) {
  return memberships.empty() ? "" : MembershipText(*memberships.rbegin());
}

Table MembershipTable(const google::protobuf::RepeatedPtrField<Membership>& memberships) {
  Table table({"CATEGORY", "FROM", "UNTIL", "STATE", "SOURCE"});
  for (const Membership& membership : memberships) {
    table.Row({LastSegment(membership.category()), membership.start_date(),
               membership.end_date().empty() ? "no end" : membership.end_date(), Word(membership.state()),
               membership.source()});
  }
  return table;
}

void PrintPerson(Invocation& run, const Person& person) {
  run.out().Print(Facts()
                      .Add("name", person.full_name())
                      .Add("person", person.name())
                      .Add("e-mail", person.email())
                      .Add("company", person.company())
                      .Add("letters", std::to_string(person.accepted_letters())));
  run.out().Line("");
  run.out().Print(MembershipTable(person.memberships()), "No memberships.");
  run.out().Document(person);
}

absl::Status ShowPerson(Invocation& run, const std::string& text, const std::string& as_of) {
  GetPersonRequest request;
  request.set_as_of(as_of);
  ASSIGN_OR_RETURN(*request.mutable_name(), PersonName(run, text));
  ASSIGN_OR_RETURN(const Person person, run.Ask(&Register::GetPerson, request));
  PrintPerson(run, person);
  return absl::OkStatus();
}

struct PeopleFilter {
  std::string email;
  std::string company;
};

absl::Status ListPeople(Invocation& run, const PeopleFilter& filter) {
  ListPeopleRequest request;
  request.set_email(filter.email);
  if (!filter.company.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_company(), CompanyName(run, filter.company));
  }
  ASSIGN_OR_RETURN(const auto all, run.AskAll(&Register::ListPeople, request));
  Table table({"PERSON", "NAME", "E-MAIL", "COMPANY", Right("LETTERS"), "MEMBERSHIP"});
  for (const Person& person : all.people()) {
    table.Row({LastSegment(person.name()), person.full_name(), person.email(), LastSegment(person.company()),
               std::to_string(person.accepted_letters()), LatestMembership(person.memberships())});
  }
  run.out().Print(table, "No people.");
  run.out().Document(all);
  return absl::OkStatus();
}

void AddPerson(CommandSet& commands) {
  CLI::App& person = commands.Group("person", "People on the register");
  const auto filter = std::make_shared<PeopleFilter>();
  CLI::App& list = commands.List(person, "list", "People, by id (staff)",
                                 "plenary person list --company \"Northwind Imaginary Help Desk\"",
                                 [filter](Invocation& run) { return ListPeople(run, *filter); });
  list.add_option("--email", filter->email, "Only the person with this address");
  list.add_option("--company", filter->company, "Only people of this company (display name or id)");
  const auto who = std::make_shared<std::string>();
  const auto as_of = std::make_shared<std::string>();
  CLI::App& show = commands.Command(person, "show", "One person with every membership",
                                    "plenary person show ada.demo@solo.example",
                                    [who, as_of](Invocation& run) { return ShowPerson(run, *who, *as_of); });
  show.add_option("PERSON", *who, "E-mail address, people/ID, or `me`")->required();
  show.add_option("--as-of", *as_of, "YYYY-MM-DD (default: today by the suite's clock)");
}

void PrintCompany(Invocation& run, const Company& company) {
  run.out().Print(
      Facts()
          .Add("name", company.display_name())
          .Add("company", company.name())
          .Add("representative", company.representative().empty() ? "not named" : company.representative())
          .Add("administrators", fmt::format("{}", fmt::join(company.administrators(), " "))));
  run.out().Line("");
  run.out().Print(MembershipTable(company.memberships()), "No memberships of its own.");
  run.out().Document(company);
}

absl::Status ShowCompany(Invocation& run, const std::string& text, const std::string& as_of) {
  GetCompanyRequest request;
  request.set_as_of(as_of);
  ASSIGN_OR_RETURN(*request.mutable_name(), CompanyName(run, text));
  ASSIGN_OR_RETURN(const Company company, run.Ask(&Register::GetCompany, request));
  PrintCompany(run, company);
  return absl::OkStatus();
}

absl::Status ListCompanies(Invocation& run, const std::string& display_name) {
  ListCompaniesRequest request;
  request.set_display_name(display_name);
  ASSIGN_OR_RETURN(const auto all, run.AskAll(&Register::ListCompanies, request));
  Table table({"COMPANY", "NAME", "REPRESENTATIVE", "MEMBERSHIP"});
  for (const Company& company : all.companies()) {
    table.Row({LastSegment(company.name()), company.display_name(), LastSegment(company.representative()),
               LatestMembership(company.memberships())});
  }
  run.out().Print(table, "No companies.");
  run.out().Document(all);
  return absl::OkStatus();
}

absl::Status NameRepresentative(Invocation& run, const std::string& company, const std::string& person) {
  NameRepresentativeRequest request;
  ASSIGN_OR_RETURN(*request.mutable_company(), CompanyName(run, company));
  ASSIGN_OR_RETURN(*request.mutable_representative(), PersonName(run, person));
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const Company changed, run.Ask(&Register::NameRepresentative, request));
  run.out().Line(fmt::format("{} is the voting representative of {}.", changed.representative(),
                             changed.display_name()));
  run.out().Document(changed);
  return absl::OkStatus();
}

void AddCompany(CommandSet& commands) {
  CLI::App& company = commands.Group("company", "Companies on the register");
  const auto display_name = std::make_shared<std::string>();
  CLI::App& list =
      commands.List(company, "list", "Companies, by id", "plenary company list --limit 20",
                    [display_name](Invocation& run) { return ListCompanies(run, *display_name); });
  list.add_option("--display-name,--name", *display_name, "Only the company with this display name");
  const auto which = std::make_shared<std::string>();
  const auto as_of = std::make_shared<std::string>();
  CLI::App& show = commands.Command(
      company, "show", "One company", "plenary company show \"Northwind Imaginary Help Desk\"",
      [which, as_of](Invocation& run) { return ShowCompany(run, *which, *as_of); });
  show.add_option("COMPANY", *which, "Display name, id or companies/ID")->required();
  show.add_option("--as-of", *as_of, "YYYY-MM-DD (default: today by the suite's clock)");
  const auto person = std::make_shared<std::string>();
  CLI::App& name = commands.Mutation(
      company, "name-representative", "Name who votes for the company",
      "plenary company name-representative \"Primer Soft\" xavier.esempio@primer-soft.example",
      [which, person](Invocation& run) { return NameRepresentative(run, *which, *person); });
  name.add_option("COMPANY", *which, "Display name, id or companies/ID")->required();
  name.add_option("PERSON", *person, "E-mail address, people/ID, or `me`")->required();
}

absl::Status RecordLetters(Invocation& run, const std::string& person, int letters) {
  RecordReferenceLettersRequest request;
  ASSIGN_OR_RETURN(*request.mutable_person(), PersonName(run, person));
  request.set_accepted_letters(letters);
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const Person changed, run.Ask(&Register::RecordReferenceLetters, request));
  run.out().Line(fmt::format("{} has {} accepted letter{} of reference.", changed.full_name(),
                             changed.accepted_letters(), changed.accepted_letters() == 1 ? "" : "s"));
  run.out().Document(changed);
  return absl::OkStatus();
}

void AddLetters(CommandSet& commands) {
  CLI::App& letters = commands.Group("letters", "Letters of reference");
  const auto person = std::make_shared<std::string>();
  const auto count = std::make_shared<int>(0);
  CLI::App& record =
      commands.Mutation(letters, "record", "Record how many letters of a person were accepted (staff)",
                        "plenary letters record ada.voorbeeld@solo.example 2",
                        [person, count](Invocation& run) { return RecordLetters(run, *person, *count); });
  record.add_option("PERSON", *person, "E-mail address or people/ID")->required();
  record.add_option("N", *count, "Accepted letters, 0 to 10")->required();
}

struct RightFlags {
  std::string person;
  std::string act;
  std::string as_of;
};

absl::Status ExplainRight(Invocation& run, const RightFlags& flags) {
  ExplainRightRequest request;
  ASSIGN_OR_RETURN(*request.mutable_person(), PersonName(run, flags.person));
  request.set_act(ValueOf<Act>(flags.act));
  request.set_as_of(flags.as_of);
  ASSIGN_OR_RETURN(const auto answer, run.Ask(&Register::ExplainRight, request));
  run.out().Print(Facts()
                      .Add("name", answer.full_name())
                      .Add(flags.act, answer.allowed() ? "yes" : "no")
                      .Add("reason", answer.reason())
                      .Add("remedy", answer.remedy())
                      .Add("waiver", answer.waiver()));
  run.out().Document(answer);
  return absl::OkStatus();
}

void AddRight(CommandSet& commands) {
  const auto flags = std::make_shared<RightFlags>();
  CLI::App& right = commands.Command(commands.root(), "right", "Whether a person may do an act, and why not",
                                     "plenary right ada.demo@solo.example vote --as-of 2022-08-31",
                                     [flags](Invocation& run) { return ExplainRight(run, *flags); });
  right.add_option("PERSON", flags->person, "E-mail address, people/ID, or `me`")->required();
  AddWord<Act>(right, "ACT", flags->act, "The act")->required();
  right.add_option("--as-of", flags->as_of, "YYYY-MM-DD (default: today by the suite's clock)");
}

}  // namespace

void AddRegisterCommands(CommandSet& commands) {
  AddCategory(commands);
  AddPerson(commands);
  AddCompany(commands);
  AddLetters(commands);
  AddRight(commands);
}

}  // namespace plenary::cli
