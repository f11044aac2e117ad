// notice
#include "fmt/format.h"
#include "plenary/membership/v1/notice_service.grpc.pb.h"
#include "services/cli/commands.h"
#include "services/cli/names.h"
#include "services/cli/resolve.h"

namespace plenary::cli {
namespace {

using namespace membership::v1;  // the messages of one contract, in one file
using Notices = NoticeService::Stub;

template <typename List>
void PrintNotices(Invocation& run, const List& all) {
  Table table({"NOTICE", "QUEUED", "TEMPLATE", "STATE", "TO", "ERROR"});
  for (const Notice& notice : all.notices()) {
    table.Row({LastSegment(notice.name()), InstantText(notice.has_create_time(), notice.create_time()),
               notice.template_(), Word(notice.state()), notice.address(), notice.error()});
  }
  run.out().Print(table, "No notices.");
  run.out().Document(all);
}

struct ListFlags {
  std::string person;
  std::string state;
  std::string template_name;
};

absl::Status ListAll(Invocation& run, const ListFlags& flags) {
  ListNoticesRequest request;
  if (!flags.person.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_person(), PersonName(run, flags.person));
  }
  request.set_state(ValueOf<Notice::State>(flags.state));
  request.set_template_(flags.template_name);
  ASSIGN_OR_RETURN(const auto all, run.AskAll(&Notices::ListNotices, request));
  PrintNotices(run, all);
  return absl::OkStatus();
}

absl::Status ListMine(Invocation& run) {
  ASSIGN_OR_RETURN(const auto all, run.AskAll(&Notices::ListMyNotices, ListMyNoticesRequest()));
  PrintNotices(run, all);
  return absl::OkStatus();
}

absl::Status Show(Invocation& run, const std::string& text) {
  GetNoticeRequest request;
  request.set_name(Qualified("notices", text));
  ASSIGN_OR_RETURN(const Notice notice, run.Ask(&Notices::GetNotice, request));
  run.out().Print(Facts()
                      .Add("notice", notice.name())
                      .Add("event", notice.event())
                      .Add("template", notice.template_())
                      .Add("person", notice.person())
                      .Add("to", notice.address())
                      .Add("state", Word(notice.state()))
                      .Add("queued", InstantText(notice.has_create_time(), notice.create_time()))
                      .Add("settled", InstantText(notice.has_settle_time(), notice.settle_time()))
                      .Add("worthless after", InstantText(notice.has_expire_time(), notice.expire_time()))
                      .Add("tries", std::to_string(notice.attempts()))
                      .Add("queued again", std::to_string(notice.resends()))
                      .Add("error", notice.error())
                      .Add("message id", notice.message_id())
                      .Add("subject", notice.subject()));
  run.out().Document(notice);
  return absl::OkStatus();
}

absl::Status ShowCounts(Invocation& run) {
  ASSIGN_OR_RETURN(const auto counts, run.Ask(&Notices::GetNoticeCounts, GetNoticeCountsRequest()));
  Facts facts;
  for (const auto& line : counts.states()) facts.Add(Word(line.state()), std::to_string(line.count()));
  facts.Add("oldest queued", InstantText(counts.has_oldest_queued_time(), counts.oldest_queued_time()));
  facts.Add("suppressed addresses", std::to_string(counts.suppressed_addresses()));
  facts.Add("mail server", counts.sending() ? "yes" : "none: notices stay queued");
  run.out().Print(facts);
  run.out().Document(counts);
  return absl::OkStatus();
}

absl::Status Resend(Invocation& run, const std::string& text) {
  ResendNoticeRequest request;
  request.set_name(Qualified("notices", text));
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const Notice notice, run.Ask(&Notices::ResendNotice, request));
  run.out().Line(fmt::format("Queued {} again for {}.", notice.template_(), notice.address()));
  run.out().Document(notice);
  return absl::OkStatus();
}

void AddNotices(CommandSet& commands, CLI::App& notice) {
  const auto flags = std::make_shared<ListFlags>();
  CLI::App& list = commands.List(notice, "list", "Notices, newest first (staff)",
                                 "plenary notice list --person ada.demo@solo.example --state bounced",
                                 [flags](Invocation& run) { return ListAll(run, *flags); });
  list.add_option("--person", flags->person, "Only those for this person (e-mail address or people/ID)");
  AddWord<Notice::State>(list, "--state", flags->state, "Only those in this state");
  list.add_option("--template", flags->template_name, "Only those with these words, such as renewal-before");
  commands.List(notice, "mine", "What the association sent you, newest first", "plenary notice mine",
                ListMine);
  const auto which = std::make_shared<std::string>();
  CLI::App& show =
      commands.Command(notice, "show", "One notice, and what became of it (staff)",
                       "plenary notice show 2b9k…", [which](Invocation& run) { return Show(run, *which); });
  CLI::App& resend = commands.Mutation(notice, "resend", "Queue a settled notice again (staff)",
                                       "plenary notice resend 2b9k…",
                                       [which](Invocation& run) { return Resend(run, *which); });
  for (CLI::App* command : {&show, &resend}) {
    command->add_option("NOTICE", *which, "Id or notices/ID")->required();
  }
  commands.Command(notice, "counts", "How many notices are in which state (staff)", "plenary notice counts",
                   ShowCounts);
}

struct BounceFlags {
  std::string message_id;
  std::string address;
  std::string cause = "bounce";
  std::string detail;
};

absl::Status ReportBounce(Invocation& run, const BounceFlags& flags) {
  ReportBounceRequest request;
  if (flags.address.empty()) {
    request.set_message_id(flags.message_id);
  } else {
    request.set_address(flags.address);
  }
  request.set_cause(ValueOf<SuppressedAddress::Cause>(flags.cause));
  request.set_detail(flags.detail);
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const SuppressedAddress suppressed, run.Ask(&Notices::ReportBounce, request));
  run.out().Line(fmt::format("The address {} gets no more mail.", suppressed.address_sha256()));
  run.out().Document(suppressed);
  return absl::OkStatus();
}

absl::Status ListSuppressed(Invocation& run, const std::string& address) {
  ListSuppressedAddressesRequest request;
  request.set_address(address);
  ASSIGN_OR_RETURN(const auto all, run.AskAll(&Notices::ListSuppressedAddresses, request));
  Table table({"SHA-256", "CAUSE", "SINCE", "PERSON", "DETAIL"});
  for (const SuppressedAddress& each : all.addresses()) {
    table.Row({each.address_sha256(), Word(each.cause()),
               InstantText(each.has_suppress_time(), each.suppress_time()), LastSegment(each.person()),
               each.detail()});
  }
  run.out().Print(table, "No suppressed addresses.");
  run.out().Document(all);
  return absl::OkStatus();
}

absl::Status Clear(Invocation& run, const std::string& address) {
  ClearSuppressionRequest request;
  request.set_address(address);
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const auto answer, run.Ask(&Notices::ClearSuppression, request));
  run.out().Line("The address gets mail again.");
  run.out().Document(answer);
  return absl::OkStatus();
}

void AddSuppressions(CommandSet& commands, CLI::App& notice) {
  const auto flags = std::make_shared<BounceFlags>();
  CLI::App& bounce = commands.Mutation(
      notice, "bounce",
      "Report that mail came back, or was called unwanted: the address gets no more (staff)",
      "plenary notice bounce --address gone@solo.example --detail \"550 no such mailbox\"",
      [flags](Invocation& run) { return ReportBounce(run, *flags); });
  CLI::Option_group& subject = *bounce.add_option_group("Which");
  subject.add_option("--message-id", flags->message_id, "Message-ID of the mail that came back");
  subject.add_option("--address", flags->address, "The address");
  subject.require_option(1);
  AddWord<SuppressedAddress::Cause>(bounce, "--cause", flags->cause, "Why")->capture_default_str();
  bounce.add_option("--detail", flags->detail, "What the server or the report said");
  const auto address = std::make_shared<std::string>();
  CLI::App& suppressed = commands.List(notice, "suppressed", "Addresses that get no mail, by digest (staff)",
                                       "plenary notice suppressed --address gone@solo.example",
                                       [address](Invocation& run) { return ListSuppressed(run, *address); });
  suppressed.add_option("--address", *address, "Only this address");
  CLI::App& clear = commands.Mutation(notice, "clear", "Let an address have mail again (staff)",
                                      "plenary notice clear back@solo.example",
                                      [address](Invocation& run) { return Clear(run, *address); });
  clear.add_option("ADDRESS", *address, "The address, or its SHA-256")->required();
}

}  // namespace

void AddNoticeCommands(CommandSet& commands) {
  CLI::App& notice = commands.Group("notice", "What the association tells people by e-mail");
  AddNotices(commands, notice);
  AddSuppressions(commands, notice);
}

}  // namespace plenary::cli
