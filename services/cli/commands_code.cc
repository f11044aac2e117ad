// code
#include "fmt/format.h"
#include "google/protobuf/util/json_util.h"
#include "services/cli/commands.h"
#include "services/cli/errors.h"
#include "services/cli/files.h"
#include "services/cli/names.h"

namespace plenary::cli {
namespace {

using namespace ethics::v1;  // the messages of one contract, in one file
using Code = CodeService::Stub;

constexpr char kCurrent[] = "current";

// {"id": …, "preamble": …, "areas": [{id, title, provisions: [{id, text}]}]}; other keys beside these three
// are the reader's own and are skipped.
absl::StatusOr<CodeVersion> ReadCodeFile(const std::string& path) {
  ASSIGN_OR_RETURN(const std::string text, ReadNamedFile(path));
  const Json file = Json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!file.is_object() || !file.contains("id") || !file["id"].is_string()) {
    return errors::InputInvalid(fmt::format("{} is not a JSON object with id, preamble and areas.", path));
  }
  Json wanted = {{"name", Qualified("codeVersions", file["id"].get<std::string>())}};
  for (const char* key : {"preamble", "areas"}) {
    if (file.contains(key)) wanted[key] = file[key];
  }
  CodeVersion version;
  const auto read = google::protobuf::util::JsonStringToMessage(wanted.dump(), &version);
  if (!read.ok()) {
    return errors::InputInvalid(
        fmt::format("{} does not read as a version of the code: {}.", path, std::string(read.message())));
  }
  return version;
}

absl::Status Publish(Invocation& run, const std::string& path) {
  PublishCodeVersionRequest request;
  ASSIGN_OR_RETURN(*request.mutable_code_version(), ReadCodeFile(path));
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const CodeVersion version, run.Ask(&Code::PublishCodeVersion, request));
  run.out().Line(fmt::format("Published {}; it is the current version.", version.name()));
  run.out().Document(version);
  return absl::OkStatus();
}

absl::Status Show(Invocation& run, const std::string& text) {
  GetCodeVersionRequest request;
  request.set_name(Qualified("codeVersions", text));
  ASSIGN_OR_RETURN(const CodeVersion version, run.Ask(&Code::GetCodeVersion, request));
  run.out().Print(Facts()
                      .Add("version", version.name())
                      .Add("published", InstantText(version.has_publish_time(), version.publish_time()))
                      .Add("current", version.current() ? "yes" : "no"));
  run.out().Line("");
  run.out().Line(version.preamble());
  for (const Area& area : version.areas()) {
    run.out().Line("");
    run.out().Line(area.title());
    for (const Provision& provision : area.provisions()) {
      run.out().Line(fmt::format("  {}  [{}]", provision.text(), provision.id()));
    }
  }
  run.out().Document(version);
  return absl::OkStatus();
}

absl::Status List(Invocation& run) {
  ASSIGN_OR_RETURN(const auto all, run.AskAll(&Code::ListCodeVersions, ListCodeVersionsRequest()));
  Table table({"VERSION", "PUBLISHED", "CURRENT"});
  for (const CodeVersion& version : all.code_versions()) {
    table.Row({LastSegment(version.name()), InstantText(version.has_publish_time(), version.publish_time()),
               version.current() ? "yes" : ""});
  }
  run.out().Print(table, "No version of the code has been published.");
  run.out().Document(all);
  return absl::OkStatus();
}

absl::Status Accept(Invocation& run, const std::string& text) {
  AcceptCodeVersionRequest request;
  request.set_code_version(Qualified("codeVersions", text));
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const Acceptance acceptance, run.Ask(&Code::AcceptCodeVersion, request));
  run.out().Line(fmt::format("Accepted {} at {}.", acceptance.code_version(),
                             InstantText(acceptance.has_accept_time(), acceptance.accept_time())));
  run.out().Document(acceptance);
  return absl::OkStatus();
}

absl::Status ListAcceptances(Invocation& run, const std::string& text) {
  ListAcceptancesRequest request;
  request.set_code_version(Qualified("codeVersions", text));
  ASSIGN_OR_RETURN(const auto all, run.AskAll(&Code::ListAcceptances, request));
  Table table({"PERSON", "ACCEPTED"});
  for (const Acceptance& acceptance : all.acceptances()) {
    table.Row({LastSegment(acceptance.person()),
               InstantText(acceptance.has_accept_time(), acceptance.accept_time())});
  }
  run.out().Print(table, "No acceptances.");
  run.out().Document(all);
  return absl::OkStatus();
}

void PrintBinding(Invocation& run, const Binding& binding) {
  run.out().Print(Facts()
                      .Add("level", Word(binding.level()))
                      .Add("reason", binding.reason())
                      .Add("since", InstantText(binding.has_update_time(), binding.update_time())));
  run.out().Document(binding);
}

absl::Status ShowBinding(Invocation& run) {
  ASSIGN_OR_RETURN(const Binding binding, run.Ask(&Code::GetBinding, GetBindingRequest()));
  PrintBinding(run, binding);
  return absl::OkStatus();
}

absl::Status SetBinding(Invocation& run, const std::string& level, const std::string& reason) {
  SetBindingRequest request;
  request.set_level(ValueOf<Binding::Level>(level));
  request.set_reason(reason);
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const Binding binding, run.Ask(&Code::SetBinding, request));
  PrintBinding(run, binding);
  return absl::OkStatus();
}

void AddBinding(CommandSet& commands, CLI::App& code) {
  CLI::App& binding = commands.Group(code, "binding", "How binding the code is");
  commands.Command(binding, "show", "Today's level", "plenary code binding show", ShowBinding);
  const auto level = std::make_shared<std::string>();
  const auto reason = std::make_shared<std::string>();
  CLI::App& set =
      commands.Mutation(binding, "set", "Set the level from now on (staff)",
                        "plenary code binding set at-renewal --reason \"Resolved by the board in May.\"",
                        [level, reason](Invocation& run) { return SetBinding(run, *level, *reason); });
  AddWord<Binding::Level>(set, "LEVEL", *level, "The level")->required();
  set.add_option("--reason", *reason, "Why")->required();
}

}  // namespace

void AddCodeCommands(CommandSet& commands) {
  CLI::App& code = commands.Group("code", "The code of ethics and who accepted it");
  const auto file = std::make_shared<std::string>();
  const auto version = std::make_shared<std::string>(kCurrent);
  CLI::App& publish = commands.Mutation(
      code, "publish", "Publish a version; it becomes the current one (staff)",
      "plenary code publish code.json", [file](Invocation& run) { return Publish(run, *file); });
  publish.add_option("FILE", *file, "JSON: {id, preamble, areas: [{id, title, provisions: [{id, text}]}]}")
      ->required();
  commands
      .Command(code, "show", "The text of a version", "plenary code show 2022-1",
               [version](Invocation& run) { return Show(run, *version); })
      .add_option("VERSION", *version, "Id of the version (default: the current one)");
  commands.List(code, "list", "Versions, newest first", "plenary code list", List);
  commands
      .Mutation(code, "accept", "Accept a version for yourself", "plenary code accept 2022-1",
                [version](Invocation& run) { return Accept(run, *version); })
      .add_option("VERSION", *version,
                  "Id of the version: named, so that nobody accepts what they did not read")
      ->required();
  commands
      .List(code, "acceptances", "Who accepted a version (staff)", "plenary code acceptances 2022-1",
            [version](Invocation& run) { return ListAcceptances(run, *version); })
      .add_option("VERSION", *version, "Id of the version")
      ->required();
  AddBinding(commands, code);
}

}  // namespace plenary::cli
