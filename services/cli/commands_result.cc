// box, ballots, result, election count, election certify
#include <algorithm>
#include <filesystem>
#include <functional>
#include <set>

#include "common/crypto/bytes.h"
#include "fmt/format.h"
#include "services/cli/ballot_export.h"
#include "services/cli/commands.h"
#include "services/cli/display_width.h"
#include "services/cli/errors.h"
#include "services/cli/files.h"
#include "services/cli/published_log.h"
#include "services/cli/recompute.h"
#include "services/cli/recount.h"
#include "services/cli/resolve.h"
#include "services/election/rules/counting/method.h"
#include "services/election/rules/counting/report_text.h"
#include "services/election/rules/counting/report_words.h"
#include "services/election/rules/log_records.h"
#include "services/election/rules/names.h"
#include "services/election/rules/published_manifest.h"
#include "services/election/rules/tally.h"
#include "services/election/rules/tally_batches.h"

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
  ASSIGN_OR_RETURN(const election::PublishedManifest manifest, GetPublishedManifest(run, election));
  const auto list = [&](const std::string& ballot) -> absl::Status {
    const std::string hash = crypto::HexEncode(crypto::Sha256(ballot));
    table.Row({hash, std::to_string(ballot.size())});
    hashes.push_back(hash);
    if (folder.empty()) return absl::OkStatus();
    return WritePublicFile((std::filesystem::path(folder) / (hash + ".ballot")).string(), ballot);
  };
  ASSIGN_OR_RETURN(const LogReading log, ReadBallots(run, manifest, list));
  run.out().Print(table, "No ballots.");
  run.out().Document(Json{{"election", election},
                          {"count", hashes.size()},
                          {"ballots", hashes},
                          {"closed", log.closed},
                          {"root", crypto::HexEncode(log.newest.root)}});
  return absl::OkStatus();
}

// Schulze and ranked pairs compare options two by two: no number of votes is anybody's.
bool ComparesTwoByTwo(const ContestResult& contest) {
  return contest.method() == COUNTING_METHOD_SCHULZE || contest.method() == COUNTING_METHOD_RANKED_PAIRS;
}

absl::StatusOr<CountReport> GetReport(Invocation& run, const std::string& contest) {
  GetCountReportRequest request;
  request.set_contest(contest);
  return run.Ask(&TallyStub::GetCountReport, request);
}

// For which options a lot settled more than their order; nothing is known of it without the report.
using SettledByLot = std::function<bool(const OptionResult&)>;

SettledByLot LotsOf(Invocation& run, const ContestResult& contest) {
  const bool drawn = std::any_of(contest.options().begin(), contest.options().end(),
                                 [](const OptionResult& option) { return option.tied(); });
  if (run.out().json() || !drawn || contest.method() == COUNTING_METHOD_UNSPECIFIED) return nullptr;
  const auto report = GetReport(run, contest.contest());
  if (!report.ok()) return nullptr;
  std::set<int> ranks;
  for (const CountPlacing& placing : report->placings()) {
    if (counting::SeatByLot(*report, placing.option())) ranks.insert(placing.rank());
  }
  return [ranks](const OptionResult& option) { return ranks.contains(option.rank()); };
}

// "elected by lot, 2 years", "elected, order by lot".
std::string Outcome(const OptionResult& option, const SettledByLot& settled_by_lot) {
  const bool order_alone = option.tied() && settled_by_lot != nullptr && !settled_by_lot(option);
  const std::string lot = !option.tied() ? "" : order_alone ? "order by lot" : "by lot";
  if (!option.elected()) return lot;
  std::string text = lot.empty() || order_alone ? "elected" : "elected by lot";
  if (option.term_years() > 0) {
    text += fmt::format(", {} year{}", option.term_years(), option.term_years() == 1 ? "" : "s");
  }
  return order_alone ? text + ", " + lot : text;
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
  const bool two_by_two = ComparesTwoByTwo(contest);
  std::vector<Column> columns = {Right("RANK"), "NAME"};
  if (!two_by_two) columns.push_back(Right("VOTES"));
  columns.insert(columns.end(), {"OUTCOME", "LOT"});
  Table table(std::move(columns));
  const SettledByLot settled_by_lot = LotsOf(run, contest);
  for (const OptionResult& option : contest.options()) {
    std::vector<std::string> cells = {std::to_string(option.rank()), option.display_name()};
    if (!two_by_two) cells.push_back(counting::Amount(option.votes(), contest.decimals()));
    cells.push_back(Outcome(option, settled_by_lot));
    cells.push_back(option.tied() ? crypto::HexEncode(option.lot()).substr(0, 16) : "");
    table.Row(std::move(cells));
  }
  run.out().Print(table, "No candidates.");
  if (two_by_two) {
    run.out().Line("Options are compared two by two, so that none has a number of votes: see below.");
  }
}

// Where the reasons stand; a contest counted before there were reports has none.
void PrintWhy(Invocation& run, const Result& result) {
  bool first = true;
  for (const ContestResult& contest : result.contests()) {
    if (contest.method() == COUNTING_METHOD_UNSPECIFIED) continue;
    if (first) run.out().Line("");
    run.out().Line(fmt::format("{}plenary result explain {} --contest {}", first ? "Why: " : "     ",
                               LastSegment(result.election()), LastSegment(contest.contest())));
    first = false;
  }
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
  PrintWhy(run, result);
  run.out().Document(result);
}

absl::Status Certify(Invocation& run, const std::string& text) {
  CertifyResultRequest request;
  ASSIGN_OR_RETURN(*request.mutable_election(), ElectionName(run, text));
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const Result result, run.Ask(&TallyStub::CertifyResult, request));
  PrintResult(run, result);
  return absl::OkStatus();
}

// Every ballot is opened before the answer comes, so that it is waited for as long as for a stream.
absl::Status Count(Invocation& run, const std::string& text) {
  CountElectionRequest request;
  ASSIGN_OR_RETURN(*request.mutable_election(), ElectionName(run, text));
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const auto channel, run.Channel(Part::kElection));
  TallyStub stub(channel);
  grpc::ClientContext context;
  run.PrepareStream(context, Part::kElection);
  Result result;
  const grpc::Status status = stub.CountElection(&context, request, &result);
  if (!status.ok()) return run.ErrorOf(Part::kElection, status);
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

absl::StatusOr<Election> GetElection(Invocation& run, const std::string& name) {
  GetElectionRequest request;
  request.set_name(name);
  return run.Ask(&ElectionService::Stub::GetElection, request);
}

// A contest of an election as it is typed: its id, or a whole name.
absl::StatusOr<std::string> ContestOf(Invocation& run, const std::string& election,
                                      const std::string& contest) {
  ASSIGN_OR_RETURN(const std::string name, ElectionName(run, election));
  return ContestName(run, contest.find('/') == std::string::npos ? name + "/contests/" + contest : contest);
}

// What is explained, and how final it is.
absl::Status PrintSubject(Invocation& run, const std::string& contest) {
  ASSIGN_OR_RETURN(const Election election, GetElection(run, election::ElectionOf(contest)));
  GetResultRequest request;
  request.set_election(election.name());
  ASSIGN_OR_RETURN(const Result result, run.Ask(&TallyStub::GetResult, request));
  std::string display_name;
  for (const ContestResult& counted : result.contests()) {
    if (counted.contest() == contest) display_name = counted.display_name();
  }
  run.out().Print(
      Facts()
          .Add("election", fmt::format("{} ({})", election.display_name(), LastSegment(election.name())))
          .Add("contest", fmt::format("{} ({})", display_name, LastSegment(contest)))
          .Add("result", Word(result.state())));
  run.out().Line("");
  return absl::OkStatus();
}

absl::Status ExplainResult(Invocation& run, const std::string& election, const std::string& text) {
  ASSIGN_OR_RETURN(const std::string contest, ContestOf(run, election, text));
  ASSIGN_OR_RETURN(const CountReport report, GetReport(run, contest));
  if (run.out().json()) {
    run.out().Document(report);
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(PrintSubject(run, contest));
  const counting::Screen screen{.printable = Printable, .width = DisplayWidth};
  for (const std::string& line : ReportText(report, counting::Detail::kExplained, screen))
    run.out().Line(line);
  return absl::OkStatus();
}

absl::Status CheckLot(Invocation& run, const std::string& text) {
  ASSIGN_OR_RETURN(const Result result, GetResult(run, text));
  ASSIGN_OR_RETURN(const election::PublishedManifest manifest, GetPublishedManifest(run, result.election()));
  int ballots = 0;
  ASSIGN_OR_RETURN(const LogReading log, ReadBallots(run, manifest, [&](const std::string&) {
                     ++ballots;
                     return absl::OkStatus();
                   }));
  ASSIGN_OR_RETURN(const election::TallySecrets secrets, GetTallySecrets(run, manifest));
  const std::string seed = LotSeed(log.newest.root, secrets);
  ASSIGN_OR_RETURN(const std::vector<LotLine> lines, CheckLots(manifest.manifest(), result, seed, ballots));
  Table table({"CONTEST", "NAME", Right("VOTES"), Right("RANK"), "ELECTED", "LOT"});
  Json lots = Json::array();
  for (const LotLine& line : lines) {
    table.Row({line.contest, line.option, counting::Amount(line.votes, line.decimals),
               std::to_string(line.rank), line.elected ? "yes" : "no", crypto::HexEncode(line.lot)});
    lots.push_back({{"contest", line.contest},
                    {"name", line.option},
                    {"votes", std::to_string(line.votes)},
                    {"decimals", line.decimals},
                    {"rank", line.rank},
                    {"elected", line.elected},
                    {"lot", crypto::HexEncode(line.lot)}});
  }
  run.out().Line(
      fmt::format("The seed of the lots follows from the final root of the log, {}, over {}, and {}.",
                  crypto::HexEncode(log.newest.root), counting::Counted(ballots, "ballot"),
                  counting::Counted(static_cast<std::int64_t>(secrets.size()), "tally secret")));
  run.out().Print(table, "No ties: no lot was drawn.");
  run.out().Document(Json{{"election", result.election()},
                          {"ballots", ballots},
                          {"lot_seed", crypto::HexEncode(seed)},
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
    ASSIGN_OR_RETURN(const CountReport report, GetReport(run, contest.contest()));
    bytes = report.SerializeAsString();
  }
  return reports;
}

absl::Status NotToBeCounted(const absl::Status& why) {
  return errors::CheckFailed(fmt::format(
      "The published ballots cannot be counted again: {} Tell the auditors.", std::string(why.message())));
}

// The published ballots, opened.
struct OpenedLog {
  std::unique_ptr<election::Tally> tally;
  LogReading log;
};

absl::StatusOr<OpenedLog> OpenLog(Invocation& run, const election::PublishedManifest& manifest) {
  ASSIGN_OR_RETURN(const election::TallySecrets secrets, GetTallySecrets(run, manifest));
  OpenedLog opened{.tally = std::make_unique<election::Tally>(manifest, secrets), .log = {}};
  election::TallyBatches batches(*opened.tally);
  ASSIGN_OR_RETURN(
      opened.log, ReadBallots(run, manifest, [&](const std::string& ballot) { return batches.Add(ballot); }));
  RETURN_IF_ERROR(batches.Finish());
  return opened;
}

// Counts the published ballots on this machine; an error of the count itself is what was found.
absl::StatusOr<election::Counted> CountAgain(Invocation& run, const election::PublishedManifest& manifest,
                                             const Result& published) {
  ASSIGN_OR_RETURN(const Election called, GetElection(run, published.election()));
  ASSIGN_OR_RETURN(const OpenedLog opened, OpenLog(run, manifest));
  ASSIGN_OR_RETURN(const std::vector<std::string> lists, GetIssuanceLists(run, manifest, opened.log));
  std::vector<election::UnitsView> units;
  for (const std::string& list : lists) units.push_back(election::ReadIssuanceList(list)->units);
  auto counted = opened.tally->Count(called.contests(), opened.log.newest.root,
                                     static_cast<int>(election::CountOnEvery(units)));
  return counted.ok() ? std::move(counted) : NotToBeCounted(counted.status());
}

absl::Status Recount(Invocation& run, const std::string& text) {
  ASSIGN_OR_RETURN(const Result published, GetResult(run, text));
  ASSIGN_OR_RETURN(const election::PublishedManifest manifest,
                   GetPublishedManifest(run, published.election()));
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

struct ExportFlags {
  std::string election;
  std::string contest;
  std::string file;
};

// The number of a contest on the ballot.
absl::StatusOr<std::size_t> NumberOnBallot(const Manifest& manifest, const std::string& contest) {
  std::vector<std::string> ids;
  for (const Manifest::Contest& printed : manifest.contests()) {
    if (printed.name() == contest) return ids.size();
    ids.push_back(LastSegment(printed.name()));
  }
  return errors::WrongUsage(fmt::format("The ballot has no contest \"{}\". It has: {}.", LastSegment(contest),
                                        fmt::join(ids, ", ")));
}

void PrintExport(Invocation& run, const std::string& file, const BallotTable& table, std::int64_t spoilt,
                 const std::string& command) {
  run.out().Line(fmt::format("{}, {} of them blank, in {} of {}.", counting::Counted(table.ballots, "ballot"),
                             table.blank, counting::Counted(table.rows, "row"), file));
  if (spoilt > 0) {
    run.out().Line(fmt::format("{} left out, because nobody can tell what they mean: the result lists them.",
                               counting::Counted(spoilt, "spoilt ballot")));
  }
  run.out().Line(command.empty() ? "Nobody chose anything in this contest: there is nothing to count."
                                 : "This counts them, without any server:");
  if (!command.empty()) run.out().Line("  " + command);
}

// Opens and checks the published ballots as a recount does.
absl::Status ExportBallots(Invocation& run, const ExportFlags& flags) {
  ASSIGN_OR_RETURN(const std::string contest, ContestOf(run, flags.election, flags.contest));
  const std::string election = election::ElectionOf(contest);
  ASSIGN_OR_RETURN(const Election called, GetElection(run, election));
  ASSIGN_OR_RETURN(const election::PublishedManifest manifest, GetPublishedManifest(run, election));
  ASSIGN_OR_RETURN(const std::size_t number, NumberOnBallot(manifest.manifest(), contest));
  ASSIGN_OR_RETURN(const OpenedLog opened, OpenLog(run, manifest));
  const election::Tally& tally = *opened.tally;
  const auto counted = tally.Count(called.contests(), opened.log.newest.root, tally.ballot_count());
  if (!counted.ok()) return NotToBeCounted(counted.status());

  const ExportedContest exported{.number = static_cast<std::uint16_t>(number),
                                 .printed = manifest.manifest().contests(static_cast<int>(number)),
                                 .called = called.contests(static_cast<int>(number)),
                                 .lot_seed = counted->result.lot_seed()};
  const BallotTable table = TableOf(exported.printed, tally.profile(number));
  RETURN_IF_ERROR(WritePublicFile(flags.file, table.csv));
  const bool countable = table.ballots > table.blank;
  const std::string command = countable ? ShellLine(CountCommand(exported, table, flags.file)) : "";
  const std::int64_t spoilt = tally.profile(number).spoilt();
  PrintExport(run, flags.file, table, spoilt, command);
  run.out().Document(Json{{"election", election},
                          {"contest", contest},
                          {"file", flags.file},
                          {"rows", table.rows},
                          {"ballots", table.ballots},
                          {"blank", table.blank},
                          {"spoilt", spoilt},
                          {"options", table.names},
                          {"lot_seed", crypto::HexEncode(exported.lot_seed)},
                          {"command", countable ? Json(command) : Json()}});
  return absl::OkStatus();
}

void AddExport(CommandSet& commands, CLI::App& ballots) {
  const auto flags = std::make_shared<ExportFlags>();
  CLI::App& command = commands.Command(
      ballots, "export",
      "What the ballots say about a contest, once the box is closed, as CSV with a row for each different "
      "ballot; prints the `plenary count` that counts it",
      "plenary ballots export current --contest board --out board.csv",
      [flags](Invocation& run) { return ExportBallots(run, *flags); });
  command.add_option("ELECTION", flags->election, "Election id, or `current`")->required();
  command.add_option("--contest", flags->contest, "Contest id")->required();
  command.add_option("--out", flags->file, "CSV file to write; spoilt ballots are left out")->required();
}

}  // namespace

void AddElectionCountCommands(CommandSet& commands, CLI::App& election) {
  const auto text = std::make_shared<std::string>();
  const auto with_election = [&](CLI::App& command) {
    command.add_option("ELECTION", *text, "Election id, or `current`")->required();
  };
  with_election(commands.Mutation(
      election, "count", "Count the opened ballots, once the trustees have released (returning officer)",
      "plenary election count current", [text](Invocation& run) { return Count(run, *text); }));
  with_election(commands.Mutation(election, "certify", "Certify the result (returning officer)",
                                  "plenary election certify current",
                                  [text](Invocation& run) { return Certify(run, *text); }));
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
  with_election(commands.Command(
                    ballots, "list", "Hashes of all ballots in the public log, as of its newest checkpoint",
                    "plenary ballots list current --out ballots/",
                    [text, folder](Invocation& run) { return ListBallots(run, *text, *folder); }))
      .add_option("--out", *folder, "Write each ballot's bytes to HASH.ballot in this folder");
  AddExport(commands, ballots);
  AddBallotCheckCommand(commands, ballots);
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
