// duplicate, merge
#include "fmt/format.h"
#include "plenary/membership/v1/duplicate_service.grpc.pb.h"
#include "services/cli/commands.h"
#include "services/cli/errors.h"
#include "services/cli/names.h"
#include "services/cli/resolve.h"

namespace plenary::cli {
namespace {

using namespace membership::v1;  // the messages of one contract, in one file
using Duplicates = DuplicateService::Stub;

// "people" and "companies", as a person types them.
DuplicateKind KindOf(const std::string& word) {
  if (word == "people") return DUPLICATE_KIND_PERSON;
  return word == "companies" ? DUPLICATE_KIND_COMPANY : DUPLICATE_KIND_UNSPECIFIED;
}

absl::Status FindAll(Invocation& run, const std::string& kind) {
  FindDuplicatesRequest request;
  request.set_kind(KindOf(kind));
  ASSIGN_OR_RETURN(const auto channel, run.Channel(Part::kMembership));
  Duplicates stub(channel);
  grpc::ClientContext context;
  run.PrepareStream(context, Part::kMembership);
  const auto reader = stub.FindDuplicates(&context, request);
  std::optional<FindDuplicatesResponse::Result> result;
  std::unique_ptr<Progress> progress;
  std::int64_t read = 0;
  for (FindDuplicatesResponse part; reader->Read(&part);) {
    if (part.has_result()) result = part.result();
    if (!part.has_progress()) continue;
    if (progress == nullptr) progress = run.ShowProgress("Comparing", part.progress().total());
    progress->Advance(part.progress().read() - read);
    read = part.progress().read();
  }
  progress.reset();
  const grpc::Status status = reader->Finish();
  if (!status.ok()) return run.ErrorOf(Part::kMembership, status);
  if (!result.has_value()) return errors::CheckFailed("The stream ended without a result. Run it again.");
  run.out().Line(fmt::format("Compared {} {}: {} pair(s) proposed, {} known before.", result->compared(),
                             kind, result->proposed(), result->known()));
  if (result->proposed() > 0) run.out().Line("Look at them: plenary duplicate list");
  run.out().Document(*result);
  return absl::OkStatus();
}

std::string ReasonsText(const Duplicate& duplicate) {
  std::string text;
  for (const std::string& reason : duplicate.reasons()) text += (text.empty() ? "" : " ") + reason;
  return text;
}

absl::Status ListProposals(Invocation& run, const std::string& state, const std::string& kind) {
  ListDuplicatesRequest request;
  request.set_state(ValueOf<Duplicate::State>(state));
  request.set_kind(KindOf(kind));
  ASSIGN_OR_RETURN(const auto all, run.AskAll(&Duplicates::ListDuplicates, request));
  Table table({"DUPLICATE", Right("POINTS"), "STATE", "FIRST", "SECOND", "WHY"});
  for (const Duplicate& duplicate : all.duplicates()) {
    table.Row({LastSegment(duplicate.name()), std::to_string(duplicate.score()), Word(duplicate.state()),
               duplicate.first() + " " + duplicate.first_label(),
               duplicate.second() + " " + duplicate.second_label(), ReasonsText(duplicate)});
  }
  run.out().Print(table, "No such pairs. `plenary duplicate find people` looks for new ones.");
  run.out().Document(all);
  return absl::OkStatus();
}

absl::Status Dismiss(Invocation& run, const std::string& duplicate, const std::string& reason) {
  DismissDuplicateRequest request;
  request.set_name(Qualified("duplicates", duplicate));
  request.set_reason(reason);
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const Duplicate dismissed, run.Ask(&Duplicates::DismissDuplicate, request));
  run.out().Line(fmt::format("{} and {} are two.", dismissed.first(), dismissed.second()));
  run.out().Document(dismissed);
  return absl::OkStatus();
}

template <typename Counts>
std::string CountsText(const Counts& counts) {
  std::string text;
  for (const std::map<std::string, int> sorted(counts.begin(), counts.end());
       const auto& [what, count] : sorted) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, what);
  }
  return text.empty() ? "nothing" : text;
}

void Show(Invocation& run, const MergeRecord& record) {
  run.out().Line(fmt::format("Survivor:   {}", record.survivor()));
  run.out().Line(fmt::format("Duplicate:  {}", record.duplicate()));
  run.out().Line(fmt::format("Goes over:  {}", CountsText(record.moved())));
  if (!record.kept_apart().empty())
    run.out().Line(fmt::format("Stays:      {}", CountsText(record.kept_apart())));
  run.out().Line(fmt::format("Votes:      {} before, {} after", record.votes_before(), record.votes_after()));
  run.out().Line(fmt::format("Seats:      {} before, {} after", record.seats_before(), record.seats_after()));
  for (const std::string& remark : record.remarks()) run.out().Line("  " + remark);
}

struct MergeFlags {
  std::string survivor;
  std::string duplicate;
  std::string reason;
  bool companies = false;
  bool dry_run = false;
};

absl::Status MergeTwo(Invocation& run, const MergeFlags& flags) {
  MergeRequest request;
  const bool companies = flags.companies || flags.survivor.rfind("companies/", 0) == 0;
  const auto name = companies ? CompanyName : PersonName;
  ASSIGN_OR_RETURN(*request.mutable_survivor(), name(run, flags.survivor));
  ASSIGN_OR_RETURN(*request.mutable_duplicate(), name(run, flags.duplicate));
  request.set_reason(flags.reason);
  request.set_validate_only(flags.dry_run);
  request.set_request_id(run.RequestId());
  if (!flags.dry_run && flags.reason.empty()) {
    return errors::WrongUsage("Say why the two are one with --reason, or look first with --dry-run.");
  }
  ASSIGN_OR_RETURN(const MergeRecord record, run.Ask(&Duplicates::Merge, request));
  Show(run, record);
  run.out().Line(flags.dry_run ? "Nothing was stored. Without --dry-run it is."
                               : fmt::format("Merged. To take it apart: plenary merge undo {} --reason …",
                                             LastSegment(record.name())));
  run.out().Document(record);
  return absl::OkStatus();
}

absl::Status UndoOne(Invocation& run, const std::string& merge, const std::string& reason) {
  UndoMergeRequest request;
  request.set_name(Qualified("merges", merge));
  request.set_reason(reason);
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const MergeRecord record, run.Ask(&Duplicates::UndoMerge, request));
  run.out().Line(fmt::format("{} stands on the register again.", record.duplicate()));
  run.out().Document(record);
  return absl::OkStatus();
}

absl::Status ListAll(Invocation& run) {
  ASSIGN_OR_RETURN(const auto all, run.AskAll(&Duplicates::ListMerges, ListMergesRequest()));
  Table table({"MERGE", "SURVIVOR", "DUPLICATE", "WENT OVER", "MERGED", "UNDONE", "WHY"});
  for (const MergeRecord& record : all.merges()) {
    table.Row({LastSegment(record.name()), record.survivor(), record.duplicate(), CountsText(record.moved()),
               InstantText(record.has_merge_time(), record.merge_time()),
               InstantText(record.has_undo_time(), record.undo_time()), record.reason()});
  }
  run.out().Print(table, "Nothing was merged.");
  run.out().Document(all);
  return absl::OkStatus();
}

std::string CheckKind(const std::string& word) {
  return KindOf(word) != DUPLICATE_KIND_UNSPECIFIED ? "" : "\"" + word + "\" is neither people nor companies";
}

void AddDuplicate(CommandSet& commands) {
  CLI::App& duplicate = commands.Group("duplicate", "People and companies that stand on the register twice");
  const auto kind = std::make_shared<std::string>();
  const auto state = std::make_shared<std::string>("proposed");
  const auto name = std::make_shared<std::string>();
  const auto reason = std::make_shared<std::string>();
  commands
      .Command(duplicate, "find", "Compare all people, or all companies, and propose the likely pairs",
               "plenary duplicate find people", [kind](Invocation& run) { return FindAll(run, *kind); })
      .add_option("KIND", *kind, "people or companies")
      ->check(CheckKind)
      ->required();
  CLI::App& list = commands.List(duplicate, "list", "Proposed pairs, with their points and why",
                                 "plenary duplicate list --state proposed", [state, kind](Invocation& run) {
                                   return ListProposals(run, *state, *kind);
                                 });
  list.add_option("--state", *state, "proposed (the default), dismissed or merged")
      ->check(CLI::IsMember(Words<Duplicate::State>()));
  list.add_option("--kind", *kind, "people or companies (default: both)")->check(CheckKind);
  CLI::App& dismiss =
      commands.Mutation(duplicate, "dismiss", "Say that the two are two, for good",
                        "plenary duplicate dismiss 0123456789abcdefghijklmnop --reason 'Mother and daughter'",
                        [name, reason](Invocation& run) { return Dismiss(run, *name, *reason); });
  dismiss.add_option("DUPLICATE", *name, "Id, as `duplicate list` shows it")->required();
  dismiss.add_option("--reason", *reason, "Why, 1 to 500 characters")->required();
}

void AddMerge(CommandSet& commands) {
  CLI::App& merge = commands.Group("merge", "Two records made one, and taken apart again");
  const auto flags = std::make_shared<MergeFlags>();
  const auto add = [&](const std::string& kind, const std::string& example, bool companies) {
    CLI::App& command = commands.Mutation(
        merge, kind, fmt::format("Merge two {}: --dry-run shows the effect on votes and seats", kind),
        example, [flags, companies](Invocation& run) {
          flags->companies = companies;
          return MergeTwo(run, *flags);
        });
    command.add_option("SURVIVOR", flags->survivor, "Who remains")->required();
    command.add_option("DUPLICATE", flags->duplicate, "Whose name leads to the survivor from then on")
        ->required();
    command.add_option("--reason", flags->reason, "Why the two are one, 1 to 500 characters");
    command.add_flag("--dry-run", flags->dry_run, "Show what it would do; store nothing");
  };
  add("people", "plenary merge people ada@acme.example ada+work@acme.example --dry-run", false);
  add("companies", "plenary merge companies 'Acme Inc' 'ACME LLC' --reason 'One company, says its owner'",
      true);
  const auto name = std::make_shared<std::string>();
  const auto reason = std::make_shared<std::string>();
  CLI::App& undo =
      commands.Mutation(merge, "undo", "Take a merge apart: everything goes back",
                        "plenary merge undo 0123456789abcdefghijklmnop --reason 'They are two after all'",
                        [name, reason](Invocation& run) { return UndoOne(run, *name, *reason); });
  undo.add_option("MERGE", *name, "Id, as `merge list` shows it")->required();
  undo.add_option("--reason", *reason, "Why, 1 to 500 characters")->required();
  commands.List(merge, "list", "Every merge, newest first", "plenary merge list", ListAll);
}

}  // namespace

void AddDuplicateCommands(CommandSet& commands) {
  AddDuplicate(commands);
  AddMerge(commands);
}

}  // namespace plenary::cli
