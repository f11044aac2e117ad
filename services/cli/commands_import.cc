// import
#include "fmt/format.h"
#include "services/cli/commands.h"
#include "services/cli/errors.h"
#include "services/cli/files.h"

namespace plenary::cli {
namespace {

using membership::v1::ImportMembersRequest;
using membership::v1::ImportMembersResponse;
using membership::v1::ImportMembersUpdate;
using membership::v1::RegisterService;

// The contract allows 60,000 bytes of content a message.
constexpr std::size_t kChunk = 48 * 1024;

struct ImportFlags {
  std::string file;
  std::string source;
  bool dry_run = false;
};

absl::StatusOr<ImportMembersResponse> Upload(Invocation& run, const ImportFlags& flags,
                                             std::string_view content) {
  ASSIGN_OR_RETURN(const auto channel, run.Channel(Part::kMembership));
  RegisterService::Stub stub(channel);
  grpc::ClientContext context;
  run.PrepareStream(context, Part::kMembership);
  const auto stream = stub.ImportMembers(&context);
  ImportMembersRequest part;
  part.mutable_header()->set_validate_only(flags.dry_run);
  part.mutable_header()->set_source(flags.source);
  part.mutable_header()->set_request_id(run.RequestId());
  bool taken = stream->Write(part);
  const auto progress = run.ShowProgress("Uploading", static_cast<std::int64_t>(content.size()));
  while (taken && !content.empty()) {
    const std::string_view chunk = content.substr(0, kChunk);
    part.set_content(std::string(chunk));
    taken = stream->Write(part);
    content.remove_prefix(chunk.size());
    progress->Advance(static_cast<std::int64_t>(chunk.size()));
  }
  stream->WritesDone();
  ImportMembersResponse answer;
  for (ImportMembersUpdate update; stream->Read(&update);) {
    if (update.has_result()) answer = update.result();
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
  ASSIGN_OR_RETURN(const ImportMembersResponse answer, Upload(run, flags, content));
  run.out().Document(answer);
  if (answer.problem_count() > 0) {
    PrintProblems(run, answer);
    return errors::RowsInvalid(answer.problem_count());
  }
  run.out().Line(answer.applied() ? "Imported." : "A dry run: nothing was stored. Imported, this would be:");
  run.out().Print(Facts()
                      .Add("rows", std::to_string(answer.rows()))
                      .Add("people added", std::to_string(answer.people_created()))
                      .Add("people changed", std::to_string(answer.people_updated()))
                      .Add("rows unchanged", std::to_string(answer.rows_unchanged()))
                      .Add("companies added", std::to_string(answer.companies_created()))
                      .Add("memberships added", std::to_string(answer.memberships_created())));
  return absl::OkStatus();
}

}  // namespace

void AddImportCommand(CommandSet& commands) {
  const auto flags = std::make_shared<ImportFlags>();
  CLI::App& import = commands.Mutation(
      commands.root(), "import", "Put the rows of a CSV of members on the register: all, or none (staff)",
      "plenary import members.csv --source \"register of August 2022\" --dry-run",
      [flags](Invocation& run) { return Import(run, *flags); });
  import.add_option("FILE", flags->file, "CSV with a header row")->required();
  import.add_option("--source", flags->source, "Where the facts come from, for the history")->required();
  import.add_flag("--dry-run", flags->dry_run, "Check every row and store nothing");
}

}  // namespace plenary::cli
