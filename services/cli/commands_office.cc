// office, why-cannot-vote
#include "fmt/format.h"
#include "fmt/ranges.h"
#include "services/cli/commands.h"

namespace plenary::cli {
namespace {

using namespace membership::v1;  // the messages of one contract, in one file
using Office = OfficeService::Stub;

struct FigureFlags {
  std::string as_of;
  std::string from;
  std::string until;
};

void PrintFigures(Invocation& run, const Figures& figures) {
  run.out().Print(Facts()
                      .Add("as of", figures.as_of())
                      .Add("professional", std::to_string(figures.professional()))
                      .Add("registered", std::to_string(figures.registered()))
                      .Add("contacts", std::to_string(figures.contacts())));
  Table standings({"CATEGORY", "STATE", Right("PEOPLE"), Right("COMPANIES")});
  for (const StandingCount& count : figures.standings()) {
    standings.Row({LastSegment(count.category()), Word(count.state()), std::to_string(count.people()),
                   std::to_string(count.companies())});
  }
  run.out().Line("");
  run.out().Print(standings, "No memberships.");
  run.out().Line("");
  run.out().Line(fmt::format("From {} until {}:", figures.from(), figures.until()));
  Table movements({"CATEGORY", Right("JOINS"), Right("RETURNS"), Right("RENEWALS"), Right("LAPSES"),
                   Right("CANCELLATIONS")});
  for (const MovementCount& count : figures.movements()) {
    movements.Row({LastSegment(count.category()), std::to_string(count.joins()),
                   std::to_string(count.returns()), std::to_string(count.renewals()),
                   std::to_string(count.lapses()), std::to_string(count.cancellations())});
  }
  run.out().Print(movements, "No membership moved.");
  Table revenue({"REVENUE", Right("CENTS"), Right("PAYMENTS")});
  for (const RevenueCount& count : figures.revenue()) {
    revenue.Row({count.kind(), std::to_string(count.amount_cents()), std::to_string(count.payments())});
  }
  run.out().Line("");
  run.out().Print(revenue, "No payments.");
}

absl::Status ShowFigures(Invocation& run, const FigureFlags& flags) {
  GetFiguresRequest request;
  request.set_as_of(flags.as_of);
  request.set_from(flags.from);
  request.set_until(flags.until);
  ASSIGN_OR_RETURN(const Figures figures, run.Ask(&Office::GetFigures, request));
  PrintFigures(run, figures);
  run.out().Document(figures);
  return absl::OkStatus();
}

struct WorkListFlags {
  std::string as_of;
  std::string reason;
};

std::string ContactsText(const CannotVote& company) {
  std::vector<std::string> addresses;
  for (const CannotVote::Contact& contact : company.contacts()) addresses.push_back(contact.email());
  return fmt::format("{}", fmt::join(addresses, " "));
}

absl::Status ShowWorkList(Invocation& run, const WorkListFlags& flags) {
  ListCannotVoteRequest request;
  request.set_as_of(flags.as_of);
  request.set_reason(flags.reason);
  request.set_page_size(1);
  request.set_count_reasons(true);
  // The first question counts; the list itself is read page by page.
  ASSIGN_OR_RETURN(const ListCannotVoteResponse counted, run.Ask(&Office::ListCannotVote, request));
  request.set_count_reasons(false);
  ASSIGN_OR_RETURN(auto all, run.AskAll(&Office::ListCannotVote, request));
  *all.mutable_counts() = counted.counts();
  Table table({"COMPANY", "REASON", "REMEDY", "WRITE TO"});
  for (const CannotVote& company : all.companies()) {
    const Eligibility& eligibility = company.eligibility();
    table.Row({eligibility.company_display_name(), eligibility.reason(), eligibility.remedy(),
               ContactsText(company)});
  }
  run.out().Print(table, "Every company can vote.");
  Table counts({"REASON", Right("COMPANIES")});
  for (const ReasonCount& count : all.counts())
    counts.Row({count.reason(), std::to_string(count.companies())});
  run.out().Line("");
  run.out().Print(counts, "No company is held up.");
  run.out().Document(all);
  return absl::OkStatus();
}

absl::Status ShowWhy(Invocation& run, const std::string& as_of) {
  GetMyEligibilityRequest request;
  request.set_as_of(as_of);
  ASSIGN_OR_RETURN(const GetMyEligibilityResponse mine,
                   run.Ask(&RollService::Stub::GetMyEligibility, request));
  run.out().Line(mine.can_vote() ? fmt::format("Nothing is wrong: you vote for {}.",
                                               mine.company().company_display_name())
                                 : mine.remedy());
  run.out().Print(Facts()
                      .Add("as of", mine.as_of())
                      .Add("you vote", mine.can_vote() ? "yes" : "no")
                      .Add("reason", mine.reason())
                      .Add("company", mine.company().company_display_name())
                      .Add("company can vote", mine.company().eligible() ? "yes" : "no")
                      .Add("votes for it", mine.representative_full_name())
                      .Add("waiver", mine.company().waiver()));
  Table rights({"ACT", "ALLOWED", "REASON", "REMEDY"});
  for (const GetMyEligibilityResponse::Right& right : mine.rights()) {
    rights.Row({Word(right.act()), right.allowed() ? "yes" : "no", right.reason(), right.remedy()});
  }
  run.out().Line("");
  run.out().Print(rights, "No rights.");
  run.out().Document(mine);
  return absl::OkStatus();
}

void AddOffice(CommandSet& commands) {
  CLI::App& office = commands.Group("office", "What the office looks at (staff)");
  const auto figures = std::make_shared<FigureFlags>();
  CLI::App& show = commands.Command(office, "figures", "Members on a day, and what moved in a period",
                                    "plenary office figures --from 2022-01-01 --until 2022-12-31",
                                    [figures](Invocation& run) { return ShowFigures(run, *figures); });
  show.add_option("--as-of", figures->as_of, "YYYY-MM-DD (default: the end of the period, else today)");
  show.add_option("--from", figures->from, "First day of the period (default: the last)");
  show.add_option("--until", figures->until, "Last day of the period (default: the day itself)");
  const auto work = std::make_shared<WorkListFlags>();
  CLI::App& list = commands.List(office, "worklist", "Who cannot vote, what would mend it, whom to write to",
                                 "plenary office worklist --reason LETTERS_MISSING",
                                 [work](Invocation& run) { return ShowWorkList(run, *work); });
  list.add_option("--as-of", work->as_of, "YYYY-MM-DD (default: today by the suite's clock)");
  list.add_option("--reason", work->reason, "Only this reason, as the list shows it");
}

}  // namespace

void AddOfficeCommands(CommandSet& commands) {
  AddOffice(commands);
  const auto as_of = std::make_shared<std::string>();
  CLI::App& why = commands.Command(
      commands.root(), "why-cannot-vote", "Why you can or cannot vote, and what would mend it",
      "plenary why-cannot-vote", [as_of](Invocation& run) { return ShowWhy(run, *as_of); });
  why.add_option("--as-of", *as_of, "YYYY-MM-DD (default: today by the suite's clock)");
}

}  // namespace plenary::cli
