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

Json SummaryOf(const ExplainEligibilityResponse& all) {
  std::map<std::string, int> by_reason;
  for (const Eligibility& line : all.companies()) ++by_reason[line.reason()];
  Json summary = Json::object();
  for (const auto& [reason, count] : by_reason) summary[reason] = count;
  return summary;
}

absl::Status ShowEligibility(Invocation& run, const EligibilityFlags& flags) {
  ExplainEligibilityRequest request;
  request.set_as_of(flags.as_of);
  if (!flags.company.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_company(), CompanyName(run, flags.company));
  }
  // The summary is of all companies, whatever is shown of them.
  ASSIGN_OR_RETURN(auto all, run.AskUpTo(0, &Rolls::ExplainEligibility, request));
  const Json summary = SummaryOf(all);
  if (flags.not_eligible) {
    auto& lines = *all.mutable_companies();
    lines.erase(std::remove_if(lines.begin(), lines.end(), [](const auto& line) { return line.eligible(); }),
                lines.end());
  }
  Truncate(all, run.flags().limit);
  Table table({"COMPANY", "NAME", "REPRESENTATIVE", "REASON", "REMEDY", "WAIVER"});
  for (const Eligibility& line : all.companies()) {
    table.Row({LastSegment(line.company()), line.company_display_name(), LastSegment(line.representative()),
               line.reason(), line.remedy(), LastSegment(line.waiver())});
  }
  run.out().Print(table, flags.not_eligible ? "No company is held up." : "No companies.");
  Table counts({"REASON", Right("COMPANIES")});
  for (const auto& [reason, count] : summary.items()) {
    counts.Row({reason, std::to_string(count.get<int>())});
  }
  run.out().Line("");
  run.out().Print(counts, "No companies.");
  Json document = JsonOf(all);
  document["summary"] = summary;
  run.out().Document(document);
  return absl::OkStatus();
}

Facts RollFacts(const Roll& roll) {
  return Facts()
      .Add("election", roll.election())
      .Add("companies", std::to_string(roll.count()))
      .Add("record date", roll.record_date())
      .Add("frozen", InstantText(roll.has_freeze_time(), roll.freeze_time()))
      .Add("sha256", crypto::HexEncode(roll.sha256()));
}

absl::Status FreezeRoll(Invocation& run, const std::string& election, const std::string& record_date) {
  FreezeRollRequest request;
  ASSIGN_OR_RETURN(*request.mutable_election(), ElectionName(run, election));
  request.set_record_date(record_date);
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
    return errors::CheckFailed("The stream ended without a roll. See `plenary roll show`.");
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

absl::Status ListRoll(Invocation& run, const std::string& election) {
  ListRollEntriesRequest request;
  ASSIGN_OR_RETURN(*request.mutable_election(), ElectionName(run, election));
  ASSIGN_OR_RETURN(const auto all, run.AskAll(&Rolls::ListRollEntries, request));
  Table table({"COMPANY", "NAME", "REPRESENTATIVE"});
  for (const RollEntry& entry : all.entries()) {
    table.Row(
        {LastSegment(entry.company()), entry.company_display_name(), LastSegment(entry.representative())});
  }
  run.out().Print(table, "No companies on the roll.");
  run.out().Document(all);
  return absl::OkStatus();
}

absl::Status VerifyRoll(Invocation& run, const std::string& election) {
  ASSIGN_OR_RETURN(const Roll roll, GetRoll(run, election));
  ListRollEntriesRequest request;
  request.set_election(roll.election());
  ASSIGN_OR_RETURN(const auto all, run.AskAll(&Rolls::ListRollEntries, request));
  std::vector<std::string> companies;
  for (const RollEntry& entry : all.entries()) companies.push_back(entry.company());
  ASSIGN_OR_RETURN(const std::string computed, RollSha256(companies));
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

void AddRoll(CommandSet& commands) {
  CLI::App& roll = commands.Group("roll", "The frozen list of companies that may vote in an election");
  const auto election = std::make_shared<std::string>();
  const auto record_date = std::make_shared<std::string>();
  const auto with_election = [&](CLI::App& command) {
    command.add_option("ELECTION", *election, "Election id, or `current`")->required();
  };
  CLI::App& freeze = commands.Mutation(
      roll, "freeze", "Fix the roll, for ever (staff)",
      "plenary roll freeze current --record-date 2022-08-31",
      [election, record_date](Invocation& run) { return FreezeRoll(run, *election, *record_date); });
  with_election(freeze);
  freeze.add_option("--record-date", *record_date, "YYYY-MM-DD: eligibility as of the end of this day")
      ->required();
  with_election(commands.Command(roll, "show", "Count and hash of the roll", "plenary roll show current",
                                 [election](Invocation& run) { return ShowRoll(run, *election); }));
  with_election(commands.List(roll, "list", "The lines of the roll", "plenary roll list current",
                              [election](Invocation& run) { return ListRoll(run, *election); }));
  with_election(commands.Command(
      roll, "verify", "Compute the hash of the roll from its lines; exit 5 when it differs",
      "plenary roll verify current", [election](Invocation& run) { return VerifyRoll(run, *election); }));
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
