// election
#include <algorithm>
#include <cstdint>

#include "common/crypto/bytes.h"
#include "common/time/date.h"
#include "common/time/proto_time.h"
#include "fmt/format.h"
#include "services/cli/commands.h"
#include "services/cli/election_file.h"
#include "services/cli/errors.h"
#include "services/cli/files.h"
#include "services/cli/names.h"
#include "services/cli/resolve.h"
#include "services/election/rules/counting/method.h"

namespace plenary::cli {
namespace {

using namespace election::v1;  // the messages of one contract, in one file
using Elections = ElectionService::Stub;
namespace counting = election::counting;

std::string MethodWord(CountingMethod method) {
  const counting::Method* known = counting::FindMethod(method);
  return known == nullptr ? Word(method) : std::string(known->word);
}

// What a contest leaves open until the manifest says it.
constexpr int kLeftOpen = 0;

// "1 to 3 ranks, or none of these": what a ballot may say about a contest, of an election or of a manifest.
template <typename AnyContest>
std::string BallotText(const AnyContest& contest) {
  const counting::Method* method = counting::FindMethod(contest.method());
  const counting::BallotKind kind = method == nullptr ? counting::BallotKind::kMarks : method->kind;
  const auto least = std::max<std::int64_t>(1, contest.min_marks());
  std::int64_t most = contest.max_marks();
  if (most == kLeftOpen) {
    most = contest.method() == COUNTING_METHOD_BLOCK_PLURALITY ? static_cast<std::int64_t>(contest.seats())
                                                               : contest.options_size();
  }
  std::string text =
      most == kLeftOpen ? fmt::format("{} or more ", least) : fmt::format("{} to {} ", least, most);
  if (kind == counting::BallotKind::kMarks) text += "marks";
  if (kind == counting::BallotKind::kRanks) text += method->equal_ranks ? "ranks, equal ones too" : "ranks";
  if (kind == counting::BallotKind::kScores) {
    text +=
        contest.max_score() == kLeftOpen ? "scores" : fmt::format("scores of 1 to {}", contest.max_score());
  }
  return contest.none_of_these() ? text + ", or none of these" : text;
}

// A line of a list of options: what it is called, its id if people chose one, its picture.
std::string OptionText(const std::string& name, const std::string& display_name,
                       const std::string& picture_uri) {
  std::string text = "  " + display_name;
  if (name.find("/candidacies/") == std::string::npos) text += fmt::format(" ({})", LastSegment(name));
  return picture_uri.empty() ? text : fmt::format("{} {}", text, picture_uri);
}

bool OnlyPolls(const Election& election) {
  return !election.contests().empty() &&
         std::all_of(election.contests().begin(), election.contests().end(),
                     [](const Contest& contest) { return contest.body().empty(); });
}

// "people/a, people/b, people/c; any 2 make up for an absent one"
std::string TrusteesText(const Election& election) {
  std::string text;
  for (const std::string& person : election.trustees()) {
    text += text.empty() ? "" : ", ";
    text += person;
  }
  return text.empty()
             ? "none yet"
             : fmt::format("{}; any {} make up for an absent one", text, election.trustee_threshold());
}

void PrintFacts(Invocation& run, const Election& election) {
  const Schedule& schedule = election.schedule();
  const bool seats = !OnlyPolls(election);
  run.out().Print(
      Facts()
          .Add("name", election.display_name())
          .Add("election", election.name())
          .Add("state", Word(election.state()))
          .Add("phase", Word(election.phase()))
          .Add("filing opens", InstantText(schedule.has_filing_opens(), schedule.filing_opens()))
          .Add("filing closes", InstantText(schedule.has_filing_closes(), schedule.filing_closes()))
          .Add("voting opens", InstantText(schedule.has_voting_opens(), schedule.voting_opens()))
          .Add("voting closes", InstantText(schedule.has_voting_closes(), schedule.voting_closes()))
          .Add("hand-over", InstantText(seats && schedule.has_handover_opens(), schedule.handover_opens()))
          .Add("seated on", InstantText(seats && schedule.has_seats_on(), schedule.seats_on()))
          .Add("record date", election.record_date())
          .Add("returning officer", election.returning_officer())
          .Add("trustees", TrusteesText(election))
          .Add("manifest", crypto::HexEncode(election.manifest_hash())));
  if (!seats) run.out().Line("Polls only: nobody takes a seat.");
}

Table ContestTable(const Election& election) {
  const bool seats = !OnlyPolls(election);
  Table contests({"CONTEST", "NAME", "FOR", Right(seats ? "SEATS" : "WINNERS"), "METHOD", "BALLOT",
                  seats ? "TERMS" : ""});
  for (const Contest& contest : election.contests()) {
    std::string terms;
    for (const TermRule& rule : contest.terms()) {
      terms += fmt::format("{}{} x {}y", terms.empty() ? "" : ", ", rule.winners(), rule.years());
    }
    const std::string what_for = contest.body().empty()
                                     ? fmt::format("poll of {} options", contest.options_size())
                                     : LastSegment(contest.body());
    contests.Row({LastSegment(contest.name()), contest.display_name(), what_for,
                  std::to_string(contest.seats()), MethodWord(contest.method()), BallotText(contest), terms});
  }
  return contests;
}

void PrintElection(Invocation& run, const Election& election) {
  PrintFacts(run, election);
  run.out().Line("");
  run.out().Print(ContestTable(election), "No contests.");
  for (const Contest& contest : election.contests()) {
    if (contest.options_size() == 0) continue;
    run.out().Line("");
    run.out().Line(fmt::format("{}:", contest.display_name()));
    for (const PollOption& option : contest.options()) {
      run.out().Line(OptionText(option.name(), option.display_name(), option.picture_uri()));
    }
  }
  run.out().Document(election);
}

absl::Status Create(Invocation& run, const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, ReadNamedFile(path));
  CreateElectionRequest request;
  ASSIGN_OR_RETURN(*request.mutable_election(), ReadElectionFile(text));
  if (!request.election().returning_officer().empty()) {
    ASSIGN_OR_RETURN(*request.mutable_election()->mutable_returning_officer(),
                     PersonName(run, request.election().returning_officer()));
  }
  for (std::string& trustee : *request.mutable_election()->mutable_trustees()) {
    ASSIGN_OR_RETURN(trustee, PersonName(run, trustee));
  }
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const Election created, run.Ask(&Elections::CreateElection, request));
  PrintElection(run, created);
  return absl::OkStatus();
}

absl::Status List(Invocation& run) {
  ASSIGN_OR_RETURN(const auto all, run.AskAll(&Elections::ListElections, ListElectionsRequest()));
  Table table({"ELECTION", "NAME", "STATE", "PHASE", "VOTING OPENS", "VOTING CLOSES"});
  for (const Election& election : all.elections()) {
    const Schedule& schedule = election.schedule();
    table.Row({LastSegment(election.name()), election.display_name(), Word(election.state()),
               Word(election.phase()), InstantText(schedule.has_voting_opens(), schedule.voting_opens()),
               InstantText(schedule.has_voting_closes(), schedule.voting_closes())});
  }
  run.out().Print(table, "No elections.");
  run.out().Document(all);
  return absl::OkStatus();
}

absl::StatusOr<Election> GetElection(Invocation& run, const std::string& text) {
  GetElectionRequest request;
  ASSIGN_OR_RETURN(*request.mutable_name(), ElectionName(run, text));
  return run.Ask(&Elections::GetElection, request);
}

absl::Status Show(Invocation& run, const std::string& text) {
  ASSIGN_OR_RETURN(const Election election, GetElection(run, text));
  PrintElection(run, election);
  return absl::OkStatus();
}

// The instants of a schedule as flags: "--filing-opens" … in the order of the contract.
struct MoveFlags {
  std::string election;
  std::string reason;
  std::vector<std::pair<const google::protobuf::FieldDescriptor*, std::string>> instants;
};

absl::Status MovePhase(Invocation& run, const MoveFlags& flags) {
  ASSIGN_OR_RETURN(const Election election, GetElection(run, flags.election));
  MovePhaseRequest request;
  request.set_name(election.name());
  *request.mutable_schedule() = election.schedule();
  int moved = 0;
  for (const auto& [field, text] : flags.instants) {
    if (text.empty()) continue;
    const auto instant = ParseInstant(text);
    if (!instant.has_value()) {
      return errors::WrongUsage(fmt::format("\"{}\" is no instant. Use 2022-09-15T00:00:00Z.", text));
    }
    Schedule& schedule = *request.mutable_schedule();
    schedule.GetReflection()->MutableMessage(&schedule, field)->CopyFrom(ToTimestamp(*instant));
    ++moved;
  }
  if (moved == 0) return errors::WrongUsage("Name at least one instant to move, such as --voting-closes.");
  request.set_reason(flags.reason);
  request.set_etag(election.etag());
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const Election changed, run.Ask(&Elections::MovePhase, request));
  PrintElection(run, changed);
  return absl::OkStatus();
}

void AddMovePhase(CommandSet& commands, CLI::App& group) {
  const auto flags = std::make_shared<MoveFlags>();
  CLI::App& move = commands.Mutation(group, "move-phase",
                                     "Move instants that are still to come, before the manifest (staff)",
                                     "plenary election move-phase current --voting-closes "
                                     "2022-09-24T18:00:00Z --reason \"The mail was late.\"",
                                     [flags](Invocation& run) { return MovePhase(run, *flags); });
  move.add_option("ELECTION", flags->election, "Election id, or `current`")->required();
  move.add_option("--reason", flags->reason, "Why; kept and shown")->required();
  const auto* schedule = Schedule::descriptor();
  for (int i = 0; i < schedule->field_count(); ++i) flags->instants.emplace_back(schedule->field(i), "");
  for (auto& [field, text] : flags->instants) {
    std::string name = "--" + field->name();
    std::replace(name.begin(), name.end(), '_', '-');
    move.add_option(name, text, "New instant, RFC 3339");
  }
}

absl::Status PublishManifest(Invocation& run, const std::string& text) {
  PublishManifestRequest request;
  ASSIGN_OR_RETURN(*request.mutable_name(), ElectionName(run, text));
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const Election election, run.Ask(&Elections::PublishManifest, request));
  run.out().Line("The manifest is published: nothing on the ballot changes any more.");
  run.out().Line(fmt::format("manifest hash  {}", crypto::HexEncode(election.manifest_hash())));
  run.out().Document(election);
  return absl::OkStatus();
}

absl::Status Close(Invocation& run, const std::string& text) {
  CloseElectionRequest request;
  ASSIGN_OR_RETURN(*request.mutable_election(), ElectionName(run, text));
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const Election election, run.Ask(&TallyService::Stub::CloseElection, request));
  run.out().Line("The ballot box and its log are closed for ever, over the lists of both registrars.");
  run.out().Line(
      fmt::format("Next: each trustee runs `plenary trustee release {0}`; then `plenary election count {0}`.",
                  request.election()));
  run.out().Document(election);
  return absl::OkStatus();
}

absl::Status ShowManifest(Invocation& run, const std::string& text, const std::string& path) {
  GetManifestRequest request;
  ASSIGN_OR_RETURN(*request.mutable_name(), ElectionName(run, text));
  ASSIGN_OR_RETURN(const auto answer, run.Ask(&Elections::GetManifest, request));
  Manifest manifest;
  if (!manifest.ParseFromString(answer.manifest()) ||
      crypto::Sha256(answer.manifest()) != answer.manifest_hash()) {
    return errors::CheckFailed("The manifest's bytes do not give its hash. Tell the auditors.");
  }
  if (!path.empty()) RETURN_IF_ERROR(WritePublicFile(path, answer.manifest()));
  run.out().Print(Facts()
                      .Add("fingerprint", answer.fingerprint())
                      .Add("hash", crypto::HexEncode(answer.manifest_hash()))
                      .Add("election", manifest.display_name())
                      .Add("on the roll", std::to_string(manifest.roll_count()))
                      .Add("roll sha256", crypto::HexEncode(manifest.roll_sha256()))
                      .Add("registrars", std::to_string(manifest.registrars_size()))
                      .Add("trustees", fmt::format("{}, any {} make up for an absent one",
                                                   manifest.trustees_size(), manifest.threshold())));
  for (const Manifest::Contest& contest : manifest.contests()) {
    run.out().Line("");
    run.out().Line(fmt::format("{} ({}): {} of {}, {}, {}", contest.display_name(),
                               LastSegment(contest.name()), contest.seats(), contest.options_size(),
                               MethodWord(contest.method()), BallotText(contest)));
    for (const Manifest::Option& option : contest.options()) {
      run.out().Line(OptionText(option.name(), option.display_name(), option.picture_uri()));
    }
  }
  run.out().Document(Json{{"manifest_hash", crypto::HexEncode(answer.manifest_hash())},
                          {"fingerprint", answer.fingerprint()},
                          {"manifest", JsonOf(manifest)}});
  return absl::OkStatus();
}

}  // namespace

void AddElectionCommands(CommandSet& commands) {
  CLI::App& group = commands.Group("election", "Elections, from the call to the certified result");
  const auto text = std::make_shared<std::string>();
  const auto file = std::make_shared<std::string>();
  const auto with_election = [&](CLI::App& command) -> CLI::App& {
    command.add_option("ELECTION", *text, "Election id, or `current`")->required();
    return command;
  };
  commands
      .Mutation(group, "create", "Call an election (staff)", "plenary election create election.json",
                [file](Invocation& run) { return Create(run, *file); })
      .add_option(
          "FILE", *file,
          "JSON: {display_name, schedule, record_date, returning_officer, trustees: [person, …], "
          "trustee_threshold, "
          "contests: [{id, display_name, "
          "method (a word of `plenary count --help`), seats, min_marks, max_marks, max_score, none_of_these; "
          "for "
          "seats body, terms: [{winners, years}]; for a poll options: [{id, display_name, picture_uri}]}]}")
      ->required();
  commands.List(group, "list", "Elections, newest first", "plenary election list", List);
  with_election(commands.Command(group, "show", "One election with its dates and contests",
                                 "plenary election show current",
                                 [text](Invocation& run) { return Show(run, *text); }));
  AddMovePhase(commands, group);
  with_election(commands.Mutation(group, "publish", "Fix and publish the manifest (returning officer)",
                                  "plenary election publish current",
                                  [text](Invocation& run) { return PublishManifest(run, *text); }));
  with_election(commands.Mutation(
      group, "close", "Close the box and its log, once voting has closed (returning officer)",
      "plenary election close current", [text](Invocation& run) { return Close(run, *text); }));
  with_election(commands.Command(group, "manifest",
                                 "The published manifest: fingerprint, contests, candidates",
                                 "plenary election manifest current --out manifest.bin",
                                 [text, file](Invocation& run) { return ShowManifest(run, *text, *file); }))
      .add_option("--out", *file, "Write its bytes to this file");
  AddElectionCountCommands(commands, group);
}

}  // namespace plenary::cli
