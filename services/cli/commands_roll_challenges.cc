// roll challenge, roll substitute, roll substitutions
#include "fmt/format.h"
#include "services/cli/commands.h"
#include "services/cli/names.h"
#include "services/cli/resolve.h"

namespace plenary::cli {
namespace {

using namespace membership::v1;  // the messages of one contract, in one file
using Rolls = RollService::Stub;

struct ChallengeFlags {
  std::string election;
  std::string challenge;
  std::string wish;
  std::string unit;
  std::string grounds;
  std::string decision;
  std::string reason;
  std::string representative;
  std::string state;
};

Facts ChallengeFacts(const Challenge& challenge) {
  return Facts()
      .Add("challenge", challenge.name())
      .Add("unit", challenge.unit())
      .Add("wish", Word(challenge.wish()))
      .Add("grounds", challenge.grounds())
      .Add("state", Word(challenge.state()))
      .Add("reason", challenge.decision_reason())
      .Add("revision", challenge.revision() == 0 ? "" : std::to_string(challenge.revision()));
}

// Which kind of name the roll lists decides how the text is read.
absl::StatusOr<std::string> UnitName(Invocation& run, const std::string& election, const std::string& text) {
  GetRollRequest request;
  request.set_election(election);
  ASSIGN_OR_RETURN(const Roll roll, run.Ask(&Rolls::GetRoll, request));
  return roll.unit() == UNIT_PERSON ? PersonName(run, text) : CompanyName(run, text);
}

absl::Status FileOne(Invocation& run, const ChallengeFlags& flags) {
  FileChallengeRequest request;
  ASSIGN_OR_RETURN(*request.mutable_election(), ElectionName(run, flags.election));
  ASSIGN_OR_RETURN(*request.mutable_unit(), UnitName(run, request.election(), flags.unit));
  request.set_wish(ValueOf<Challenge::Wish>(flags.wish));
  request.set_grounds(flags.grounds);
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const Challenge filed, run.Ask(&Rolls::FileChallenge, request));
  run.out().Line("The challenge is filed. The office decides it.");
  run.out().Print(ChallengeFacts(filed));
  run.out().Document(filed);
  return absl::OkStatus();
}

absl::Status DecideOne(Invocation& run, const ChallengeFlags& flags) {
  DecideChallengeRequest request;
  ASSIGN_OR_RETURN(const std::string election, ElectionName(run, flags.election));
  request.set_name(fmt::format("{}/{}", election, Qualified("challenges", LastSegment(flags.challenge))));
  request.set_decision(ValueOf<Challenge::State>(flags.decision));
  request.set_reason(flags.reason);
  if (!flags.representative.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_representative(), PersonName(run, flags.representative));
  }
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const Challenge decided, run.Ask(&Rolls::DecideChallenge, request));
  run.out().Line(
      decided.revision() == 0
          ? "The challenge is dismissed; the roll stays."
          : fmt::format("The challenge is sustained; the roll has revision {}.", decided.revision()));
  run.out().Print(ChallengeFacts(decided));
  run.out().Document(decided);
  return absl::OkStatus();
}

absl::Status ListAll(Invocation& run, const ChallengeFlags& flags) {
  ListChallengesRequest request;
  ASSIGN_OR_RETURN(*request.mutable_election(), ElectionName(run, flags.election));
  request.set_state(ValueOf<Challenge::State>(flags.state));
  ASSIGN_OR_RETURN(const auto all, run.AskAll(&Rolls::ListChallenges, request));
  Table table({"CHALLENGE", "WISH", "UNIT", "FILED", "STATE", "GROUNDS", "REASON"});
  for (const Challenge& challenge : all.challenges()) {
    table.Row({LastSegment(challenge.name()), Word(challenge.wish()), LastSegment(challenge.unit()),
               InstantText(challenge.has_file_time(), challenge.file_time()), Word(challenge.state()),
               challenge.grounds(), challenge.decision_reason()});
  }
  run.out().Print(table, "No challenges.");
  run.out().Document(all);
  return absl::OkStatus();
}

void AddChallenge(CommandSet& commands, CLI::App& roll) {
  CLI::App& challenge = commands.Group(roll, "challenge", "Words against a roll, before the vote");
  const auto flags = std::make_shared<ChallengeFlags>();
  const auto with_election = [&](CLI::App& command) {
    command.add_option("ELECTION", flags->election, "Election id, or `current`")->required();
  };
  CLI::App& file = commands.Mutation(
      challenge, "file", "Say that a line should be on the roll, or should not",
      "plenary roll challenge file current add \"Primer Soft\" --grounds \"Its letters came in July\"",
      [flags](Invocation& run) { return FileOne(run, *flags); });
  with_election(file);
  AddWord<Challenge::Wish>(file, "WISH", flags->wish, "What should become of the line")->required();
  file.add_option("UNIT", flags->unit, "The company, or of a roll of people the person")->required();
  file.add_option("--grounds", flags->grounds, "Why, at most 2,000 characters")->required();
  CLI::App& decide = commands.Mutation(
      challenge, "decide", "Sustain or dismiss a challenge of somebody else (staff)",
      "plenary roll challenge decide current 0123456789abcdefghijklmn00 sustained --reason \"They did\"",
      [flags](Invocation& run) { return DecideOne(run, *flags); });
  with_election(decide);
  decide.add_option("CHALLENGE", flags->challenge, "Id of the challenge, or its whole name")->required();
  decide.add_option("DECISION", flags->decision, "The decision")
      ->required()
      ->check(CLI::IsMember({"sustained", "dismissed"}));
  decide.add_option("--reason", flags->reason, "Why, at most 2,000 characters")->required();
  decide.add_option("--representative", flags->representative,
                    "Who collects for a company that is added (default: whom the register names)");
  CLI::App& list = commands.List(challenge, "list", "Challenges of a roll, oldest first",
                                 "plenary roll challenge list current --state open",
                                 [flags](Invocation& run) { return ListAll(run, *flags); });
  with_election(list);
  AddWord<Challenge::State>(list, "--state", flags->state, "Only those in this state");
}

struct SubstituteFlags {
  std::string election;
  std::string company;
  std::string person;
  std::string reason;
};

absl::Status SubstituteOne(Invocation& run, const SubstituteFlags& flags) {
  SubstituteRepresentativeRequest request;
  ASSIGN_OR_RETURN(*request.mutable_election(), ElectionName(run, flags.election));
  ASSIGN_OR_RETURN(*request.mutable_company(), CompanyName(run, flags.company));
  ASSIGN_OR_RETURN(*request.mutable_representative(), PersonName(run, flags.person));
  request.set_reason(flags.reason);
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const RollEntry entry, run.Ask(&Rolls::SubstituteRepresentative, request));
  run.out().Line(fmt::format("{} collects the credential of {} in this election.", entry.representative(),
                             entry.company_display_name()));
  run.out().Document(entry);
  return absl::OkStatus();
}

absl::Status ListSubstitutes(Invocation& run, const std::string& election) {
  ListSubstitutionsRequest request;
  ASSIGN_OR_RETURN(*request.mutable_election(), ElectionName(run, election));
  ASSIGN_OR_RETURN(const auto all, run.AskAll(&Rolls::ListSubstitutions, request));
  Table table({"COMPANY", "INSTEAD OF", "SUBSTITUTE", "SINCE", "REASON"});
  for (const Substitution& substitution : all.substitutions()) {
    table.Row({LastSegment(substitution.company()), LastSegment(substitution.predecessor()),
               LastSegment(substitution.substitute()),
               InstantText(substitution.has_create_time(), substitution.create_time()),
               substitution.reason()});
  }
  run.out().Print(table, "No substitutes.");
  run.out().Document(all);
  return absl::OkStatus();
}

}  // namespace

void AddRollChallengeCommands(CommandSet& commands, CLI::App& roll) {
  AddChallenge(commands, roll);
  const auto flags = std::make_shared<SubstituteFlags>();
  CLI::App& substitute =
      commands.Mutation(roll, "substitute", "Say who collects a company's credential in one election",
                        "plenary roll substitute current \"Primer Soft\" xavier.esempio@primer-soft.example "
                        "--reason \"on leave\"",
                        [flags](Invocation& run) { return SubstituteOne(run, *flags); });
  substitute.add_option("ELECTION", flags->election, "Election id, or `current`")->required();
  substitute.add_option("COMPANY", flags->company, "Display name, id or companies/ID")->required();
  substitute.add_option("PERSON", flags->person, "E-mail address, people/ID, or `me`")->required();
  substitute.add_option("--reason", flags->reason, "Why, at most 500 characters");
  CLI::App& list = commands.List(roll, "substitutions", "Who collects in whose place (staff)",
                                 "plenary roll substitutions current",
                                 [flags](Invocation& run) { return ListSubstitutes(run, flags->election); });
  list.add_option("ELECTION", flags->election, "Election id, or `current`")->required();
}

}  // namespace plenary::cli
