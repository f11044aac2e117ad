// box, ballots, result, election count, election certify
#include <algorithm>
#include <filesystem>

#include "common/crypto/bytes.h"
#include "fmt/format.h"
#include "services/cli/box_reader.h"
#include "services/cli/commands.h"
#include "services/cli/display_width.h"
#include "services/cli/errors.h"
#include "services/cli/files.h"
#include "services/cli/recompute.h"
#include "services/cli/recount.h"
#include "services/cli/resolve.h"
#include "services/election/rules/counting/method.h"
#include "services/election/rules/counting/report_text.h"
#include "services/election/rules/counting/report_words.h"
#include "services/election/rules/published_manifest.h"
#include "services/election/rules/tally.h"

namespace plenary::cli {
namespace {

using namespace election::v1;  // the messages of one contract, in one file
using TallyStub = TallyService::Stub;
namespace counting = election::counting;

absl::Status ShowBox(Invocation& run, const std::string& text) {
  GetBoxRequest request;
  ASSIGN_OR_RETURN(*request.mutable_election(), ElectionName(run, text));
  ASSIGN_OR_RETURN(const auto box, run.Ask(&BallotBoxService::Stub::GetBox, request));
  run.out().Print(Facts()
                      .Add("election", request.election())
                      .Add("state", Word(box.state()))
                      .Add("manifest hash", crypto::HexEncode(box.manifest_hash()))
                      .Add("box key", crypto::HexEncode(box.box_key())));
  run.out().Document(Json{{"election", request.election()},
                          {"state", GetBoxResponse::State_Name(box.state())},
                          {"manifest_hash", crypto::HexEncode(box.manifest_hash())},
                          {"box_key", crypto::HexEncode(box.box_key())}});
  return absl::OkStatus();
}

absl::Status ListBallots(Invocation& run, const std::string& text, const std::string& folder) {
  ASSIGN_OR_RETURN(const std::string election, ElectionName(run, text));
  Table table({"BALLOT", Right("BYTES")});
  Json hashes = Json::array();
  RETURN_IF_ERROR(ReadBallots(run, election, [&](const std::string& ballot) -> absl::Status {
    const std::string hash = crypto::HexEncode(crypto::Sha256(ballot));
    table.Row({hash, std::to_string(ballot.size())});
    hashes.push_back(hash);
    if (folder.empty()) return absl::OkStatus();
    return WritePublicFile((std::filesystem::path(folder) / (hash + ".ballot")).string(), ballot);
  }));
  run.out().Print(table, "No ballots.");
  run.out().Document(Json{{"election", election}, {"count", hashes.size()}, {"ballots", hashes}});
  return absl::OkStatus();
}

std::string Outcome(const OptionResult& option) {
  if (!option.elected() || option.term_years() == 0) return option.elected() ? "elected" : "";
  return fmt::format("elected, {} year{}", option.term_years(), option.term_years() == 1 ? "" : "s");
}

// Votes with the decimals of the method; none where options are compared two by two.
std::string VotesText(const ContestResult& contest, const OptionResult& option) {
  const bool pairwise =
      contest.method() == COUNTING_METHOD_SCHULZE || contest.method() == COUNTING_METHOD_RANKED_PAIRS;
  return pairwise ? "" : counting::Amount(option.votes(), contest.decimals());
}

// Whoever was on the ballot as an option that people chose, "None of these" aside.
bool IsPoll(const ContestResult& contest) {
  return std::any_of(contest.options().begin(), contest.options().end(), [](const OptionResult& option) {
    return !option.none_of_these() && option.option().find("/options/") != std::string::npos;
  });
}

void PrintContest(Invocation& run, const ContestResult& contest) {
  const counting::Method* method = counting::FindMethod(contest.method());
  run.out().Line("");
  run.out().Line(fmt::format("{}{}: {} {}, {} vacant, {} blank", contest.display_name(),
                             method == nullptr ? "" : fmt::format(" ({})", method->word), contest.seats(),
                             IsPoll(contest) ? "to choose" : "seats", contest.vacancies(),
                             contest.blank_count()));
  Table table({Right("RANK"), "NAME", Right("VOTES"), "OUTCOME", "LOT"});
  for (const OptionResult& option : contest.options()) {
    table.Row({std::to_string(option.rank()), option.display_name(), VotesText(contest, option),
               Outcome(option), option.tied() ? crypto::HexEncode(option.lot()).substr(0, 16) : ""});
  }
  run.out().Print(table, "No candidates.");
}

void PrintResult(Invocation& run, const Result& result) {
  run.out().Print(Facts()
                      .Add("election", result.election())
                      .Add("state", Word(result.state()))
                      .Add("on the roll", std::to_string(result.roll_count()))
                      .Add("credentials", std::to_string(result.issued_count()))
                      .Add("ballots", std::to_string(result.ballot_count()))
                      .Add("spoilt", std::to_string(result.spoilt_size()))
                      .Add("lot seed", crypto::HexEncode(result.lot_seed()))
                      .Add("counted", InstantText(result.has_count_time(), result.count_time()))
                      .Add("certified", InstantText(result.has_certify_time(), result.certify_time())));
  for (const ContestResult& contest : result.contests()) PrintContest(run, contest);
  run.out().Document(result);
}

// Count and certify: the election in, the result out.
template <typename Request>
absl::Status Act(Invocation& run, const std::string& text,
                 grpc::Status (TallyStub::*method)(grpc::ClientContext*, const Request&, Result*)) {
  Request request;
  ASSIGN_OR_RETURN(*request.mutable_election(), ElectionName(run, text));
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const Result result, run.Ask(method, request));
  PrintResult(run, result);
  return absl::OkStatus();
}

absl::StatusOr<Result> GetResult(Invocation& run, const std::string& text) {
  GetResultRequest request;
  ASSIGN_OR_RETURN(*request.mutable_election(), ElectionName(run, text));
  return run.Ask(&TallyStub::GetResult, request);
}

absl::Status ShowResult(Invocation& run, const std::string& text) {
  ASSIGN_OR_RETURN(const Result result, GetResult(run, text));
  PrintResult(run, result);
  return absl::OkStatus();
}

absl::Status ExplainResult(Invocation& run, const std::string& election, const std::string& contest) {
  GetCountReportRequest request;
  ASSIGN_OR_RETURN(const std::string name, ElectionName(run, election));
  ASSIGN_OR_RETURN(
      *request.mutable_contest(),
      ContestName(run, contest.find('/') == std::string::npos ? name + "/contests/" + contest : contest));
  ASSIGN_OR_RETURN(const CountReport report, run.Ask(&TallyStub::GetCountReport, request));
  const counting::Screen screen{.printable = Printable, .width = DisplayWidth};
  for (const std::string& line : ReportText(report, counting::Detail::kExplained, screen))
    run.out().Line(line);
  run.out().Document(report);
  return absl::OkStatus();
}

absl::StatusOr<election::PublishedManifest> GetManifest(Invocation& run, const std::string& election) {
  GetManifestRequest request;
  request.set_name(election);
  ASSIGN_OR_RETURN(const auto published, run.Ask(&ElectionService::Stub::GetManifest, request));
  auto manifest = election::PublishedManifest::Parse(published.manifest());
  if (!manifest.ok() || manifest->hash() != published.manifest_hash() ||
      manifest->manifest().origin() != election) {
    return errors::CheckFailed("The published manifest is none of this election. Tell the auditors.");
  }
  return manifest;
}

absl::Status CheckLot(Invocation& run, const std::string& text) {
  ASSIGN_OR_RETURN(const Result result, GetResult(run, text));
  ASSIGN_OR_RETURN(const election::PublishedManifest manifest, GetManifest(run, result.election()));
  ASSIGN_OR_RETURN(const std::vector<std::string> hashes, ReadBallotHashes(run, result.election()));
  ASSIGN_OR_RETURN(const std::vector<LotLine> lines, CheckLots(manifest.manifest(), result, hashes));
  Table table({"CONTEST", "NAME", Right("VOTES"), Right("RANK"), "ELECTED", "LOT"});
  Json lots = Json::array();
  for (const LotLine& line : lines) {
    table.Row({line.contest, line.option, counting::Amount(line.votes, line.decimals),
               std::to_string(line.rank), line.elected ? "yes" : "no", crypto::HexEncode(line.lot)});
    lots.push_back({{"contest", line.contest},
                    {"name", line.option},
                    {"votes", line.votes},
                    {"decimals", line.decimals},
                    {"rank", line.rank},
                    {"elected", line.elected},
                    {"lot", crypto::HexEncode(line.lot)}});
  }
  run.out().Line(fmt::format("The seed of the lots, {}, follows from {}.", crypto::HexEncode(LotSeed(hashes)),
                             counting::Counted(static_cast<std::int64_t>(hashes.size()), "ballot")));
  run.out().Print(table, "No ties: no lot was drawn.");
  run.out().Document(Json{{"election", result.election()},
                          {"ballots", hashes.size()},
                          {"lot_seed", crypto::HexEncode(LotSeed(hashes))},
                          {"same", true},
                          {"lots", lots}});
  return absl::OkStatus();
}

// The published reports, serialised, a contest each; "" for one counted before there were reports.
absl::StatusOr<std::vector<std::string>> GetReports(Invocation& run, const Result& result) {
  std::vector<std::string> reports;
  for (const ContestResult& contest : result.contests()) {
    std::string& bytes = reports.emplace_back();
    if (contest.method() == COUNTING_METHOD_UNSPECIFIED) continue;
    GetCountReportRequest request;
    request.set_contest(contest.contest());
    ASSIGN_OR_RETURN(const CountReport report, run.Ask(&TallyStub::GetCountReport, request));
    bytes = report.SerializeAsString();
  }
  return reports;
}

// Counts the published ballots on this machine; an error of the count itself is what was found.
absl::StatusOr<election::Counted> CountAgain(Invocation& run, const election::PublishedManifest& manifest,
                                             const Result& published) {
  GetElectionRequest request;
  request.set_name(published.election());
  ASSIGN_OR_RETURN(const Election called, run.Ask(&ElectionService::Stub::GetElection, request));
  election::Tally tally(manifest);
  RETURN_IF_ERROR(
      ReadBallots(run, published.election(), [&](const std::string& ballot) { return tally.Add(ballot); }));
  auto counted = tally.Count(called.contests(), static_cast<int>(manifest.manifest().roll_count()),
                             published.issued_count());
  if (counted.ok()) return counted;
  return errors::CheckFailed(
      fmt::format("The published ballots cannot be counted again: {} Tell the auditors.",
                  std::string(counted.status().message())));
}

absl::Status Recount(Invocation& run, const std::string& text) {
  ASSIGN_OR_RETURN(const Result published, GetResult(run, text));
  ASSIGN_OR_RETURN(const election::PublishedManifest manifest, GetManifest(run, published.election()));
  ASSIGN_OR_RETURN(const election::Counted counted, CountAgain(run, manifest, published));
  ASSIGN_OR_RETURN(const std::vector<std::string> reports, GetReports(run, published));
  RETURN_IF_ERROR(CompareCount(published, reports, counted));
  const auto told = std::count_if(reports.begin(), reports.end(),
                                  [](const std::string& report) { return !report.empty(); });
  run.out().Line(fmt::format(
      "The published result and its {} follow, byte for byte, from {}, checked and counted again "
      "on this machine.",
      counting::Counted(told, "report"), counting::Counted(published.ballot_count(), "published ballot")));
  Json contests = Json::array();
  for (const ContestResult& contest : published.contests()) {
    contests.push_back(
        {{"contest", contest.contest()}, {"report_sha256", crypto::HexEncode(contest.report_sha256())}});
  }
  run.out().Document(Json{{"election", published.election()},
                          {"manifest_hash", crypto::HexEncode(manifest.hash())},
                          {"ballots", published.ballot_count()},
                          {"same", true},
                          {"contests", contests}});
  return absl::OkStatus();
}

}  // namespace

void AddElectionCountCommands(CommandSet& commands, CLI::App& election) {
  const auto text = std::make_shared<std::string>();
  const auto with_election = [&](CLI::App& command) {
    command.add_option("ELECTION", *text, "Election id, or `current`")->required();
  };
  with_election(commands.Mutation(
      election, "count", "Close the box and count (returning officer)", "plenary election count current",
      [text](Invocation& run) { return Act(run, *text, &TallyStub::CountElection); }));
  with_election(commands.Mutation(
      election, "certify", "Certify the result (returning officer)", "plenary election certify current",
      [text](Invocation& run) { return Act(run, *text, &TallyStub::CertifyResult); }));
}

void AddResultCommands(CommandSet& commands) {
  const auto contest = std::make_shared<std::string>();
  const auto text = std::make_shared<std::string>();
  const auto folder = std::make_shared<std::string>();
  const auto with_election = [&](CLI::App& command) -> CLI::App& {
    command.add_option("ELECTION", *text, "Election id, or `current`")->required();
    return command;
  };
  CLI::App& box = commands.Group("box", "The ballot box");
  with_election(commands.Command(box, "show", "State, manifest hash and key of the box",
                                 "plenary box show current",
                                 [text](Invocation& run) { return ShowBox(run, *text); }));
  CLI::App& ballots = commands.Group("ballots", "The published ballots");
  with_election(
      commands.Command(ballots, "list", "Hashes of all ballots, once the box is closed",
                       "plenary ballots list current --out ballots/",
                       [text, folder](Invocation& run) { return ListBallots(run, *text, *folder); }))
      .add_option("--out", *folder, "Write each ballot's bytes to HASH.ballot in this folder");
  CLI::App& result = commands.Group("result", "The result of an election");
  with_election(commands.Command(result, "show", "The result", "plenary result show current",
                                 [text](Invocation& run) { return ShowResult(run, *text); }));
  with_election(
      commands.Command(result, "explain",
                       "How a contest was counted, in words and figures: stages, transfers, ties, lots",
                       "plenary result explain current --contest board",
                       [text, contest](Invocation& run) { return ExplainResult(run, *text, *contest); }))
      .add_option("--contest", *contest, "Contest id")
      ->required();
  with_election(commands.Command(result, "lot",
                                 "Compute seed and lots again from the published ballots; exit 5 when they "
                                 "differ. Where marks or scores are "
                                 "added up, the order too; for ranks, see `plenary result recount`",
                                 "plenary result lot current",
                                 [text](Invocation& run) { return CheckLot(run, *text); }));
  with_election(commands.Command(
      result, "recount",
      "Count the published ballots again on this machine, with the library that the service counts with, and "
      "compare result and reports byte for byte; exit 5 when they differ",
      "plenary result recount current", [text](Invocation& run) { return Recount(run, *text); }));
}

}  // namespace plenary::cli
