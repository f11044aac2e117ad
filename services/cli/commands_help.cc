// help-offer
#include "fmt/format.h"
#include "plenary/membership/v1/help_service.grpc.pb.h"
#include "services/cli/commands.h"
#include "services/cli/names.h"

namespace plenary::cli {
namespace {

using namespace membership::v1;  // the messages of one contract, in one file
using Help = HelpService::Stub;

struct HelpFlags {
  int hours = 0;
  std::string skills;
  std::string text;
  bool show_email = false;
  std::string offer;
  std::string taken_for;
  std::string state;
  std::string word;
  bool mine = false;
};

absl::Status Offer(Invocation& run, const HelpFlags& flags) {
  OfferHelpRequest request;
  request.set_hours_a_month(flags.hours);
  request.set_skills(flags.skills);
  request.set_text(flags.text);
  request.set_show_email(flags.show_email);
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const HelpOffer offer, run.Ask(&Help::OfferHelp, request));
  run.out().Line(fmt::format("Thank you. Members see your offer ({}).", offer.name()));
  run.out().Document(offer);
  return absl::OkStatus();
}

absl::Status Withdraw(Invocation& run, const HelpFlags& flags) {
  WithdrawHelpRequest request;
  request.set_name(Qualified("helpOffers", flags.offer));
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const HelpOffer offer, run.Ask(&Help::WithdrawHelp, request));
  run.out().Line(fmt::format("{} was taken back.", offer.name()));
  run.out().Document(offer);
  return absl::OkStatus();
}

absl::Status Take(Invocation& run, const HelpFlags& flags) {
  MarkHelpTakenRequest request;
  request.set_name(Qualified("helpOffers", flags.offer));
  request.set_taken_for(flags.taken_for);
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const HelpOffer offer, run.Ask(&Help::MarkHelpTaken, request));
  run.out().Line(
      fmt::format("{} of {} is taken for {}.", offer.name(), offer.full_name(), offer.taken_for()));
  run.out().Document(offer);
  return absl::OkStatus();
}

absl::Status ListOffers(Invocation& run, const HelpFlags& flags) {
  ListHelpOffersRequest request;
  request.set_state(ValueOf<HelpOffer::State>(flags.state));
  request.set_mine(flags.mine);
  request.set_word(flags.word);
  ASSIGN_OR_RETURN(const auto all, run.AskAll(&Help::ListHelpOffers, request));
  Table table({"OFFER", "NAME", "ADDRESS", Right("HOURS"), "SKILLS", "STATE", "FOR"});
  for (const HelpOffer& offer : all.offers()) {
    table.Row({LastSegment(offer.name()), offer.full_name(), offer.email(),
               std::to_string(offer.hours_a_month()), offer.skills(), Word(offer.state()),
               offer.taken_for()});
  }
  run.out().Print(table, "No offers of help.");
  run.out().Document(all);
  return absl::OkStatus();
}

}  // namespace

void AddHelpCommands(CommandSet& commands) {
  CLI::App& help = commands.Group("help-offer", "Offers of help, from which committees draw");
  const auto flags = std::make_shared<HelpFlags>();
  CLI::App& make = commands.Mutation(help, "make", "Offer time and skills; members see it with your name",
                                     "plenary help-offer make 5 \"bookkeeping, French\" --show-email",
                                     [flags](Invocation& run) { return Offer(run, *flags); });
  make.add_option("HOURS", flags->hours, "Hours a month, 1 to 200")->required();
  make.add_option("SKILLS", flags->skills, "What you can do")->required();
  make.add_option("--text", flags->text, "What else a reader should know");
  make.add_flag("--show-email", flags->show_email, "Members may see your address");
  CLI::App& list = commands.List(help, "list", "Offers, newest first; open ones unless you are staff",
                                 "plenary help-offer list --word french",
                                 [flags](Invocation& run) { return ListOffers(run, *flags); });
  AddWord<HelpOffer::State>(list, "--state", flags->state, "Only those in this state");
  list.add_option("--word", flags->word, "Only those that have this word");
  list.add_flag("--mine", flags->mine, "Only your own, in any state");
  CLI::App& withdraw =
      commands.Mutation(help, "withdraw", "Take an offer back", "plenary help-offer withdraw 2b9k…",
                        [flags](Invocation& run) { return Withdraw(run, *flags); });
  CLI::App& take = commands.Mutation(help, "take", "Record who took an offer up (its maker, staff)",
                                     "plenary help-offer take 2b9k… \"bodies/finance: the yearly audit\"",
                                     [flags](Invocation& run) { return Take(run, *flags); });
  for (CLI::App* command : {&withdraw, &take}) {
    command->add_option("OFFER", flags->offer, "Id or helpOffers/ID")->required();
  }
  take.add_option("FOR", flags->taken_for, "Who, and for what")->required();
}

}  // namespace plenary::cli
