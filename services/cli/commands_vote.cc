// vote, receipt
#include <algorithm>
#include <filesystem>
#include <iostream>

#include "common/crypto/bytes.h"
#include "common/crypto/random.h"
#include "common/status/error.h"
#include "fmt/format.h"
#include "services/cli/box_reader.h"
#include "services/cli/commands.h"
#include "services/cli/display_width.h"
#include "services/cli/errors.h"
#include "services/cli/files.h"
#include "services/cli/marks.h"
#include "services/cli/receipt.h"
#include "services/cli/resolve.h"
#include "services/election/client/vote_session.h"

namespace plenary::cli {
namespace {

using election::client::Choice;
using election::client::VoteSession;
using election::v1::BallotBoxService;
using election::v1::ElectionService;
using election::v1::GetBoxRequest;
using election::v1::GetBoxResponse;
using election::v1::GetManifestRequest;
using election::v1::Manifest;

struct VoteFlags {
  std::string election;
  std::vector<std::string> marks;
  std::string choices_file;
  std::string state_file;
  std::string receipt_file;
  std::string recovery_code;
  bool yes = false;
};

absl::StatusOr<std::vector<ContestMarks>> ReadMarks(const VoteFlags& flags) {
  std::vector<ContestMarks> all;
  if (!flags.choices_file.empty()) {
    ASSIGN_OR_RETURN(const std::string json, ReadNamedFile(flags.choices_file));
    ASSIGN_OR_RETURN(all, ParseChoicesFile(json));
  }
  for (const std::string& text : flags.marks) {
    ASSIGN_OR_RETURN(ContestMarks marks, ParseMark(text));
    all.push_back(std::move(marks));
  }
  return all;
}

// Beside the session; a file for each election and voter.
std::string StatePath(Invocation& run, const VoteFlags& flags, const std::string& election,
                      const std::string& person) {
  if (!flags.state_file.empty()) return flags.state_file;
  const std::filesystem::path folder = std::filesystem::path(run.session_path()).parent_path() / "ballots";
  return (folder / fmt::format("{}.{}.json", LastSegment(election), LastSegment(person))).string();
}

absl::StatusOr<VoteSession::Settings> SettingsFor(Invocation& run, const VoteFlags& flags) {
  ASSIGN_OR_RETURN(const Session session, run.SignedIn());
  VoteSession::Settings settings;
  ASSIGN_OR_RETURN(settings.election, ElectionName(run, flags.election));
  ASSIGN_OR_RETURN(settings.election_channel, run.Channel(Part::kElection));
  ASSIGN_OR_RETURN(settings.registrar_channel, run.Channel(Part::kMembership));
  ASSIGN_OR_RETURN(const Stack stack, run.FindServices());
  ASSIGN_OR_RETURN(const std::string box, stack.AddressOf(Part::kBox));
  settings.fresh_box_channel = [box] { return election::client::FreshChannel(box); };
  settings.token = session.TokenFor(PartName(Part::kMembership));
  settings.state_path = StatePath(run, flags, settings.election, session.person);
  RETURN_IF_ERROR(MakeFolderOf(settings.state_path));
  return settings;
}

// On a terminal only: a program that votes says what it wants.
absl::Status Confirm(Invocation& run, const Manifest& manifest,
                     const std::vector<std::vector<Choice>>& marked) {
  Surroundings& surroundings = run.surroundings();
  if (!surroundings.in_is_terminal) return absl::OkStatus();
  ShowBallot(surroundings.err, manifest, marked);
  surroundings.err << "\nA vote is final. Cast this ballot? Type yes: " << std::flush;
  std::string answer;
  std::getline(surroundings.in, answer);
  return answer == "yes" ? absl::OkStatus() : errors::NotConfirmed();
}

// A peer that does not answer is told in words; everything else passes.
absl::Status Explained(Invocation& run, const absl::Status& error) {
  if (absl::IsUnauthenticated(error)) return run.ErrorOf(Part::kMembership, ToGrpcStatus(error));
  const bool interrupted = absl::IsUnavailable(error) || absl::IsDeadlineExceeded(error);
  return interrupted && ReasonOf(error).empty() ? errors::VoteInterrupted() : error;
}

absl::Status Vote(Invocation& run, const VoteFlags& flags) {
  ASSIGN_OR_RETURN(const std::vector<ContestMarks> marks, ReadMarks(flags));
  ASSIGN_OR_RETURN(const VoteSession::Settings settings, SettingsFor(run, flags));
  crypto::SystemRandom random;
  VoteSession session(settings, random);
  const auto manifest = session.FetchManifest();
  if (!manifest.ok()) return Explained(run, manifest.status());
  ASSIGN_OR_RETURN(const auto marked, ResolveMarks(manifest->manifest(), marks));
  if (!flags.yes) RETURN_IF_ERROR(Confirm(run, manifest->manifest(), marked));
  if (!flags.recovery_code.empty()) {
    if (absl::Status taken = session.Recover(flags.recovery_code); !taken.ok()) return Explained(run, taken);
  }
  std::vector<Choice> choices;
  for (const auto& contest : marked) choices.insert(choices.end(), contest.begin(), contest.end());
  const auto outcome = session.Vote(choices);
  if (!outcome.ok()) return Explained(run, outcome.status());
  const Receipt receipt{settings.election, manifest->hash(), outcome->ballot_hash, outcome->receipt};
  if (!flags.receipt_file.empty()) RETURN_IF_ERROR(WriteSecretFile(flags.receipt_file, ReceiptJson(receipt)));
  run.out().Line("The ballot box has your ballot, and its receipt is good.");
  run.out().Print(Facts()
                      .Add("ballot hash", crypto::HexEncode(receipt.ballot_hash))
                      .Add("receipt", crypto::HexEncode(receipt.signature))
                      .Add("fingerprint", outcome->fingerprint)
                      .Add("recovery code", outcome->recovery_code_text)
                      .Add("kept in", settings.state_path + " (as secret as your vote)"));
  run.out().Document(Json{{"election", receipt.election},
                          {"manifest_hash", crypto::HexEncode(receipt.manifest_hash)},
                          {"fingerprint", outcome->fingerprint},
                          {"ballot_hash", crypto::HexEncode(receipt.ballot_hash)},
                          {"receipt", crypto::HexEncode(receipt.signature)},
                          {"recovery_code", outcome->recovery_code_text},
                          {"state_file", settings.state_path}});
  return absl::OkStatus();
}

void AddVote(CommandSet& commands) {
  const auto flags = std::make_shared<VoteFlags>();
  CLI::App& vote = commands.Command(
      commands.root(), "vote",
      "Cast the ballot of your company, or your own where people vote: compares the manifest with registrar "
      "and "
      "box, collects the credential with your session, casts without it, verifies the receipt",
      "plenary vote current --mark \"board=Ada Demo;Bo Sample\" --mark finance= --receipt receipt.json\n"
      "  plenary vote current --mark \"logo=Swirl;DV=Ants;Old Logo\"   (Swirl first, then DV and Ants as "
      "equals)\n"
      "  plenary vote current --mark \"venue=Lyon:5;Oslo:3\"",
      [flags](Invocation& run) { return Vote(run, *flags); });
  vote.add_option("ELECTION", flags->election, "Election id, or `current`")->required();
  vote.add_option("--mark", flags->marks,
                  "CONTEST=NAME;NAME, may be given several times; a contest not named is blank. Where "
                  "options are ranked, "
                  "in order of preference, with NAME=NAME for an equal rank where the method takes one; "
                  "where they get "
                  "scores, NAME:SCORE. Options by display name or id; names that hold ; = or : in --choices")
      ->allow_extra_args(false);
  vote.add_option("--choices", flags->choices_file,
                  "JSON: {\"contest\": [\"name\", …], …}; [\"name\", \"name\"] in a list shares a rank; "
                  "{\"contest\": {\"name\": score}}");
  vote.add_option(
      "--state", flags->state_file,
      "File that keeps key, credential and ballot, to go on after a failure; as secret as the vote "
      "(default: in ballots/ beside the session)");
  vote.add_option("--receipt", flags->receipt_file, "Write the receipt to this file");
  vote.add_option("--recover", flags->recovery_code,
                  "Recovery code of a credential that another device collected and did not use");
  vote.add_flag("--yes", flags->yes, "Do not ask (nobody is asked without a terminal)");
}

// Whether the closed box holds the ballot; nullopt while it is open.
absl::StatusOr<std::optional<bool>> InBox(Invocation& run, const Receipt& receipt) {
  GetBoxRequest request;
  request.set_election(receipt.election);
  ASSIGN_OR_RETURN(const auto box, run.Ask(&BallotBoxService::Stub::GetBox, request));
  if (box.state() != GetBoxResponse::STATE_CLOSED) return std::nullopt;
  ASSIGN_OR_RETURN(const std::vector<std::string> hashes, ReadBallotHashes(run, receipt.election));
  return std::find(hashes.begin(), hashes.end(), receipt.ballot_hash) != hashes.end();
}

absl::Status VerifyReceipt(Invocation& run, const std::string& path, const std::string& election) {
  ASSIGN_OR_RETURN(const std::string json, ReadNamedFile(path));
  ASSIGN_OR_RETURN(const Receipt receipt, ParseReceipt(json));
  ASSIGN_OR_RETURN(const std::string name, ElectionName(run, election.empty() ? receipt.election : election));
  if (name != receipt.election) return errors::CheckFailed("The receipt is of another election.");
  GetManifestRequest request;
  request.set_name(name);
  ASSIGN_OR_RETURN(const auto published, run.Ask(&ElectionService::Stub::GetManifest, request));
  Manifest manifest;
  if (crypto::Sha256(published.manifest()) != receipt.manifest_hash ||
      !manifest.ParseFromString(published.manifest())) {
    return errors::CheckFailed(
        "The receipt is of another manifest than the published one. Tell the auditors.");
  }
  RETURN_IF_ERROR(CheckReceipt(receipt, manifest.box_key()));
  ASSIGN_OR_RETURN(const std::optional<bool> in_box, InBox(run, receipt));
  if (in_box == false) {
    return errors::CheckFailed(
        "The receipt is good, and the closed box does not hold its ballot: this proves a theft. Tell the "
        "auditors.");
  }
  run.out().Line(in_box.has_value() ? "The receipt is good, and the closed box holds its ballot."
                                    : "The receipt is good. Verify it again once the box is closed.");
  run.out().Document(Json{{"election", name},
                          {"ballot_hash", crypto::HexEncode(receipt.ballot_hash)},
                          {"valid", true},
                          {"in_box", in_box.has_value() ? Json(*in_box) : Json()}});
  return absl::OkStatus();
}

void AddReceipt(CommandSet& commands) {
  CLI::App& receipt = commands.Group("receipt", "Receipts of ballots");
  const auto path = std::make_shared<std::string>();
  const auto election = std::make_shared<std::string>();
  CLI::App& verify = commands.Command(
      receipt, "verify", "Verify a receipt, and after the close that its ballot is in the box; exit 5 if not",
      "plenary receipt verify receipt.json",
      [path, election](Invocation& run) { return VerifyReceipt(run, *path, *election); });
  verify.add_option("FILE", *path, "File that `plenary vote --receipt` wrote")->required();
  verify.add_option("--election", *election, "Election it must be of (default: the one it names)");
}

}  // namespace

void AddVoteCommands(CommandSet& commands) {
  AddVote(commands);
  AddReceipt(commands);
}

}  // namespace plenary::cli
