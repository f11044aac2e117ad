// eligibility, roll, waiver
#include <map>

#include "common/crypto/bytes.h"
#include "common/ids/id.h"
#include "fmt/format.h"
#include "fmt/ranges.h"
#include "services/cli/commands.h"
#include "services/cli/errors.h"
#include "services/cli/recompute.h"
#include "services/cli/resolve.h"

namespace plenary::cli {
namespace {

using namespace membership::v1;  // the messages of one contract, in one file
using Rolls = RollService::Stub;

struct EligibilityFlags {
  std::string as_of;
  std::string company;
  bool not_eligible = false;
};

// What the office looks at: the companies that are to be shown, and how many of all have which reason.
struct Judged {
  ExplainEligibilityResponse shown;
  Json summary = Json::object();
};

absl::StatusOr<Judged> JudgeOne(Invocation& run, const EligibilityFlags& flags) {
  ExplainEligibilityRequest request;
  request.set_as_of(flags.as_of);
  ASSIGN_OR_RETURN(*request.mutable_company(), CompanyName(run, flags.company));
  Judged judged;
  ASSIGN_OR_RETURN(judged.shown, run.Ask(&Rolls::ExplainEligibility, request));
  for (const Eligibility& line : judged.shown.companies()) judged.summary[line.reason()] = 1;
  if (flags.not_eligible && judged.shown.companies(0).eligible()) judged.shown.clear_companies();
  return judged;
}

// As many lines as will be shown are kept; all are counted.
absl::StatusOr<Judged> JudgeAll(Invocation& run, const EligibilityFlags& flags) {
  StreamEligibilityRequest request;
  request.set_as_of(flags.as_of);
  request.set_only_not_eligible(flags.not_eligible);
  ASSIGN_OR_RETURN(const auto channel, run.Channel(Part::kMembership));
  Rolls stub(channel);
  grpc::ClientContext context;
  run.PrepareStream(context, Part::kMembership);
  const auto reader = stub.StreamEligibility(&context, request);
  Judged judged;
  bool complete = false;
  {
    const auto progress = run.ShowProgress("Judging", 0);
    int before = 0;
    for (StreamEligibilityResponse part; reader->Read(&part);) {
      judged.shown.mutable_companies()->MergeFrom(part.companies());
      Truncate(judged.shown, run.flags().limit);
      for (const ReasonCount& count : part.counts()) judged.summary[count.reason()] = count.companies();
      progress->Advance(part.companies_so_far() - before);
      before = part.companies_so_far();
      complete = part.complete();
    }
  }
  const grpc::Status status = reader->Finish();
  if (!status.ok()) return run.ErrorOf(Part::kMembership, status);
  if (!complete) return errors::CheckFailed("The list broke off. Ask again.");
  return judged;
}

absl::Status ShowEligibility(Invocation& run, const EligibilityFlags& flags) {
  ASSIGN_OR_RETURN(const Judged judged, flags.company.empty() ? JudgeAll(run, flags) : JudgeOne(run, flags));
  Table table({"COMPANY", "NAME", "REPRESENTATIVE", "REASON", "REMEDY", "WAIVER"});
  for (const Eligibility& line : judged.shown.companies()) {
    table.Row({LastSegment(line.company()), line.company_display_name(), LastSegment(line.representative()),
               line.reason(), line.remedy(), LastSegment(line.waiver())});
  }
  run.out().Print(table, flags.not_eligible ? "No company is held up." : "No companies.");
  Table counts({"REASON", Right("COMPANIES")});
  for (const auto& [reason, count] : judged.summary.items()) {
    counts.Row({reason, std::to_string(count.get<int>())});
  }
  run.out().Line("");
  run.out().Print(counts, "No companies.");
  Json document = JsonOf(judged.shown);
  document["summary"] = judged.summary;
  run.out().Document(document);
  return absl::OkStatus();
}

Facts RollFacts(const Roll& roll) {
  return Facts()
      .Add("election", roll.election())
      .Add(roll.unit() == UNIT_PERSON ? "people" : "companies", std::to_string(roll.count()))
      .Add("act", roll.act() == ACT_VOTE ? "" : Word(roll.act()))
      .Add("record date", roll.record_date())
      .Add("frozen", InstantText(roll.has_freeze_time(), roll.freeze_time()))
      .Add("revision", roll.revision() > 1 ? std::to_string(roll.revision()) : "")
      .Add("challenges until",
           roll.fixed() ? "fixed by the manifest"
                        : InstantText(roll.has_challenges_close_time(), roll.challenges_close_time()))
      .Add("sha256", crypto::HexEncode(roll.sha256()));
}

struct FreezeFlags {
  std::string election;
  std::string record_date;
  std::string unit;
  std::string act;
  int challenge_days = 0;
};

absl::Status FreezeRoll(Invocation& run, const FreezeFlags& flags) {
  FreezeRollRequest request;
  ASSIGN_OR_RETURN(*request.mutable_election(), ElectionName(run, flags.election));
  request.set_record_date(flags.record_date);
  request.set_unit(ValueOf<Unit>(flags.unit));
  request.set_act(ValueOf<Act>(flags.act));
  request.set_challenge_days(flags.challenge_days);
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const auto channel, run.Channel(Part::kMembership));
  Rolls stub(channel);
  grpc::ClientContext context;
  run.PrepareStream(context, Part::kMembership);
  const auto reader = stub.FreezeRoll(&context, request);
  std::optional<Roll> roll;
  {
    const auto progress = run.ShowProgress("Freezing", 0);
    for (FreezeRollResponse part; reader->Read(&part);) {
      if (part.has_roll()) roll = part.roll();
      progress->Advance(part.has_entry() ? 1 : 0);
    }
  }
  const grpc::Status status = reader->Finish();
  if (!status.ok()) return run.ErrorOf(Part::kMembership, status);
  if (!roll.has_value())
    return errors::CheckFailed(
        fmt::format("The stream ended without a roll. See `plenary roll show {}`.", request.election()));
  run.out().Line("The roll is frozen.");
  run.out().Print(RollFacts(*roll));
  run.out().Document(*roll);
  return absl::OkStatus();
}

absl::StatusOr<Roll> GetRoll(Invocation& run, const std::string& election) {
  GetRollRequest request;
  ASSIGN_OR_RETURN(*request.mutable_election(), ElectionName(run, election));
  return run.Ask(&Rolls::GetRoll, request);
}

absl::Status ShowRoll(Invocation& run, const std::string& election) {
  ASSIGN_OR_RETURN(const Roll roll, GetRoll(run, election));
  run.out().Print(RollFacts(roll));
  run.out().Document(roll);
  return absl::OkStatus();
}

absl::Status ListRoll(Invocation& run, const std::string& election, int revision) {
  ListRollEntriesRequest request;
  ASSIGN_OR_RETURN(*request.mutable_election(), ElectionName(run, election));
  request.set_revision(revision);
  ASSIGN_OR_RETURN(const auto all, run.AskAll(&Rolls::ListRollEntries, request));
  Table table({"LISTED", "NAME", "COMPANY", "REPRESENTATIVE"});
  for (const RollEntry& entry : all.entries()) {
    table.Row({LastSegment(entry.unit()), entry.unit_display_name(), entry.company_display_name(),
               LastSegment(entry.representative())});
  }
  run.out().Print(table, "Nobody is on the roll.");
  run.out().Document(all);
  return absl::OkStatus();
}

absl::Status ListRevisions(Invocation& run, const std::string& election) {
  ListRollRevisionsRequest request;
  ASSIGN_OR_RETURN(*request.mutable_election(), ElectionName(run, election));
  ASSIGN_OR_RETURN(const auto all, run.AskAll(&Rolls::ListRollRevisions, request));
  Table table({Right("REVISION"), Right("LINES"), "MADE", "SHA256", "REASON"});
  for (const RollRevision& revision : all.revisions()) {
    table.Row({std::to_string(revision.revision()), std::to_string(revision.count()),
               InstantText(revision.has_create_time(), revision.create_time()),
               crypto::HexEncode(revision.sha256()), revision.reason()});
  }
  run.out().Print(table, "No revisions.");
  run.out().Document(all);
  return absl::OkStatus();
}

absl::Status VerifyRoll(Invocation& run, const std::string& election) {
  ASSIGN_OR_RETURN(const Roll roll, GetRoll(run, election));
  ListRollEntriesRequest request;
  request.set_election(roll.election());
  request.set_revision(roll.revision());
  ASSIGN_OR_RETURN(const auto all, run.AskAll(&Rolls::ListRollEntries, request));
  std::vector<std::string> units;
  for (const RollEntry& entry : all.entries()) units.push_back(entry.unit());
  ASSIGN_OR_RETURN(const std::string computed, RollSha256(units));
  const bool same = computed == roll.sha256() && all.entries_size() == roll.count();
  run.out().Print(RollFacts(roll).Add("computed", crypto::HexEncode(computed)));
  run.out().Document(Json{{"election", roll.election()},
                          {"count", roll.count()},
                          {"listed", all.entries_size()},
                          {"sha256", crypto::HexEncode(roll.sha256())},
                          {"computed_sha256", crypto::HexEncode(computed)},
                          {"same", same}});
  if (!same) {
    return errors::CheckFailed(
        "The lines of the roll do not give its hash: the list or the hash was changed. Tell the auditors.");
  }
  run.out().Line("The lines give the hash.");
  return absl::OkStatus();
}

void AddFreeze(CommandSet& commands, CLI::App& roll) {
  const auto flags = std::make_shared<FreezeFlags>();
  CLI::App& freeze = commands.Mutation(
      roll, "freeze", "Fix who may vote, as of a date (staff); sustained challenges alone amend it",
      "plenary roll freeze current --record-date 2022-08-31",
      [flags](Invocation& run) { return FreezeRoll(run, *flags); });
  freeze.add_option("ELECTION", flags->election, "Election id, or `current`")->required();
  freeze.add_option("--record-date", flags->record_date, "YYYY-MM-DD: eligibility as of the end of this day")
      ->required();
  AddWord<Unit>(freeze, "--unit", flags->unit, "What a line stands for (default: company)");
  AddWord<Act>(freeze, "--act", flags->act, "Of a roll of people: what they may do (default: vote)");
  freeze.add_option("--challenge-days", flags->challenge_days,
                    "Days in which it can be challenged, 1 to 60 (default: 7)");
}

void AddRoll(CommandSet& commands) {
  CLI::App& roll = commands.Group("roll", "Who may vote in an election: lists, challenges, substitutes");
  const auto election = std::make_shared<std::string>();
  const auto revision = std::make_shared<int>(0);
  const auto with_election = [&](CLI::App& command) {
    command.add_option("ELECTION", *election, "Election id, or `current`")->required();
  };
  AddFreeze(commands, roll);
  with_election(commands.Command(roll, "show", "Count and hash of the roll", "plenary roll show current",
                                 [election](Invocation& run) { return ShowRoll(run, *election); }));
  CLI::App& list =
      commands.List(roll, "list", "The lines of the roll", "plenary roll list current",
                    [election, revision](Invocation& run) { return ListRoll(run, *election, *revision); });
  with_election(list);
  list.add_option("--revision", *revision, "An earlier revision (default: the latest)");
  with_election(commands.List(roll, "revisions", "What sustained challenges made of the roll",
                              "plenary roll revisions current",
                              [election](Invocation& run) { return ListRevisions(run, *election); }));
  with_election(commands.Command(
      roll, "verify", "Compute the hash of the roll from its lines; exit 5 when it differs",
      "plenary roll verify current", [election](Invocation& run) { return VerifyRoll(run, *election); }));
  AddRollChallengeCommands(commands, roll);
  AddRollExportCommand(commands, roll);
}

absl::Status ListWaivers(Invocation& run) {
  ASSIGN_OR_RETURN(const auto all, run.AskAll(&RegisterService::Stub::ListWaivers, ListWaiversRequest()));
  Table table({"WAIVER", "REQUIREMENT", "ACTS", "FROM", "UNTIL", "MOTION"});
  for (const Waiver& waiver : all.waivers()) {
    std::vector<std::string> acts;
    for (const int act : waiver.acts()) acts.push_back(Word(static_cast<Act>(act)));
    table.Row({LastSegment(waiver.name()), Word(waiver.requirement()),
               fmt::format("{}", fmt::join(acts, " ")), waiver.valid_from(), waiver.valid_until(),
               waiver.motion()});
  }
  run.out().Print(table, "No waivers.");
  run.out().Document(all);
  return absl::OkStatus();
}

}  // namespace

void AddRollCommands(CommandSet& commands) {
  const auto flags = std::make_shared<EligibilityFlags>();
  CLI::App& eligibility =
      commands.List(commands.root(), "eligibility",
                    "Which companies can vote, and what would mend it for the others (staff)",
                    "plenary eligibility --as-of 2022-08-31 --not-eligible",
                    [flags](Invocation& run) { return ShowEligibility(run, *flags); });
  eligibility.add_option("--as-of", flags->as_of, "YYYY-MM-DD (default: today by the suite's clock)");
  eligibility.add_option("--company", flags->company, "Only this company (display name or id)");
  eligibility.add_flag("--not-eligible", flags->not_eligible, "Only the companies that cannot vote");
  AddRoll(commands);
  CLI::App& waiver = commands.Group("waiver", "Requirements that the board waived");
  commands.List(waiver, "list", "Waivers, oldest first", "plenary waiver list", ListWaivers);
}

}  // namespace plenary::cli
