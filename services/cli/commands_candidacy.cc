// candidacy
#include "fmt/format.h"
#include "fmt/ranges.h"
#include "services/cli/commands.h"
#include "services/cli/errors.h"
#include "services/cli/resolve.h"

namespace plenary::cli {
namespace {

using namespace election::v1;  // the messages of one contract, in one file
using Candidacies = CandidacyService::Stub;

// "ELECTION/ID", as the commands take it.
std::string ShortName(const std::string& name) {
  const std::size_t child = name.find("/candidacies/");
  if (child == std::string::npos) return name;
  return LastSegment(name.substr(0, child)) + "/" + LastSegment(name);
}

void PrintCandidacy(Invocation& run, const Candidacy& candidacy) {
  const CandidatePage& page = candidacy.page();
  run.out().Print(Facts()
                      .Add("name", candidacy.full_name())
                      .Add("candidacy", ShortName(candidacy.name()))
                      .Add("contest", LastSegment(candidacy.contest()))
                      .Add("person", candidacy.person())
                      .Add("state", Word(candidacy.state()))
                      .Add("declared", InstantText(candidacy.has_declare_time(), candidacy.declare_time()))
                      .Add("statement", page.statement())
                      .Add("conflict of interest", page.conflict_of_interest())
                      .Add("photo", page.photo_uri())
                      .Add("links", fmt::format("{}", fmt::join(page.links(), " "))));
  run.out().Document(candidacy);
}

absl::Status Declare(Invocation& run, const std::string& text) {
  DeclareCandidacyRequest request;
  ASSIGN_OR_RETURN(*request.mutable_contest(), ContestName(run, text));
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const Candidacy declared, run.Ask(&Candidacies::DeclareCandidacy, request));
  PrintCandidacy(run, declared);
  return absl::OkStatus();
}

struct PageFlags {
  std::string name;
  std::string statement;
  std::string conflict;
  std::string photo;
  std::vector<std::string> links;
  bool submit = false;
};

absl::StatusOr<Candidacy> GetCandidacy(Invocation& run, const std::string& text) {
  GetCandidacyRequest request;
  ASSIGN_OR_RETURN(*request.mutable_name(), CandidacyName(run, text));
  return run.Ask(&Candidacies::GetCandidacy, request);
}

// A page may be filled in bit by bit: what no flag names stays as it is.
absl::Status Complete(Invocation& run, const PageFlags& flags) {
  ASSIGN_OR_RETURN(const Candidacy candidacy, GetCandidacy(run, flags.name));
  CompleteCandidacyRequest request;
  request.set_name(candidacy.name());
  CandidatePage& page = *request.mutable_page();
  page = candidacy.page();
  if (!flags.statement.empty()) page.set_statement(flags.statement);
  if (!flags.conflict.empty()) page.set_conflict_of_interest(flags.conflict);
  if (!flags.photo.empty()) page.set_photo_uri(flags.photo);
  if (!flags.links.empty()) page.clear_links();
  for (const std::string& link : flags.links) page.add_links(link);
  request.set_submit(flags.submit);
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const Candidacy completed, run.Ask(&Candidacies::CompleteCandidacy, request));
  PrintCandidacy(run, completed);
  return absl::OkStatus();
}

void AddComplete(CommandSet& commands, CLI::App& group) {
  const auto flags = std::make_shared<PageFlags>();
  CLI::App& complete = commands.Mutation(
      group, "complete", "Fill in your candidate's page; what no flag names stays as it is",
      "plenary candidacy complete 0abc… --statement \"I would like to …\" --conflict none --submit",
      [flags](Invocation& run) { return Complete(run, *flags); });
  complete.add_option("CANDIDACY", flags->name, "ELECTION/ID, or ID in the current election")->required();
  complete.add_option("--statement", flags->statement, "Why you run");
  complete.add_option("--conflict", flags->conflict,
                      "Interests that could conflict with the seat, or `none`");
  complete.add_option("--photo", flags->photo, "https address of a photo");
  complete
      .add_option("--link", flags->links, "https address; may be given several times; replaces all links")
      ->allow_extra_args(false);
  complete.add_flag("--submit", flags->submit, "The page is finished: send it to the returning officer");
}

// Accept and withdraw: a name in, the candidacy out.
template <typename Request>
absl::Status Move(Invocation& run, const std::string& text,
                  grpc::Status (Candidacies::*method)(grpc::ClientContext*, const Request&, Candidacy*)) {
  Request request;
  ASSIGN_OR_RETURN(*request.mutable_name(), CandidacyName(run, text));
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const Candidacy candidacy, run.Ask(method, request));
  run.out().Line(fmt::format("{} ({}): {}.", candidacy.full_name(), LastSegment(candidacy.contest()),
                             Word(candidacy.state())));
  run.out().Document(candidacy);
  return absl::OkStatus();
}

absl::Status Show(Invocation& run, const std::string& text) {
  ASSIGN_OR_RETURN(const Candidacy candidacy, GetCandidacy(run, text));
  PrintCandidacy(run, candidacy);
  return absl::OkStatus();
}

absl::Status List(Invocation& run, const std::string& text) {
  ListCandidaciesRequest request;
  ASSIGN_OR_RETURN(*request.mutable_election(), ElectionName(run, text));
  ASSIGN_OR_RETURN(const auto all, run.AskAll(&Candidacies::ListCandidacies, request));
  Table table({"CONTEST", "NAME", "STATE", "CANDIDACY"});
  for (const Candidacy& candidacy : all.candidacies()) {
    table.Row({LastSegment(candidacy.contest()), candidacy.full_name(), Word(candidacy.state()),
               ShortName(candidacy.name())});
  }
  run.out().Print(table, "No candidacies.");
  run.out().Document(all);
  return absl::OkStatus();
}

absl::Status Coverage(Invocation& run, const std::string& text) {
  GetSeatCoverageRequest request;
  ASSIGN_OR_RETURN(*request.mutable_election(), ElectionName(run, text));
  ASSIGN_OR_RETURN(const auto coverage, run.Ask(&Candidacies::GetSeatCoverage, request));
  Table table({"CONTEST", "NAME", Right("SEATS"), Right("DECLARED"), Right("COMPLETED"), Right("ACCEPTED"),
               Right("UNCOVERED")});
  for (const auto& contest : coverage.contests()) {
    table.Row({LastSegment(contest.contest()), contest.display_name(), std::to_string(contest.seats()),
               std::to_string(contest.declared()), std::to_string(contest.completed()),
               std::to_string(contest.accepted()), std::to_string(contest.uncovered())});
  }
  run.out().Print(table, "No contests.");
  run.out().Document(coverage);
  return absl::OkStatus();
}

}  // namespace

void AddCandidacyCommands(CommandSet& commands) {
  CLI::App& group = commands.Group("candidacy", "Who runs for which seats");
  const auto text = std::make_shared<std::string>();
  const auto with = [&](CLI::App& command, const char* name, const char* description) {
    command.add_option(name, *text, description)->required();
  };
  with(commands.Mutation(group, "declare", "Declare to run in a contest", "plenary candidacy declare board",
                         [text](Invocation& run) { return Declare(run, *text); }),
       "CONTEST", "ELECTION/CONTEST, or CONTEST of the current election");
  AddComplete(commands, group);
  constexpr char kCandidacy[] = "ELECTION/ID, or ID in the current election";
  with(commands.Mutation(group, "accept", "Accept a completed candidacy (returning officer)",
                         "plenary candidacy accept 0abc…",
                         [text](Invocation& run) { return Move(run, *text, &Candidacies::AcceptCandidacy); }),
       "CANDIDACY", kCandidacy);
  with(commands.Mutation(
           group, "withdraw", "Withdraw your candidacy", "plenary candidacy withdraw 0abc…",
           [text](Invocation& run) { return Move(run, *text, &Candidacies::WithdrawCandidacy); }),
       "CANDIDACY", kCandidacy);
  with(commands.Command(group, "show", "One candidacy with its page", "plenary candidacy show 0abc…",
                        [text](Invocation& run) { return Show(run, *text); }),
       "CANDIDACY", kCandidacy);
  with(commands.List(group, "list", "Candidacies by contest and name", "plenary candidacy list current",
                     [text](Invocation& run) { return List(run, *text); }),
       "ELECTION", "Election id, or `current`");
  with(commands.Command(group, "coverage", "Candidates a contest has for its seats",
                        "plenary candidacy coverage current",
                        [text](Invocation& run) { return Coverage(run, *text); }),
       "ELECTION", "Election id, or `current`");
}

}  // namespace plenary::cli
