// import, imports, export
#include <fstream>

#include "fmt/format.h"
#include "plenary/membership/v1/import_service.grpc.pb.h"
#include "services/cli/commands.h"
#include "services/cli/errors.h"
#include "services/cli/files.h"
#include "services/cli/names.h"

namespace plenary::cli {
namespace {

using namespace membership::v1;  // the messages of two contracts of one service
using Imports = ImportService::Stub;
using Phase = ImportMembersUpdate::Progress;

// The contract allows 60,000 bytes of content a message.
constexpr std::size_t kChunk = 48 * 1024;

struct ImportFlags {
  std::string file;
  std::string source;
  int year = 0;
  bool dry_run = false;
};

// Shows work of which each message tells how much is done in all.
class WorkProgress {
 public:
  explicit WorkProgress(Invocation& run) : run_(run) {}

  void Show(const std::string& label, std::int64_t done, std::int64_t total) {
    if (label != label_ || done < done_) {
      progress_ = run_.ShowProgress(label, total);
      label_ = label;
      done_ = 0;
    }
    progress_->Advance(done - done_);
    done_ = done;
  }

 private:
  Invocation& run_;
  std::unique_ptr<Progress> progress_;
  std::string label_;
  std::int64_t done_ = 0;
};

using ImportCall = grpc::ClientReaderWriter<ImportMembersRequest, ImportMembersUpdate>;

void Upload(Invocation& run, const ImportFlags& flags, std::string_view content, ImportCall& stream) {
  ImportMembersRequest part;
  part.mutable_header()->set_validate_only(flags.dry_run);
  part.mutable_header()->set_source(flags.source);
  part.mutable_header()->set_request_id(run.RequestId());
  part.mutable_header()->set_year(flags.year);
  bool taken = stream.Write(part);
  const auto progress = run.ShowProgress("Uploading", static_cast<std::int64_t>(content.size()));
  while (taken && !content.empty()) {
    const std::string_view chunk = content.substr(0, kChunk);
    part.set_content(std::string(chunk));
    taken = stream.Write(part);
    content.remove_prefix(chunk.size());
    progress->Advance(static_cast<std::int64_t>(chunk.size()));
  }
  stream.WritesDone();
}

absl::StatusOr<ImportMembersResponse> Send(Invocation& run, const ImportFlags& flags,
                                           std::string_view content) {
  ASSIGN_OR_RETURN(const auto channel, run.Channel(Part::kMembership));
  RegisterService::Stub stub(channel);
  grpc::ClientContext context;
  run.PrepareStream(context, Part::kMembership);
  const auto stream = stub.ImportMembers(&context);
  Upload(run, flags, content, *stream);
  ImportMembersResponse answer;
  WorkProgress progress(run);
  for (ImportMembersUpdate update; stream->Read(&update);) {
    if (update.has_result()) answer = update.result();
    if (!update.has_progress()) continue;
    progress.Show(update.progress().phase() == Phase::PHASE_STORING ? "Storing" : "Checking",
                  update.progress().rows_done(), update.progress().rows_total());
  }
  const grpc::Status status = stream->Finish();
  if (!status.ok()) return run.ErrorOf(Part::kMembership, status);
  return answer;
}

void PrintProblems(Invocation& run, const ImportMembersResponse& answer) {
  Table table({Right("LINE"), "COLUMN", "REASON", "MESSAGE"});
  for (const auto& problem : answer.problems()) {
    table.Row({std::to_string(problem.line()), problem.column(), problem.reason(), problem.message()});
  }
  run.out().Print(table, "No bad rows.");
  const auto hidden = answer.problem_count() - answer.problems_size();
  if (hidden > 0) run.out().Line(fmt::format("… and {} more.", hidden));
}

absl::Status Import(Invocation& run, const ImportFlags& flags) {
  ASSIGN_OR_RETURN(const std::string content, ReadNamedFile(flags.file));
  ASSIGN_OR_RETURN(const ImportMembersResponse answer, Send(run, flags, content));
  run.out().Document(answer);
  if (answer.problem_count() > 0) {
    PrintProblems(run, answer);
    return errors::RowsInvalid(answer.problem_count());
  }
  run.out().Line(answer.applied() ? "Imported." : "A dry run: nothing was stored. Imported, this would be:");
  run.out().Print(Facts()
                      .Add("import", answer.import())
                      .Add("rows", std::to_string(answer.rows()))
                      .Add("people added", std::to_string(answer.people_created()))
                      .Add("people changed", std::to_string(answer.people_updated()))
                      .Add("rows unchanged", std::to_string(answer.rows_unchanged()))
                      .Add("companies added", std::to_string(answer.companies_created()))
                      .Add("memberships added", std::to_string(answer.memberships_created()))
                      .Add("facts kept", std::to_string(answer.facts_kept())));
  return absl::OkStatus();
}

void AddImport(CommandSet& commands) {
  const auto flags = std::make_shared<ImportFlags>();
  CLI::App& import = commands.Mutation(
      commands.root(), "import", "Put the rows of a CSV of members on the register: all, or none (staff)",
      "plenary import members.csv --source \"register of August 2022\" --dry-run",
      [flags](Invocation& run) { return Import(run, *flags); });
  import.add_option("FILE", flags->file, "CSV with a header row")->required();
  import.add_option("--source", flags->source, "Where the facts come from, for the history")->required();
  import.add_option("--year", flags->year,
                    "The earlier year that the file tells of: what the register knows of newer times stays "
                    "(default: the people who are members now)");
  import.add_flag("--dry-run", flags->dry_run, "Check every row and store nothing");
}

std::string StateText(const membership::v1::Import& import) {
  return import.has_revert_time() ? "taken back" : "stands";
}

absl::Status ListImports(Invocation& run) {
  ASSIGN_OR_RETURN(const auto all, run.AskAll(&Imports::ListImports, ListImportsRequest()));
  Table table({"IMPORT", "WHEN", "YEAR", "SOURCE", Right("ROWS"), Right("FACTS"), "STATE"});
  for (const auto& import : all.imports()) {
    table.Row({LastSegment(import.name()), InstantText(import.has_import_time(), import.import_time()),
               import.year() == 0 ? "present" : std::to_string(import.year()), import.source(),
               std::to_string(import.rows()), std::to_string(import.fact_count()), StateText(import)});
  }
  run.out().Print(table, "No imports.");
  run.out().Document(all);
  return absl::OkStatus();
}

absl::Status ShowImport(Invocation& run, const std::string& name) {
  GetImportRequest request;
  request.set_name(Qualified("imports", name));
  ASSIGN_OR_RETURN(const auto import, run.Ask(&Imports::GetImport, request));
  run.out().Print(Facts()
                      .Add("import", import.name())
                      .Add("source", import.source())
                      .Add("year", import.year() == 0 ? "present" : std::to_string(import.year()))
                      .Add("when", InstantText(import.has_import_time(), import.import_time()))
                      .Add("by", import.actor())
                      .Add("rows", std::to_string(import.rows()))
                      .Add("people added", std::to_string(import.people_created()))
                      .Add("people changed", std::to_string(import.people_updated()))
                      .Add("companies added", std::to_string(import.companies_created()))
                      .Add("memberships added", std::to_string(import.memberships_created()))
                      .Add("facts kept", std::to_string(import.facts_kept()))
                      .Add("state", StateText(import))
                      .Add("taken back", InstantText(import.has_revert_time(), import.revert_time()))
                      .Add("taken back by", import.reverted_by()));
  run.out().Document(import);
  return absl::OkStatus();
}

absl::Status ExplainImport(Invocation& run, const std::string& name) {
  ExplainImportRequest request;
  request.set_name(Qualified("imports", name));
  ASSIGN_OR_RETURN(const auto all, run.AskAll(&Imports::ExplainImport, request));
  Table table({"FACT"});
  for (const ImportFact& fact : all.facts()) table.Row({fact.sentence()});
  run.out().Print(table, "No facts.");
  run.out().Document(all);
  return absl::OkStatus();
}

struct RevertFlags {
  std::string name;
  bool dry_run = false;
};

absl::StatusOr<RevertImportResponse> AskToRevert(Invocation& run, const RevertFlags& flags) {
  RevertImportRequest request;
  request.set_name(Qualified("imports", flags.name));
  request.set_validate_only(flags.dry_run);
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const auto channel, run.Channel(Part::kMembership));
  Imports stub(channel);
  grpc::ClientContext context;
  run.PrepareStream(context, Part::kMembership);
  const auto reader = stub.RevertImport(&context, request);
  RevertImportResponse answer;
  WorkProgress progress(run);
  for (RevertImportUpdate update; reader->Read(&update);) {
    if (update.has_result()) answer = update.result();
    if (!update.has_progress()) continue;
    progress.Show("Taking back", update.progress().steps_done(), update.progress().steps_total());
  }
  const grpc::Status status = reader->Finish();
  if (!status.ok()) return run.ErrorOf(Part::kMembership, status);
  return answer;
}

absl::Status RevertImport(Invocation& run, const RevertFlags& flags) {
  ASSIGN_OR_RETURN(const RevertImportResponse answer, AskToRevert(run, flags));
  run.out().Document(answer);
  run.out().Line(answer.reverted() ? "Taken back."
                                   : "A dry run: nothing was changed. Taken back, this would be:");
  run.out().Print(Facts()
                      .Add("people deleted", std::to_string(answer.people_deleted()))
                      .Add("companies deleted", std::to_string(answer.companies_deleted()))
                      .Add("memberships deleted", std::to_string(answer.memberships_deleted()))
                      .Add("links deleted", std::to_string(answer.links_deleted()))
                      .Add("letter counts deleted", std::to_string(answer.letters_deleted()))
                      .Add("facts given back", std::to_string(answer.facts_restored())));
  if (answer.obstacle_count() == 0) return absl::OkStatus();
  Table table({"IN THE WAY", "WHOM", "WHY"});
  for (const ImportObstacle& obstacle : answer.obstacles()) {
    table.Row({obstacle.reason(), obstacle.subject(), obstacle.sentence()});
  }
  run.out().Line("");
  run.out().Print(table, "");
  const auto hidden = answer.obstacle_count() - answer.obstacles_size();
  if (hidden > 0) run.out().Line(fmt::format("… and {} more.", hidden));
  return absl::OkStatus();
}

void AddImports(CommandSet& commands) {
  CLI::App& imports = commands.Group("imports", "What imports brought, and taking them back");
  commands.List(imports, "list", "Imports, newest first (staff)", "plenary imports list --limit 10",
                ListImports);
  const auto name = std::make_shared<std::string>();
  CLI::App& show = commands.Command(imports, "show", "One import (staff)", "plenary imports show 0123abc…",
                                    [name](Invocation& run) { return ShowImport(run, *name); });
  show.add_option("IMPORT", *name, "Id or imports/ID")->required();
  CLI::App& explain = commands.List(imports, "explain", "Every fact that an import brought (staff)",
                                    "plenary imports explain 0123abc… --limit 100",
                                    [name](Invocation& run) { return ExplainImport(run, *name); });
  explain.add_option("IMPORT", *name, "Id or imports/ID")->required();
  const auto flags = std::make_shared<RevertFlags>();
  CLI::App& revert = commands.Mutation(
      imports, "revert", "Take an import back: delete what it brought, give back what it changed (staff)",
      "plenary imports revert 0123abc… --dry-run",
      [flags](Invocation& run) { return RevertImport(run, *flags); });
  revert.add_option("IMPORT", flags->name, "Id or imports/ID")->required();
  revert.add_flag("--dry-run", flags->dry_run,
                  "Show what would be done and what stands in the way; change nothing");
}

struct ExportFlags {
  std::string as_of;
  std::string out;
  bool all = false;
};

absl::Status WriteExport(Invocation& run, const ExportFlags& flags, std::ostream& out, std::int64_t& rows) {
  ExportMembersRequest request;
  request.set_as_of(flags.as_of);
  if (flags.all) request.set_memberships(ExportMembersRequest::MEMBERSHIPS_ALL);
  ASSIGN_OR_RETURN(const auto channel, run.Channel(Part::kMembership));
  Imports stub(channel);
  grpc::ClientContext context;
  run.PrepareStream(context, Part::kMembership);
  const auto reader = stub.ExportMembers(&context, request);
  const auto progress = run.ShowProgress("Exporting", 0);
  for (ExportMembersResponse part; reader->Read(&part);) {
    out.write(part.content().data(), static_cast<std::streamsize>(part.content().size()));
    rows += part.rows();
    progress->Advance(part.rows());
  }
  const grpc::Status status = reader->Finish();
  if (!status.ok()) return run.ErrorOf(Part::kMembership, status);
  return out.flush()
             ? absl::OkStatus()
             : errors::FileUnwritable(flags.out.empty() ? "standard output" : flags.out, "writing failed");
}

absl::Status ExportMembers(Invocation& run, const ExportFlags& flags) {
  std::int64_t rows = 0;
  if (flags.out.empty()) {
    if (run.out().json()) return errors::WrongUsage("With --json, name the file with --out.");
    return WriteExport(run, flags, run.surroundings().out, rows);
  }
  std::ofstream file(flags.out, std::ios::binary | std::ios::trunc);
  RETURN_IF_ERROR(WriteExport(run, flags, file, rows));
  run.out().Line(fmt::format("Wrote {} rows to {}.", rows, flags.out));
  run.out().Document(Json{{"file", flags.out}, {"rows", rows}});
  return absl::OkStatus();
}

void AddExport(CommandSet& commands) {
  CLI::App& group = commands.Group("export", "The register as a file");
  const auto flags = std::make_shared<ExportFlags>();
  CLI::App& members = commands.Command(group, "members",
                                       "People and their memberships as the CSV that `import` reads (staff)",
                                       "plenary export members --as-of 2022-08-31 > members.csv",
                                       [flags](Invocation& run) { return ExportMembers(run, *flags); });
  members.add_option("--as-of", flags->as_of, "YYYY-MM-DD (default: today by the suite's clock)");
  members.add_flag("--all", flags->all,
                   "Every membership, whatever its days (default: those that cover the day)");
  members.add_option("--out", flags->out, "File to write (default: standard output)");
}

}  // namespace

void AddImportCommands(CommandSet& commands) {
  AddImport(commands);
  AddImports(commands);
  AddExport(commands);
}

}  // namespace plenary::cli
