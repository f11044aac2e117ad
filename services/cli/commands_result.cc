// box, ballots, count, result, certify
#include <filesystem>

#include "common/crypto/bytes.h"
#include "fmt/format.h"
#include "services/cli/box_reader.h"
#include "services/cli/commands.h"
#include "services/cli/errors.h"
#include "services/cli/files.h"
#include "services/cli/recompute.h"
#include "services/cli/resolve.h"

namespace plenary::cli {
namespace {

using namespace election::v1;  // the messages of one contract, in one file
using Tally = TallyService::Stub;

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
  return option.elected()
             ? fmt::format("elected, {} year{}", option.term_years(), option.term_years() == 1 ? "" : "s")
             : "";
}

void PrintResult(Invocation& run, const Result& result) {
  run.out().Print(Facts()
                      .Add("election", result.election())
                      .Add("state", Word(result.state()))
                      .Add("companies on the roll", std::to_string(result.roll_count()))
                      .Add("credentials", std::to_string(result.issued_count()))
                      .Add("ballots", std::to_string(result.ballot_count()))
                      .Add("spoilt", std::to_string(result.spoilt_size()))
                      .Add("lot seed", crypto::HexEncode(result.lot_seed()))
                      .Add("counted", InstantText(result.has_count_time(), result.count_time()))
                      .Add("certified", InstantText(result.has_certify_time(), result.certify_time())));
  for (const ContestResult& contest : result.contests()) {
    run.out().Line("");
    run.out().Line(fmt::format("{}: {} seats, {} vacant, {} blank", contest.display_name(), contest.seats(),
                               contest.vacancies(), contest.blank_count()));
    Table table({Right("RANK"), "NAME", Right("VOTES"), "OUTCOME", "LOT"});
    for (const OptionResult& option : contest.options()) {
      table.Row({std::to_string(option.rank()), option.display_name(), std::to_string(option.votes()),
                 Outcome(option), option.tied() ? crypto::HexEncode(option.lot()).substr(0, 16) : ""});
    }
    run.out().Print(table, "No candidates.");
  }
  run.out().Document(result);
}

// Count and certify: the election in, the result out.
template <typename Request>
absl::Status Act(Invocation& run, const std::string& text,
                 grpc::Status (Tally::*method)(grpc::ClientContext*, const Request&, Result*)) {
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
  return run.Ask(&Tally::GetResult, request);
}

absl::Status ShowResult(Invocation& run, const std::string& text) {
  ASSIGN_OR_RETURN(const Result result, GetResult(run, text));
  PrintResult(run, result);
  return absl::OkStatus();
}

absl::Status CheckLot(Invocation& run, const std::string& text) {
  ASSIGN_OR_RETURN(const Result result, GetResult(run, text));
  GetManifestRequest request;
  request.set_name(result.election());
  ASSIGN_OR_RETURN(const auto published, run.Ask(&ElectionService::Stub::GetManifest, request));
  Manifest manifest;
  if (!manifest.ParseFromString(published.manifest())) {
    return errors::CheckFailed("The published manifest cannot be read. Tell the auditors.");
  }
  ASSIGN_OR_RETURN(const std::vector<std::string> hashes, ReadBallotHashes(run, result.election()));
  ASSIGN_OR_RETURN(const std::vector<LotLine> lines, CheckLots(manifest, result, hashes));
  Table table({"CONTEST", "NAME", Right("VOTES"), Right("RANK"), "ELECTED", "LOT"});
  Json lots = Json::array();
  for (const LotLine& line : lines) {
    table.Row({line.contest, line.option, std::to_string(line.votes), std::to_string(line.rank),
               line.elected ? "yes" : "no", crypto::HexEncode(line.lot)});
    lots.push_back({{"contest", line.contest},
                    {"name", line.option},
                    {"votes", line.votes},
                    {"rank", line.rank},
                    {"elected", line.elected},
                    {"lot", crypto::HexEncode(line.lot)}});
  }
  run.out().Line(
      fmt::format("{} ballots give the seed {}.", hashes.size(), crypto::HexEncode(LotSeed(hashes))));
  run.out().Print(table, "No ties: no lot was drawn.");
  run.out().Document(Json{{"election", result.election()},
                          {"ballots", hashes.size()},
                          {"lot_seed", crypto::HexEncode(LotSeed(hashes))},
                          {"same", true},
                          {"lots", lots}});
  return absl::OkStatus();
}

}  // namespace

void AddResultCommands(CommandSet& commands) {
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
  with_election(commands.Mutation(
      commands.root(), "count", "Close the box and count (returning officer)", "plenary count current",
      [text](Invocation& run) { return Act(run, *text, &Tally::CountElection); }));
  with_election(commands.Mutation(
      commands.root(), "certify", "Certify the result (returning officer)", "plenary certify current",
      [text](Invocation& run) { return Act(run, *text, &Tally::CertifyResult); }));
  CLI::App& result = commands.Group("result", "The result of an election");
  with_election(commands.Command(result, "show", "The result", "plenary result show current",
                                 [text](Invocation& run) { return ShowResult(run, *text); }));
  with_election(commands.Command(
      result, "lot", "Compute seed and lots again from the published ballots; exit 5 when they differ",
      "plenary result lot current", [text](Invocation& run) { return CheckLot(run, *text); }));
}

}  // namespace plenary::cli
