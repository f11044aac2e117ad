// motion
#include "fmt/format.h"
#include "fmt/ranges.h"
#include "services/cli/commands.h"
#include "services/cli/errors.h"
#include "services/cli/names.h"
#include "services/cli/resolve.h"

namespace plenary::cli {
namespace {

using namespace committee::v1;  // the messages of one contract, in one file
using Motions = MotionService::Stub;
using membership::v1::Act;

struct ProposalFlags {
  std::string body;
  std::string title;
  std::string text;
  std::string threshold;
  bool waive_letters = false;
  bool waive_credits = false;
  bool waive_code = false;
  std::vector<std::string> acts;
  std::string from;
  std::string until;
  std::string suspend;
  std::string reinstate;
  std::string effective;
  std::string reason;
};

std::string ShortMotion(const std::string& name) {
  const std::size_t motions = name.find("/motions/");
  if (motions == std::string::npos) return name;
  return LastSegment(name.substr(0, motions)) + "/" + LastSegment(name);
}

std::string WaiverText(const WaiveRequirement& waive) {
  std::vector<std::string> acts;
  for (const int act : waive.acts()) acts.push_back(Word(static_cast<Act>(act)));
  return fmt::format("waives {} for {} from {} to {}", Word(waive.requirement()), fmt::join(acts, ", "),
                     waive.valid_from(), waive.valid_until());
}

std::string MemberText(std::string_view act, const ActOnMembership& on) {
  return fmt::format("{} {} from {}: {}", act, on.holder(), on.effective_date(), on.reason());
}

// What it does when it is carried; "" when the resolution is all there is.
std::string ActText(const Motion& motion) {
  if (motion.has_waive_requirement()) return WaiverText(motion.waive_requirement());
  if (motion.has_suspend_membership()) return MemberText("suspends", motion.suspend_membership());
  if (motion.has_reinstate_membership()) return MemberText("reinstates", motion.reinstate_membership());
  return "";
}

void PrintMotion(Invocation& run, const Motion& motion) {
  run.out().Print(Facts()
                      .Add("title", motion.title())
                      .Add("motion", motion.name())
                      .Add("state", Word(motion.state()))
                      .Add("threshold", Word(motion.threshold()))
                      .Add("mover", motion.mover())
                      .Add("text", motion.text())
                      .Add("act", ActText(motion))
                      .Add("proposed", InstantText(motion.has_propose_time(), motion.propose_time()))
                      .Add("announced", InstantText(motion.has_announce_time(), motion.announce_time()))
                      .Add("result", motion.result().explanation()));
  Table votes({"SEAT", "VOTER", "VOTE"});
  for (const MotionVote& vote : motion.votes()) {
    votes.Row({LastSegment(vote.seat()), vote.full_name(), Word(vote.choice())});
  }
  run.out().Line("");
  run.out().Print(votes, "No votes yet.");
  run.out().Document(motion);
}

absl::Status SetActOnMembership(Invocation& run, const ProposalFlags& flags, Motion& motion) {
  const bool suspends = !flags.suspend.empty();
  if (suspends == !flags.reinstate.empty()) {
    return suspends || !flags.effective.empty() || !flags.reason.empty()
               ? errors::WrongUsage("--effective and --reason go with either --suspend or --reinstate.")
               : absl::OkStatus();
  }
  if (flags.effective.empty() || flags.reason.empty()) {
    return errors::WrongUsage("--suspend and --reinstate need --effective and --reason.");
  }
  ActOnMembership& act =
      suspends ? *motion.mutable_suspend_membership() : *motion.mutable_reinstate_membership();
  ASSIGN_OR_RETURN(*act.mutable_holder(), HolderName(run, suspends ? flags.suspend : flags.reinstate));
  act.set_effective_date(flags.effective);
  act.set_reason(flags.reason);
  return absl::OkStatus();
}

absl::Status SetWaiver(const ProposalFlags& flags, Motion& motion) {
  std::vector<membership::v1::Requirement> waived;
  if (flags.waive_letters) waived.push_back(membership::v1::REQUIREMENT_REFERENCE_LETTERS);
  if (flags.waive_credits) waived.push_back(membership::v1::REQUIREMENT_CREDITS);
  if (flags.waive_code) waived.push_back(membership::v1::REQUIREMENT_CODE_ACCEPTANCE);
  if (waived.size() > 1) {
    return errors::WrongUsage(
        "A motion waives one requirement: give one of --waive-letters, --waive-credits and --waive-code.");
  }
  const bool says_how = !flags.acts.empty() || !flags.from.empty() || !flags.until.empty();
  const bool says_all = !flags.acts.empty() && !flags.from.empty() && !flags.until.empty();
  if (waived.empty() ? says_how : !says_all) {
    return errors::WrongUsage(
        "--acts, --from and --until go with one of --waive-letters, --waive-credits and --waive-code.");
  }
  if (waived.empty()) return absl::OkStatus();
  WaiveRequirement& waive = *motion.mutable_waive_requirement();
  waive.set_requirement(waived.front());
  for (const std::string& act : flags.acts) waive.add_acts(ValueOf<Act>(act));
  waive.set_valid_from(flags.from);
  waive.set_valid_until(flags.until);
  return absl::OkStatus();
}

absl::Status Propose(Invocation& run, const ProposalFlags& flags) {
  ProposeMotionRequest request;
  request.set_body(Qualified("bodies", flags.body));
  Motion& motion = *request.mutable_motion();
  motion.set_title(flags.title);
  motion.set_text(flags.text);
  motion.set_threshold(ValueOf<Motion::Threshold>(flags.threshold));
  RETURN_IF_ERROR(SetWaiver(flags, motion));
  RETURN_IF_ERROR(SetActOnMembership(run, flags, motion));
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const Motion proposed, run.Ask(&Motions::ProposeMotion, request));
  run.out().Line(fmt::format("Proposed {}.", ShortMotion(proposed.name())));
  run.out().Document(proposed);
  return absl::OkStatus();
}

void AddPropose(CommandSet& commands, CLI::App& motion) {
  const auto flags = std::make_shared<ProposalFlags>();
  CLI::App& propose = commands.Mutation(motion, "propose", "Propose a motion (seat holders)",
                                        "plenary motion propose board --title \"Waive the letters\" --text "
                                        "\"Resolved, that …\" --waive-letters "
                                        "--acts vote,hold-office --from 2022-08-03 --until 2022-12-31",
                                        [flags](Invocation& run) { return Propose(run, *flags); });
  propose.add_option("BODY", flags->body, "Id of the body")->required();
  propose.add_option("--title", flags->title, "Title")->required();
  propose.add_option("--text", flags->text, "What is to be resolved")->required();
  AddWord<Motion::Threshold>(propose, "--threshold", flags->threshold,
                             "Votes that carry it (default: majority)");
  propose.add_flag("--waive-letters", flags->waive_letters,
                   "When carried, letters of reference are waived for everybody");
  propose.add_flag("--waive-credits", flags->waive_credits,
                   "When carried, credits of education are waived for everybody");
  propose.add_flag("--waive-code", flags->waive_code,
                   "When carried, the acceptance of the code of conduct is waived for everybody");
  propose.add_option("--acts", flags->acts, "Acts the waiver covers, separated by commas")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(CLI::IsMember(Words<Act>()));
  propose.add_option("--from", flags->from, "First day of the waiver, YYYY-MM-DD");
  propose.add_option("--until", flags->until, "Last day of the waiver, YYYY-MM-DD");
  propose.add_option(
      "--suspend", flags->suspend,
      "When carried, this member is suspended: people/ID, or a company by name or companies/ID");
  propose.add_option("--reinstate", flags->reinstate, "When carried, the suspension of this member ends");
  propose.add_option("--effective", flags->effective, "First day of either, YYYY-MM-DD");
  propose.add_option("--reason", flags->reason, "Why, for the member to read");
}

// Open, announce and withdraw: a name in, the motion out.
template <typename Request>
absl::Status Move(Invocation& run, const std::string& text,
                  grpc::Status (Motions::*method)(grpc::ClientContext*, const Request&, Motion*)) {
  Request request;
  ASSIGN_OR_RETURN(*request.mutable_name(), MotionName(text));
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const Motion motion, run.Ask(method, request));
  PrintMotion(run, motion);
  return absl::OkStatus();
}

absl::Status ShowMotion(Invocation& run, const std::string& text) {
  GetMotionRequest request;
  ASSIGN_OR_RETURN(*request.mutable_name(), MotionName(text));
  ASSIGN_OR_RETURN(const Motion motion, run.Ask(&Motions::GetMotion, request));
  PrintMotion(run, motion);
  return absl::OkStatus();
}

absl::Status CastVote(Invocation& run, const std::string& text, const std::string& choice) {
  CastMotionVoteRequest request;
  ASSIGN_OR_RETURN(*request.mutable_motion(), MotionName(text));
  request.set_choice(ValueOf<MotionVote::Choice>(choice));
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const MotionVote vote, run.Ask(&Motions::CastMotionVote, request));
  run.out().Line(fmt::format("{} votes {}.", vote.full_name(), Word(vote.choice())));
  run.out().Document(vote);
  return absl::OkStatus();
}

absl::Status ListMotions(Invocation& run, const std::string& body) {
  ListMotionsRequest request;
  request.set_body(Qualified("bodies", body));
  ASSIGN_OR_RETURN(const auto all, run.AskAll(&Motions::ListMotions, request));
  Table table({"MOTION", "TITLE", "STATE", Right("YES"), Right("NO"), Right("ABSTAIN"), "PROPOSED"});
  for (const Motion& motion : all.motions()) {
    const MotionResult& result = motion.result();
    const auto figure = [&](int value) { return motion.has_result() ? std::to_string(value) : ""; };
    table.Row({ShortMotion(motion.name()), motion.title(), Word(motion.state()), figure(result.yes()),
               figure(result.no()), figure(result.abstain()),
               InstantText(motion.has_propose_time(), motion.propose_time())});
  }
  run.out().Print(table, "No motions.");
  run.out().Document(all);
  return absl::OkStatus();
}

}  // namespace

void AddMotionCommands(CommandSet& commands) {
  CLI::App& motion = commands.Group("motion", "Motions of a body, voted by name");
  AddPropose(commands, motion);
  const auto name = std::make_shared<std::string>();
  const auto choice = std::make_shared<std::string>();
  const auto with_name = [&](CLI::App& command) -> CLI::App& {
    command.add_option("MOTION", *name, "BODY/ID, as propose and list print it")->required();
    return command;
  };
  with_name(commands.Mutation(motion, "open", "Open the vote (chair)", "plenary motion open board/0abc…",
                              [name](Invocation& run) { return Move(run, *name, &Motions::OpenMotion); }));
  with_name(commands.Mutation(motion, "announce", "Close the vote and announce the result (chair)",
                              "plenary motion announce board/0abc…", [name](Invocation& run) {
                                return Move(run, *name, &Motions::AnnounceMotion);
                              }));
  with_name(commands.Mutation(
      motion, "withdraw", "Take a motion back (mover)", "plenary motion withdraw board/0abc…",
      [name](Invocation& run) { return Move(run, *name, &Motions::WithdrawMotion); }));
  with_name(commands.Command(motion, "show", "A motion with its roll call", "plenary motion show board/0abc…",
                             [name](Invocation& run) { return ShowMotion(run, *name); }));
  CLI::App& vote = with_name(
      commands.Mutation(motion, "vote", "Vote by name; the last vote before the announcement counts",
                        "plenary motion vote board/0abc… yes",
                        [name, choice](Invocation& run) { return CastVote(run, *name, *choice); }));
  AddWord<MotionVote::Choice>(vote, "CHOICE", *choice, "The vote")->required();
  CLI::App& list =
      commands.List(motion, "list", "Motions of a body, newest first", "plenary motion list board",
                    [name](Invocation& run) { return ListMotions(run, *name); });
  list.add_option("BODY", *name, "Id of the body")->required();
}

}  // namespace plenary::cli
