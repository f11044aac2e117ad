// roll export; auditor
#include "absl/time/clock.h"
#include "common/crypto/bytes.h"
#include "common/time/date.h"
#include "fmt/format.h"
#include "services/cli/auditor_session.h"
#include "services/cli/ballot_export.h"
#include "services/cli/commands.h"
#include "services/cli/errors.h"
#include "services/cli/files.h"
#include "services/cli/names.h"
#include "services/cli/registrar_commands.h"
#include "services/cli/resolve.h"
#include "services/cli/roll_copy_file.h"
#include "services/cli/secret_input.h"

namespace plenary::cli {
namespace {

using namespace membership::v1;  // the messages of one contract, in one file
using Auditors = AuditorService::Stub;

// Lines of one message: what the registrar takes.
constexpr int kLinesAMessage = 500;

absl::StatusOr<RollCopyFile> FetchRoll(Invocation& run, const std::string& election) {
  RollCopyFile file;
  ASSIGN_OR_RETURN(file.election, ElectionName(run, election));
  ExportRollRequest request;
  request.set_election(file.election);
  ASSIGN_OR_RETURN(const auto channel, run.Channel(Part::kMembership));
  RollService::Stub stub(channel);
  grpc::ClientContext context;
  run.PrepareStream(context, Part::kMembership);
  const auto reader = stub.ExportRoll(&context, request);
  {
    const auto progress = run.ShowProgress("Exporting", 0);
    for (ExportRollResponse part; reader->Read(&part);) {
      file.lines.insert(file.lines.end(), part.lines().begin(), part.lines().end());
      progress->Advance(part.lines_size());
    }
  }
  const grpc::Status status = reader->Finish();
  if (!status.ok()) return run.ErrorOf(Part::kMembership, status);
  return file;
}

absl::Status ExportRollFile(Invocation& run, const std::string& election, const std::string& out) {
  ASSIGN_OR_RETURN(RollCopyFile file, FetchRoll(run, election));
  GetRollRequest request;
  request.set_election(file.election);
  ASSIGN_OR_RETURN(const Roll roll, run.Ask(&RollService::Stub::GetRoll, request));
  file.sha256 = roll.sha256();
  const std::string text = WriteRollCopyFile(file);
  // Read again as the auditor will: an amended roll in between does not leave the house.
  RETURN_IF_ERROR(ReadRollCopyFile(text).status());
  RETURN_IF_ERROR(WriteSecretFile(out, text));
  run.out().Line(
      fmt::format("Wrote {} lines to {}. It names people's addresses: hand it to the auditor alone.",
                  file.lines.size(), out));
  run.out().Print(Facts().Add("election", file.election).Add("sha256", crypto::HexEncode(file.sha256)));
  run.out().Document(Json{{"election", file.election},
                          {"lines", file.lines.size()},
                          {"sha256", crypto::HexEncode(file.sha256)},
                          {"file", out}});
  return absl::OkStatus();
}

struct LoginFlags {
  std::string email;
  std::string code;
  std::string code_file;
  bool from_mail = false;
};

absl::Status Login(Invocation& run, const LoginFlags& flags) {
  if (!IsEmail(flags.email)) return errors::WrongUsage("--email takes an e-mail address.");
  ASSIGN_OR_RETURN(const std::string code, MailedCode(run.surroundings(), flags.code, flags.code_file));
  AuditorSession session;
  if (!code.empty()) {
    ASSIGN_OR_RETURN(session, ProveAuditorCode(run, flags.email, code));
  } else if (flags.from_mail || run.surroundings().in_is_terminal) {
    ASSIGN_OR_RETURN(
        session, SignInAtAuditor(run, flags.email, flags.from_mail ? CodeFrom::kMail : CodeFrom::kTerminal));
  } else {
    RETURN_IF_ERROR(RequestAuditorCode(run, flags.email));
    run.out().Line(
        "If the auditor's registrar knows the address, a code is on its way, good for 15 minutes.");
    run.out().Line(
        "Then: " + ShellLine({"plenary", "auditor", "login", "--email", flags.email, "--code-file", "FILE"}) +
        " (- is standard input)");
    run.out().Document(Json{{"email", flags.email}, {"requested", true}});
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(SaveAuditorSession(run, session));
  const std::string until = FormatInstant(session.expire_time);
  run.out().Line(fmt::format("Signed in at the auditor's registrar as {} until {}.",
                             session.person.empty() ? "the auditor" : session.person, until));
  run.out().Document(Json{{"email", session.email}, {"person", session.person}, {"expire_time", until}});
  return absl::OkStatus();
}

Facts CopyFacts(const RollCopy& copy) {
  return Facts()
      .Add("election", copy.election())
      .Add(copy.of_people() ? "people" : "companies", std::to_string(copy.count()))
      .Add("sha256", crypto::HexEncode(copy.sha256()))
      .Add("fixed", copy.fixed() ? "by the manifest" : "not yet");
}

absl::StatusOr<RollCopy> SendRoll(Invocation& run, const RollCopyFile& file) {
  ASSIGN_OR_RETURN(const AuditorSession session, SignedInAtAuditor(run));
  ASSIGN_OR_RETURN(const auto channel, run.Channel(Part::kAuditor));
  Auditors stub(channel);
  grpc::ClientContext context;
  run.PrepareStream(context, Part::kAuditor);
  context.AddMetadata("authorization", "Bearer " + session.access_token);
  RollCopy copy;
  const auto writer = stub.FreezeRollCopy(&context, &copy);
  FreezeRollCopyRequest part;
  part.set_election(file.election);
  bool open = writer->Write(part);
  part.clear_election();
  {
    const auto progress = run.ShowProgress("Freezing", static_cast<std::int64_t>(file.lines.size()));
    for (const RollCopyLine& line : file.lines) {
      *part.add_lines() = line;
      if (part.lines_size() < kLinesAMessage) continue;
      open = open && writer->Write(part);
      progress->Advance(part.lines_size());
      part.clear_lines();
    }
    if (part.lines_size() > 0) open = open && writer->Write(part);
  }
  if (open) writer->WritesDone();
  const grpc::Status status = writer->Finish();
  if (!status.ok()) return run.ErrorWithoutToken(Part::kAuditor, status);
  return copy;
}

absl::Status FreezeCopy(Invocation& run, const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, ReadNamedFile(path));
  ASSIGN_OR_RETURN(const RollCopyFile file, ReadRollCopyFile(text));
  ASSIGN_OR_RETURN(const RollCopy copy, SendRoll(run, file));
  run.out().Print(CopyFacts(copy));
  run.out().Document(copy);
  // What the society has published, compared by the auditor: the copy is of this roll, or of none.
  GetRollRequest request;
  request.set_election(copy.election());
  const auto published = run.AskWithoutToken(&RollService::Stub::GetRoll, request);
  if (!published.ok()) {
    run.out().Line("The roll is taken over. The published one could not be asked: compare the hash by hand.");
    return absl::OkStatus();
  }
  if (published->sha256() != copy.sha256()) {
    return errors::CheckFailed(
        "The roll is taken over, and it is another one than the society has published. Have it exported "
        "again, "
        "and ask why.");
  }
  run.out().Line("The roll is taken over, and its hash is the published one.");
  return absl::OkStatus();
}

absl::Status ListCopies(Invocation& run) {
  ASSIGN_OR_RETURN(const AuditorSession session, SignedInAtAuditor(run));
  ASSIGN_OR_RETURN(const auto all,
                   AskAuditor(run, session.access_token, &Auditors::ListRollCopies, ListRollCopiesRequest()));
  Table table({"ELECTION", Right("LINES"), "OF", "FIXED", "SHA256"});
  for (const RollCopy& copy : all.roll_copies()) {
    table.Row({LastSegment(copy.election()), std::to_string(copy.count()),
               copy.of_people() ? "people" : "companies", copy.fixed() ? "yes" : "no",
               crypto::HexEncode(copy.sha256())});
  }
  run.out().Print(table, "No roll copies.");
  run.out().Document(all);
  return absl::OkStatus();
}

struct SubstituteFlags {
  std::string election;
  ReplaceRepresentativeRequest request;
};

absl::Status Substitute(Invocation& run, const SubstituteFlags& flags) {
  ReplaceRepresentativeRequest request = flags.request;
  ASSIGN_OR_RETURN(*request.mutable_election(), ElectionName(run, flags.election));
  request.set_unit(Qualified("companies", request.unit()));
  request.set_representative(Qualified("people", request.representative()));
  ASSIGN_OR_RETURN(const AuditorSession session, SignedInAtAuditor(run));
  ASSIGN_OR_RETURN(const RollCopyLine line,
                   AskAuditor(run, session.access_token, &Auditors::ReplaceRepresentative, request));
  run.out().Line("From now on this person collects here for the company.");
  run.out().Print(Facts()
                      .Add("unit", line.unit_display_name() + "  " + line.unit())
                      .Add("representative", line.representative_full_name() + "  " + line.representative())
                      .Add("address", line.email()));
  run.out().Document(line);
  return absl::OkStatus();
}

void AddLogin(CommandSet& commands, CLI::App& auditor) {
  const auto flags = std::make_shared<LoginFlags>();
  CLI::App& login = commands.Command(
      auditor, "login", "Sign in at the auditor's registrar with a code that it mails; good for 15 minutes",
      "plenary auditor login --email auditor@society.example\n"
      "  plenary auditor login --email auditor@society.example --code ABCD-EFGH",
      [flags](Invocation& run) { return Login(run, *flags); });
  login.add_option("--email", flags->email, "The auditor's address, or that of a voter in a roll copy")
      ->required();
  CLI::Option* const code = login.add_option("--code", flags->code,
                                             "The code of the mail (default: it is asked for on a terminal); "
                                             "others on this machine can read it here while "
                                             "the command runs");
  CLI::Option* const code_file =
      login.add_option("--code-file", flags->code_file,
                       "The same unseen: file whose first line is the code; - is standard input");
  code_file->excludes(code);
  login
      .add_flag("--code-from-mail", flags->from_mail,
                "Development stack: read the code from the mail that the stack keeps")
      ->excludes(code, code_file);
}

void AddSubstitute(CommandSet& commands, CLI::App& auditor) {
  const auto flags = std::make_shared<SubstituteFlags>();
  CLI::App& substitute = commands.Command(
      auditor, "substitute",
      "Let somebody else collect for a company at the auditor's registrar, until its first credential there",
      "plenary auditor substitute current --company companies/ID --representative people/ID --name \"Bo "
      "Sample\" "
      "--email bo@solo.example",
      [flags](Invocation& run) { return Substitute(run, *flags); });
  substitute.add_option("ELECTION", flags->election, "Election id, or `current`")->required();
  const auto text = [&](const char* name, std::string* target, const char* help) {
    substitute.add_option(name, *target, help)->required();
  };
  text("--company", flags->request.mutable_unit(), "Id of the company");
  text("--representative", flags->request.mutable_representative(), "Id of the person who collects instead");
  text("--name", flags->request.mutable_representative_full_name(), "The person's name");
  text("--email", flags->request.mutable_email(), "Where the person's code goes");
}

}  // namespace

void AddRollExportCommand(CommandSet& commands, CLI::App& roll) {
  const auto election = std::make_shared<std::string>();
  const auto out = std::make_shared<std::string>();
  CLI::App& command = commands.Command(
      roll, "export",
      "Write the roll with the addresses of its people to a file, for the auditor alone (staff)",
      "plenary roll export current --out roll.jsonl",
      [election, out](Invocation& run) { return ExportRollFile(run, *election, *out); });
  command.add_option("ELECTION", *election, "Election id, or `current`")->required();
  command
      .add_option("--out", *out,
                  "File to write, a line of JSON for each line of the roll; readable by you alone")
      ->required();
}

void AddAuditorCommands(CommandSet& commands) {
  CLI::App& auditor =
      commands.Group("auditor", "The auditor's registrar, which issues credentials apart from the society");
  AddLogin(commands, auditor);
  CLI::App& roll = commands.Group(auditor, "roll", "Rolls that the auditor's registrar has taken over");
  const auto path = std::make_shared<std::string>();
  commands
      .Command(
          roll, "freeze",
          "Take a roll over from the office's file, and compare its hash with the published one; exit 5 when "
          "it differs",
          "plenary auditor roll freeze roll.jsonl",
          [path](Invocation& run) { return FreezeCopy(run, *path); })
      .add_option("FILE", *path, "File that `plenary roll export` wrote")
      ->required();
  commands.Command(roll, "list", "The roll copies, newest first", "plenary auditor roll list", ListCopies);
  AddSubstitute(commands, auditor);
  AddDisputeCommands(commands, auditor, Part::kAuditor);
}

}  // namespace plenary::cli
