// privacy
#include "fmt/format.h"
#include "plenary/membership/v1/privacy_service.grpc.pb.h"
#include "services/cli/commands.h"
#include "services/cli/errors.h"
#include "services/cli/files.h"
#include "services/cli/names.h"
#include "services/cli/resolve.h"

namespace plenary::cli {
namespace {

using namespace membership::v1;  // the messages of one contract, in one file
using Privacy = PrivacyService::Stub;

// To the file, or as the document on standard output.
absl::Status ExportData(Invocation& run, const std::string& person, const std::string& file) {
  ExportPersonalDataRequest request;
  ASSIGN_OR_RETURN(*request.mutable_person(), PersonName(run, person));
  ASSIGN_OR_RETURN(const auto channel, run.Channel(Part::kMembership));
  Privacy stub(channel);
  grpc::ClientContext context;
  run.PrepareStream(context, Part::kMembership);
  const auto reader = stub.ExportPersonalData(&context, request);
  std::string document;
  for (ExportPersonalDataResponse piece; reader->Read(&piece);) document += piece.content();
  const grpc::Status status = reader->Finish();
  if (!status.ok()) return run.ErrorOf(Part::kMembership, status);
  if (file.empty()) {
    // Made printable line by line for people; the document itself with --json.
    for (std::size_t from = 0; from < document.size();) {
      const std::size_t end = std::min(document.find('\n', from), document.size());
      run.out().Line(document.substr(from, end - from));
      from = end + 1;
    }
    run.out().Document(Json::parse(document));
    return absl::OkStatus();
  }
  RETURN_IF_ERROR(WriteSecretFile(file, document));
  run.out().Line(fmt::format("Wrote {}: all that membership holds about {}. Only you may read it.", file,
                             request.person()));
  run.out().Document(Json{{"file", file}, {"person", request.person()}, {"bytes", document.size()}});
  return absl::OkStatus();
}

absl::Status SetPhone(Invocation& run, const std::string& person, const std::string& phone) {
  SetPhoneRequest request;
  ASSIGN_OR_RETURN(*request.mutable_person(), PersonName(run, person));
  request.set_phone(phone);
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const SetPhoneResponse response, run.Ask(&Privacy::SetPhone, request));
  run.out().Line(response.phone().empty() ? "No telephone is kept."
                                          : fmt::format("The telephone is {}.", response.phone()));
  run.out().Document(response);
  return absl::OkStatus();
}

struct EraseFlags {
  std::string person;
  std::string confirm;
  std::string reason;
};

absl::Status Erase(Invocation& run, const EraseFlags& flags) {
  ErasePersonRequest request;
  ASSIGN_OR_RETURN(*request.mutable_person(), PersonName(run, flags.person));
  request.set_confirm(flags.confirm);
  request.set_reason(flags.reason);
  ASSIGN_OR_RETURN(const Erasure erasure, run.Ask(&Privacy::ErasePerson, request));
  run.out().Line(fmt::format("Erased {}. Their id, periods of membership, payments and offices stay.",
                             erasure.person()));
  run.out().Document(erasure);
  return absl::OkStatus();
}

absl::Status ListTombstones(Invocation& run) {
  ASSIGN_OR_RETURN(const auto all, run.AskAll(&Privacy::ListErasures, ListErasuresRequest()));
  Table table({"PERSON", "ERASED", "WHY"});
  for (const Erasure& erasure : all.erasures()) {
    table.Row({erasure.person(), InstantText(true, erasure.erase_time()), erasure.reason()});
  }
  run.out().Print(table, "Nobody was erased.");
  run.out().Document(all);
  return absl::OkStatus();
}

}  // namespace

void AddPrivacyCommands(CommandSet& commands) {
  CLI::App& privacy = commands.Group("privacy", "What is held about a person: shown, corrected, erased");
  const auto person = std::make_shared<std::string>("me");
  const auto file = std::make_shared<std::string>();
  const auto phone = std::make_shared<std::string>();
  CLI::App& show =
      commands.Command(privacy, "export", "All that membership holds about you, or about a person (staff)",
                       "plenary privacy export me --output my-data.json",
                       [person, file](Invocation& run) { return ExportData(run, *person, *file); });
  show.add_option("PERSON", *person, "E-mail, people/ID or me (the default)");
  show.add_option("--output", *file, "File to write, readable by you alone (default: standard output)");
  CLI::App& set =
      commands.Mutation(privacy, "phone", "Set a telephone, or remove it with an empty one",
                        "plenary privacy phone me '+1 212 555 0100'",
                        [person, phone](Invocation& run) { return SetPhone(run, *person, *phone); });
  set.add_option("PERSON", *person, "E-mail, people/ID or me")->required();
  set.add_option("PHONE", *phone, "With its country: +1 212 555 0100");
  const auto flags = std::make_shared<EraseFlags>();
  CLI::App& erase =
      commands.Command(privacy, "erase", "Erase a person to a tombstone; cannot be undone",
                       "plenary privacy erase me --confirm ada@acme.example --reason 'I leave the society'",
                       [flags](Invocation& run) { return Erase(run, *flags); });
  erase.add_option("PERSON", flags->person, "E-mail, people/ID or me")->required();
  erase.add_option("--confirm", flags->confirm, "Their e-mail address once more")->required();
  erase.add_option("--reason", flags->reason, "Why, 1 to 500 characters, about nobody")->required();
  commands.List(privacy, "tombstones", "Who was erased, newest first (staff)", "plenary privacy tombstones",
                ListTombstones);
}

}  // namespace plenary::cli
