// vote, credential, receipt, ballots check
#include <algorithm>
#include <filesystem>
#include <iostream>

#include "common/crypto/bytes.h"
#include "common/crypto/random.h"
#include "common/status/error.h"
#include "fmt/format.h"
#include "services/cli/auditor_session.h"
#include "services/cli/ballot_export.h"
#include "services/cli/commands.h"
#include "services/cli/display_width.h"
#include "services/cli/errors.h"
#include "services/cli/files.h"
#include "services/cli/marks.h"
#include "services/cli/published_log.h"
#include "services/cli/receipt.h"
#include "services/cli/resolve.h"
#include "services/cli/secret_input.h"
#include "services/election/client/ballot_file.h"
#include "services/election/client/vote_session.h"

namespace plenary::cli {
namespace {

using election::client::Choice;
using election::client::VoteSession;
using election::v1::Manifest;

// How a voter signs in at the auditor's registrar, which takes no session of the association.
struct AuditorFlags {
  std::string email;
  std::string code;
  std::string code_file;
  bool code_from_mail = false;
};

// Going on with what another device collected.
struct RecoveryFlags {
  bool ask = false;
  std::string file;
};

struct VoteFlags {
  std::string election;
  std::vector<std::string> marks;
  std::string choices_file;
  std::string state_file;
  std::string receipt_file;
  RecoveryFlags recovery;
  AuditorFlags auditor;
  bool yes = false, blank = false;
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

// A token of the auditor's registrar. Without a terminal and without a code, has one mailed and says how to
// go on.
absl::StatusOr<std::string> AuditorToken(Invocation& run, const AuditorFlags& flags,
                                         const std::string& email) {
  if (!flags.code.empty()) {
    ASSIGN_OR_RETURN(const AuditorSession session, ProveAuditorCode(run, email, flags.code));
    return session.access_token;
  }
  if (!flags.code_from_mail && !run.surroundings().in_is_terminal) {
    RETURN_IF_ERROR(RequestAuditorCode(run, email));
    return errors::AuditorCodeNeeded(email);
  }
  ASSIGN_OR_RETURN(const AuditorSession session,
                   SignInAtAuditor(run, email, flags.code_from_mail ? CodeFrom::kMail : CodeFrom::kTerminal));
  return session.access_token;
}

// Settings hold on to `run` and `flags`.
absl::StatusOr<VoteSession::Settings> SettingsFor(Invocation& run, const VoteFlags& flags) {
  // Whose ballot it is; the session is renewed only when the association's registrar is asked, so that who
  // collected early leaves no trace of when they cast.
  ASSIGN_OR_RETURN(const Session session, run.KeptSession());
  VoteSession::Settings settings;
  ASSIGN_OR_RETURN(settings.election, ElectionName(run, flags.election));
  ASSIGN_OR_RETURN(settings.election_channel, run.Channel(Part::kElection));
  ASSIGN_OR_RETURN(const auto membership, run.Channel(Part::kMembership));
  ASSIGN_OR_RETURN(const auto auditor, run.Channel(Part::kAuditor));
  const auto token = [&run]() -> absl::StatusOr<std::string> {
    ASSIGN_OR_RETURN(const Session renewed, run.SignedIn());
    return renewed.TokenFor(PartName(Part::kMembership));
  };
  const std::string email = flags.auditor.email.empty() ? session.email : flags.auditor.email;
  settings.registrars = {{"the association's registrar", membership, token},
                         {"the auditor's registrar", auditor,
                          [&run, &flags, email] { return AuditorToken(run, flags.auditor, email); }}};
  ASSIGN_OR_RETURN(const Stack stack, run.FindServices());
  ASSIGN_OR_RETURN(const std::string box, stack.AddressOf(Part::kBox));
  settings.fresh_box_channel = [box] { return election::client::FreshChannel(box); };
  settings.state_path = StatePath(run, flags, settings.election, session.person);
  RETURN_IF_ERROR(MakeFolderOf(settings.state_path));
  settings.now = [&run] { return run.Now(); };
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

// A vote is final: marks that were forgotten are no abstention, unless somebody is asked.
absl::Status CheckMeant(Invocation& run, const VoteFlags& flags,
                        const std::vector<std::vector<Choice>>& marked) {
  const bool blank =
      std::all_of(marked.begin(), marked.end(), [](const auto& marks) { return marks.empty(); });
  if (flags.blank && !blank) {
    return errors::WrongUsage("--blank casts a ballot without any mark. Leave it out, or the marks.");
  }
  const bool asked = !flags.yes && run.surroundings().in_is_terminal;
  if (!blank || flags.blank || asked) return absl::OkStatus();
  return errors::WrongUsage(
      "No mark was given, and nothing was cast. Name your choices with --mark or --choices, or cast a ballot "
      "that "
      "is blank everywhere with --blank.");
}

// A peer that does not answer is told in words; everything else passes.
absl::Status Explained(Invocation& run, const absl::Status& error) {
  if (absl::IsUnauthenticated(error)) return run.ErrorOf(Part::kMembership, ToGrpcStatus(error));
  const bool interrupted = absl::IsUnavailable(error) || absl::IsDeadlineExceeded(error);
  return interrupted && ReasonOf(error).empty() ? errors::VoteInterrupted() : error;
}

// What the voter kept, before anybody is asked for anything; "" when nothing is to be recovered.
absl::StatusOr<std::string> RecoveryCode(Invocation& run, const RecoveryFlags& flags) {
  if (!flags.ask && flags.file.empty()) return "";
  Surroundings& surroundings = run.surroundings();
  if (flags.file.empty() && !surroundings.in_is_terminal) {
    return errors::WrongUsage(
        "--recover asks for the code on a terminal, and there is none here. Put the code into a file that "
        "only "
        "you can read, and name it with --recover-file FILE; - reads standard input.");
  }
  std::string code;
  if (flags.file.empty()) {
    code = TypeSecret(surroundings, "Recovery code (it is not shown): ");
  } else {
    ASSIGN_OR_RETURN(code, ReadSecret(surroundings, flags.file));
  }
  for (char& letter : code) letter = letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 32) : letter;
  const auto bytes = crypto::Base32Decode(code);
  if (!bytes.has_value() || bytes->size() != election::client::kRecoveryCodeSize) {
    return errors::InputInvalid(
        "This is no recovery code: one has 26 characters, as `plenary vote` and `plenary credential collect` "
        "show it. Type it as it stands there.");
  }
  return code;
}

// Programs find it in the document of an error; one that ends otherwise has it in the ballot file.
void TellRecoveryCode(Invocation& run, const VoteSession& session) {
  run.out().AddToError("recovery_code", session.RecoveryCode());
  if (session.collected() || run.out().json()) return;
  run.surroundings().err << "Keep your recovery code, with which another device goes on: "
                         << session.RecoveryCode() << "\n";
}

// The code of a key that no registrar signs.
void TakeRecoveryCodeBack(Invocation& run) {
  run.out().AddToError("recovery_code", "");
  if (!run.out().json()) {
    run.surroundings().err << "The recovery code above is of no use: another device's key was signed.\n";
  }
}

// Both credentials, with the key of this device or the one that a code recovers. The code is told before the
// first registrar is asked: what that one signs is lost with the device otherwise, however this run ends.
absl::Status Collect(Invocation& run, const std::string& recovery_code, VoteSession& session) {
  const bool ours = recovery_code.empty();
  absl::Status collected = ours ? session.MakeKey() : session.Recover(recovery_code);
  if (collected.ok() && ours) TellRecoveryCode(run, session);
  if (collected.ok()) collected = session.CollectCredential();
  if (collected.ok()) return absl::OkStatus();
  if (ours && ReasonOf(collected) == "CREDENTIAL_ALREADY_ISSUED") TakeRecoveryCodeBack(run);
  return Explained(run, collected);
}

// Whether both lead to one file; either may be there or not yet.
bool SameFile(const std::filesystem::path& a, const std::filesystem::path& b) {
  std::error_code unknown;
  const auto of_a = std::filesystem::weakly_canonical(std::filesystem::absolute(a, unknown), unknown);
  const auto of_b = std::filesystem::weakly_canonical(std::filesystem::absolute(b, unknown), unknown);
  return (!of_a.empty() && of_a == of_b) || std::filesystem::equivalent(a, b, unknown);
}

// A receipt is proof: it may be written over what it is itself, and over nothing else. The file's own ballot
// is known by the hash that the receipt names, and before anything is sent.
absl::Status CheckReceiptFile(const std::string& path, const VoteSession::Settings& settings) {
  if (path.empty()) return absl::OkStatus();
  for (const char* suffix : {"", ".new", ".lock"}) {
    if (SameFile(path, settings.state_path + suffix)) {
      return errors::WrongUsage(
          "--receipt names the file that keeps the ballot and its key. Name another one.");
    }
  }
  const auto there = ReadFile(path);
  if (absl::IsNotFound(there.status())) return absl::OkStatus();
  RETURN_IF_ERROR(there.status());
  if (there->empty()) return absl::OkStatus();
  const auto receipt = ParseReceipt(*there);
  if (!receipt.ok()) return errors::ReceiptFileTaken(path, "something else than a receipt");
  if (receipt->election != settings.election) {
    return errors::ReceiptFileTaken(path, "a receipt of " + receipt->election);
  }
  ASSIGN_OR_RETURN(const auto kept, election::client::LoadBallot(settings.state_path));
  const bool same = kept.has_value() && !kept->ballot.empty() &&
                    kept->manifest_hash == receipt->manifest_hash &&
                    crypto::Sha256(kept->ballot) == receipt->ballot_hash;
  return same ? absl::OkStatus() : errors::ReceiptFileTaken(path, "a receipt of another ballot");
}

// Read from its file before anybody is asked for anything, after the recovery code: both may be on standard
// input, a line each. Not at all when the credentials are kept, so that the same command goes on after any
// failure, whatever became of the file.
absl::Status ReadAuditorCode(Invocation& run, const VoteSession::Settings& settings, AuditorFlags& flags) {
  ASSIGN_OR_RETURN(const auto kept, election::client::LoadBallot(settings.state_path));
  if (kept.has_value() && !kept->credentials.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(flags.code, MailedCode(run.surroundings(), flags.code, flags.code_file));
  return absl::OkStatus();
}

absl::Status Vote(Invocation& run, VoteFlags flags) {
  ASSIGN_OR_RETURN(const std::vector<ContestMarks> marks, ReadMarks(flags));
  ASSIGN_OR_RETURN(const std::string recovery_code, RecoveryCode(run, flags.recovery));
  ASSIGN_OR_RETURN(const VoteSession::Settings settings, SettingsFor(run, flags));
  RETURN_IF_ERROR(ReadAuditorCode(run, settings, flags.auditor));
  crypto::SystemRandom random;
  VoteSession session(settings, random);
  RETURN_IF_ERROR(session.CheckMayVote());
  RETURN_IF_ERROR(CheckReceiptFile(flags.receipt_file, settings));
  const auto opened = session.Open();
  if (!opened.ok()) return Explained(run, opened.status());
  const election::PublishedManifest& manifest = **opened;
  ASSIGN_OR_RETURN(const auto marked, ResolveMarks(manifest.manifest(), marks));
  RETURN_IF_ERROR(CheckMeant(run, flags, marked));
  if (!flags.yes) RETURN_IF_ERROR(Confirm(run, manifest.manifest(), marked));
  RETURN_IF_ERROR(Collect(run, recovery_code, session));
  std::vector<Choice> choices;
  for (const auto& contest : marked) choices.insert(choices.end(), contest.begin(), contest.end());
  const auto outcome = session.Vote(choices);
  if (!outcome.ok()) return Explained(run, outcome.status());
  const Receipt receipt{settings.election, manifest.hash(), outcome->ballot_hash, outcome->receipt};
  const absl::Status written = flags.receipt_file.empty()
                                   ? absl::OkStatus()
                                   : WriteSecretFile(flags.receipt_file, ReceiptJson(receipt));
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
  // Last: the vote is cast whatever became of the file.
  return written.ok() ? absl::OkStatus() : errors::ReceiptNotWritten(flags.receipt_file, written);
}

void AddAuditorOptions(CLI::App& command, AuditorFlags& flags) {
  CLI::Option* const code = command.add_option("--auditor-code", flags.code,
                                               "Code that the auditor's registrar mailed to you (default: it "
                                               "is asked for on a terminal); others on this "
                                               "machine can read it here while the command runs");
  CLI::Option* const code_file = command.add_option(
      "--auditor-code-file", flags.code_file,
      "The same unseen: file whose first line is the code; - is standard input, after a recovery code");
  code_file->excludes(code);
  command.add_option(
      "--auditor-email", flags.email,
      "Address that the code goes to: the one on the roll (default: the one you signed in with)");
  command
      .add_flag("--code-from-mail", flags.code_from_mail,
                "Development stack: read the code from the mail that the stack keeps")
      ->excludes(code, code_file);
}

void AddStateOption(CLI::App& command, std::string& file) {
  command.add_option(
      "--state", file,
      "File that keeps key, credentials and ballot, to go on after a failure; as secret as the vote "
      "(default: in ballots/ beside the session)");
}

void AddRecoverOptions(CLI::App& command, RecoveryFlags& flags) {
  command.add_flag("--recover", flags.ask,
                   "Go on with the key of a credential that another device collected: asks for its recovery "
                   "code on the terminal, without showing it");
  command.add_option("--recover-file", flags.file,
                     "The same without a terminal: file whose first line is the recovery code, readable by "
                     "you alone; - is standard input");
}

void AddVote(CommandSet& commands) {
  const auto flags = std::make_shared<VoteFlags>();
  CLI::App& vote = commands.Command(
      commands.root(), "vote",
      "Cast the ballot of your company, or your own where people vote: compares the manifest with both "
      "registrars, "
      "the box and its log, collects a credential of each registrar, seals the ballot, casts it without a "
      "name, and "
      "verifies the receipt",
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
  AddStateOption(vote, flags->state_file);
  vote.add_option(
      "--receipt", flags->receipt_file,
      "Write the receipt to this file; one that holds another receipt, or anything else, is refused");
  AddRecoverOptions(vote, flags->recovery);
  AddAuditorOptions(vote, flags->auditor);
  vote.add_flag("--blank", flags->blank, "Cast a ballot without any mark: an abstention in every contest");
  vote.add_flag("--yes", flags->yes, "Do not ask (nobody is asked without a terminal)");
}

// Collects early: the vote itself then needs no name at all.
absl::Status CollectCredential(Invocation& run, VoteFlags flags) {
  ASSIGN_OR_RETURN(const std::string recovery_code, RecoveryCode(run, flags.recovery));
  ASSIGN_OR_RETURN(const VoteSession::Settings settings, SettingsFor(run, flags));
  RETURN_IF_ERROR(ReadAuditorCode(run, settings, flags.auditor));
  crypto::SystemRandom random;
  VoteSession session(settings, random);
  RETURN_IF_ERROR(Collect(run, recovery_code, session));
  run.out().Line(
      "Your credential is complete: both registrars have signed. Nobody can tell which ballot it will be.");
  run.out().Print(
      Facts()
          .Add("election", settings.election)
          .Add("recovery code", session.RecoveryCode() + " (keep it: with it you vote from another device)")
          .Add("kept in", settings.state_path + " (as secret as your vote)"));
  run.out().Document(Json{{"election", settings.election},
                          {"recovery_code", session.RecoveryCode()},
                          {"state_file", settings.state_path}});
  return absl::OkStatus();
}

absl::Status CheckBallot(Invocation& run, const VoteFlags& flags) {
  ASSIGN_OR_RETURN(const VoteSession::Settings settings, SettingsFor(run, flags));
  crypto::SystemRandom random;
  VoteSession session(settings, random);
  const auto seen = session.CheckIncluded();
  if (!seen.ok()) return Explained(run, seen.status());
  if (seen->included) {
    run.out().Line(fmt::format("Your ballot is in the public log, among {} {}, under a signed checkpoint.",
                               seen->log_size - 1 - (seen->closed ? 1 : 0),
                               seen->closed ? "ballots" : "so far"));
  } else {
    std::vector<std::string> again = {"plenary", "ballots", "check", settings.election};
    if (!flags.state_file.empty()) again.insert(again.end(), {"--state", flags.state_file});
    run.out().Line(fmt::format(
        "The box has your ballot and it waits for the next batch of the log: at least eight ballots, an "
        "hour after the one before, or the close. It was cast again, and the box gave the same receipt. "
        "Check again later: `{}`.",
        ShellLine(again)));
  }
  run.out().Document(Json{{"election", settings.election},
                          {"included", seen->included},
                          {"log_size", seen->log_size},
                          {"closed", seen->closed}});
  return absl::OkStatus();
}

void AddCredential(CommandSet& commands) {
  CLI::App& credential = commands.Group("credential", "The right to one ballot, signed by every registrar");
  const auto flags = std::make_shared<VoteFlags>();
  CLI::App& collect = commands.Command(
      credential, "collect",
      "Collect the credential of your company before you vote, best days before: who collects and casts at "
      "different times cannot be found by the clock",
      "plenary credential collect current",
      [flags](Invocation& run) { return CollectCredential(run, *flags); });
  collect.add_option("ELECTION", flags->election, "Election id, or `current`")->required();
  AddStateOption(collect, flags->state_file);
  AddRecoverOptions(collect, flags->recovery);
  AddAuditorOptions(collect, flags->auditor);
}

void AddBallotCheck(CommandSet& commands, CLI::App& ballots) {
  const auto flags = std::make_shared<VoteFlags>();
  CLI::App& check = commands.Command(ballots, "check",
                                     "See whether your own ballot is in the public log, and cast the same "
                                     "bytes again while it is not; exit 1 when the box refuses them for "
                                     "another ballot, 5 when the log is forged or your ballot was stolen",
                                     "plenary ballots check current",
                                     [flags](Invocation& run) { return CheckBallot(run, *flags); });
  check.add_option("ELECTION", flags->election, "Election id, or `current`")->required();
  AddStateOption(check, flags->state_file);
}

// Whether the public log holds the ballot; nullopt when it does not yet and is still open.
absl::StatusOr<std::optional<bool>> InLog(Invocation& run, const election::PublishedManifest& manifest,
                                          const Receipt& receipt) {
  bool in_log = false;
  ASSIGN_OR_RETURN(const LogReading log, ReadBallots(run, manifest, [&](const std::string& ballot) {
                     in_log = in_log || crypto::Sha256(ballot) == receipt.ballot_hash;
                     return absl::OkStatus();
                   }));
  if (in_log) return true;
  return log.closed ? std::optional(false) : std::nullopt;
}

absl::Status VerifyReceipt(Invocation& run, const std::string& path, const std::string& election) {
  ASSIGN_OR_RETURN(const std::string json, ReadNamedFile(path));
  ASSIGN_OR_RETURN(const Receipt receipt, ParseReceipt(json));
  ASSIGN_OR_RETURN(const std::string name, ElectionName(run, election.empty() ? receipt.election : election));
  if (name != receipt.election) return errors::CheckFailed("The receipt is of another election.");
  ASSIGN_OR_RETURN(const election::PublishedManifest manifest, GetPublishedManifest(run, name));
  if (manifest.hash() != receipt.manifest_hash) {
    return errors::CheckFailed(
        "The receipt is of another manifest than the published one. Tell the auditors.");
  }
  RETURN_IF_ERROR(CheckReceipt(receipt, manifest.manifest().box_key()));
  ASSIGN_OR_RETURN(const std::optional<bool> in_log, InLog(run, manifest, receipt));
  if (in_log == false) {
    return errors::CheckFailed(
        "The receipt is good, and the closed log does not hold its ballot: this proves a theft. Tell the "
        "auditors.");
  }
  run.out().Line(
      in_log.has_value()
          ? "The receipt is good, and the public log holds its ballot."
          : "The receipt is good. Its ballot waits for the next batch of the log: verify it again later.");
  run.out().Document(Json{{"election", name},
                          {"ballot_hash", crypto::HexEncode(receipt.ballot_hash)},
                          {"valid", true},
                          {"in_log", in_log.has_value() ? Json(*in_log) : Json()}});
  return absl::OkStatus();
}

void AddReceipt(CommandSet& commands) {
  CLI::App& receipt = commands.Group("receipt", "Receipts of ballots");
  const auto path = std::make_shared<std::string>();
  const auto election = std::make_shared<std::string>();
  CLI::App& verify = commands.Command(
      receipt, "verify", "Verify a receipt, and that its ballot is in the public log; exit 5 if not",
      "plenary receipt verify receipt.json",
      [path, election](Invocation& run) { return VerifyReceipt(run, *path, *election); });
  verify.add_option("FILE", *path, "File that `plenary vote --receipt` wrote")->required();
  verify.add_option("--election", *election, "Election it must be of (default: the one it names)");
}

}  // namespace

void AddBallotCheckCommand(CommandSet& commands, CLI::App& ballots) { AddBallotCheck(commands, ballots); }

void AddVoteCommands(CommandSet& commands) {
  AddVote(commands);
  AddCredential(commands);
  AddReceipt(commands);
}

}  // namespace plenary::cli
