// mail
#include "fmt/format.h"
#include "services/cli/commands.h"
#include "services/cli/errors.h"
#include "services/cli/mailbox.h"

namespace plenary::cli {
namespace {

struct MailFlags {
  std::string to;
  int number = 0;  // 0: the last one
  bool last = false;
  bool code = false;
};

absl::StatusOr<std::vector<CaughtMail>> ReadCaught(Invocation& run, const std::string& to) {
  ASSIGN_OR_RETURN(const Stack stack, run.FindServices());
  if (stack.mail_dir.empty()) return errors::MailNotKept();
  return ReadMailbox(stack.mail_dir, to);
}

Json Heading(const CaughtMail& caught) {
  const mail::ReadMail& mail = caught.mail;
  return {{"number", caught.number}, {"date", mail.date},       {"from", mail.from},
          {"to", mail.to},           {"subject", mail.subject}, {"message_id", mail.message_id}};
}

absl::Status ListMail(Invocation& run, const MailFlags& flags) {
  ASSIGN_OR_RETURN(const std::vector<CaughtMail> all, ReadCaught(run, flags.to));
  Table table({Right("NUMBER"), "DATE", "TO", "SUBJECT"});
  Json messages = Json::array();
  for (const CaughtMail& caught : all) {
    if (run.flags().limit > 0 && messages.size() == static_cast<std::size_t>(run.flags().limit)) break;
    table.Row({std::to_string(caught.number), caught.mail.date, caught.mail.to, caught.mail.subject});
    messages.push_back(Heading(caught));
  }
  run.out().Print(table, "No mail.");
  run.out().Document(Json{{"messages", messages}});
  return absl::OkStatus();
}

absl::StatusOr<CaughtMail> Find(const std::vector<CaughtMail>& all, const MailFlags& flags) {
  for (const CaughtMail& caught : all) {
    if (caught.number == flags.number) return caught;
  }
  if (flags.number != 0) return errors::NoMail(fmt::format("with the number {}", flags.number));
  if (all.empty()) return errors::NoMail(flags.to.empty() ? "" : "to " + flags.to);
  return all.back();
}

absl::Status ShowMail(Invocation& run, const MailFlags& flags) {
  ASSIGN_OR_RETURN(const std::vector<CaughtMail> all, ReadCaught(run, flags.to));
  ASSIGN_OR_RETURN(const CaughtMail caught, Find(all, flags));
  const mail::ReadMail& mail = caught.mail;
  const std::string code = CodeIn(mail);
  if (flags.code && code.empty()) return errors::NoCodeInMail();
  Json document = Heading(caught);
  document["text"] = mail.text;
  document["html"] = mail.html;
  document["code"] = code;
  run.out().Document(document);
  if (flags.code) {
    run.out().Line(code);
    return absl::OkStatus();
  }
  run.out().Print(Facts()
                      .Add("from", mail.from)
                      .Add("to", mail.to)
                      .Add("subject", mail.subject)
                      .Add("date", mail.date)
                      .Add("message id", mail.message_id));
  for (std::size_t at = 0; at <= mail.text.size();) {
    const std::size_t end = std::min(mail.text.find('\n', at), mail.text.size());
    run.out().Line(std::string_view(mail.text).substr(at, end - at));
    at = end + 1;
  }
  return absl::OkStatus();
}

}  // namespace

void AddMailCommands(CommandSet& commands) {
  CLI::App& mail = commands.Group("mail", "The mail that a development stack caught instead of sending it");
  const auto flags = std::make_shared<MailFlags>();
  CLI::App& list = commands.List(mail, "list", "Messages in the order of their arrival",
                                 "plenary mail list --to ada.demo@solo.example",
                                 [flags](Invocation& run) { return ListMail(run, *flags); });
  CLI::App& show = commands.Command(mail, "show", "One message: the last one unless a number is given",
                                    "plenary mail show --to ada.demo@solo.example --code",
                                    [flags](Invocation& run) { return ShowMail(run, *flags); });
  CLI::Option* const number = show.add_option("NUMBER", flags->number, "As `plenary mail list` counts them")
                                  ->check(CLI::PositiveNumber);
  show.add_flag("--last", flags->last, "The last one, which is shown anyway when no number is given")
      ->excludes(number);
  show.add_flag("--code", flags->code, "Only the code that it holds");
  for (CLI::App* command : {&list, &show}) {
    command->add_option("--to", flags->to, "Only mail to this address");
  }
}

}  // namespace plenary::cli
