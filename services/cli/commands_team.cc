// team
#include "fmt/format.h"
#include "plenary/membership/v1/team_service.grpc.pb.h"
#include "services/cli/commands.h"
#include "services/cli/names.h"
#include "services/cli/resolve.h"

namespace plenary::cli {
namespace {

using namespace membership::v1;  // the messages of one contract, in one file
using Teams = TeamService::Stub;

constexpr char kCompanyHelp[] = "Display name, id or companies/ID";
constexpr char kPersonHelp[] = "E-mail address, people/ID, or `me`";

struct TeamFlags {
  std::string company;
  std::string person;
  std::string other;
  std::string category;
  std::string purchase;
  int seats = 0;
  std::string from;
  std::string until;
  std::string note;
};

std::string Until(const std::string& day) { return day.empty() ? "no end" : day; }

absl::Status Buy(Invocation& run, const TeamFlags& flags) {
  BuySeatsRequest request;
  ASSIGN_OR_RETURN(*request.mutable_company(), CompanyName(run, flags.company));
  request.set_seats(flags.seats);
  request.set_start_date(flags.from);
  request.set_end_date(flags.until);
  request.set_note(flags.note);
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const SeatPurchase bought, run.Ask(&Teams::BuySeats, request));
  run.out().Line(fmt::format("Bought {} seat{} from {} on, {} ({}).", bought.seats(),
                             bought.seats() == 1 ? "" : "s", bought.start_date(),
                             bought.end_date().empty() ? "without an end" : "until " + bought.end_date(),
                             bought.name()));
  run.out().Document(bought);
  return absl::OkStatus();
}

absl::Status Reduce(Invocation& run, const TeamFlags& flags) {
  ReduceSeatsRequest request;
  request.set_purchase(Qualified("seatPurchases", flags.purchase));
  request.set_seats(flags.seats);
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const SeatPurchase left, run.Ask(&Teams::ReduceSeats, request));
  run.out().Line(fmt::format("{} seats are left of {}.", left.seats(), left.name()));
  run.out().Document(left);
  return absl::OkStatus();
}

absl::Status ListPurchases(Invocation& run, const TeamFlags& flags) {
  ListSeatPurchasesRequest request;
  ASSIGN_OR_RETURN(*request.mutable_company(), CompanyName(run, flags.company));
  ASSIGN_OR_RETURN(const auto all, run.AskAll(&Teams::ListSeatPurchases, request));
  Table table({"PURCHASE", Right("SEATS"), "FROM", "UNTIL", "BY", "NOTE"});
  for (const SeatPurchase& each : all.purchases()) {
    table.Row({LastSegment(each.name()), std::to_string(each.seats()), each.start_date(),
               Until(each.end_date()), LastSegment(each.buyer()), each.note()});
  }
  run.out().Print(table, "No seats were bought.");
  run.out().Document(all);
  return absl::OkStatus();
}

absl::Status ListSeats(Invocation& run, const TeamFlags& flags) {
  ListSeatsRequest request;
  ASSIGN_OR_RETURN(*request.mutable_company(), CompanyName(run, flags.company));
  ASSIGN_OR_RETURN(const auto all, run.AskAll(&Teams::ListSeats, request));
  Table table({Right("SEAT"), "NAME", "PERSON", "CATEGORY", "SINCE", "UNTIL"});
  for (const Seat& seat : all.seats()) {
    table.Row({LastSegment(seat.name()), seat.full_name(), LastSegment(seat.person()),
               LastSegment(seat.category()), seat.held_since(), Until(seat.covered_until())});
  }
  run.out().Print(table, "Nobody is on a seat.");
  run.out().Line(fmt::format("{} of {} seats are taken.", all.taken_count(), all.seat_count()));
  run.out().Document(all);
  return absl::OkStatus();
}

absl::Status Assign(Invocation& run, const TeamFlags& flags) {
  AssignSeatRequest request;
  ASSIGN_OR_RETURN(*request.mutable_company(), CompanyName(run, flags.company));
  ASSIGN_OR_RETURN(*request.mutable_person(), PersonName(run, flags.person));
  if (!flags.category.empty()) request.set_category(Qualified("categories", flags.category));
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const Seat seat, run.Ask(&Teams::AssignSeat, request));
  run.out().Line(fmt::format("{} is on seat {}.", seat.full_name(), LastSegment(seat.name())));
  run.out().Document(seat);
  return absl::OkStatus();
}

absl::Status Free(Invocation& run, const TeamFlags& flags) {
  FreeSeatRequest request;
  ASSIGN_OR_RETURN(*request.mutable_company(), CompanyName(run, flags.company));
  ASSIGN_OR_RETURN(*request.mutable_person(), PersonName(run, flags.person));
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const auto answer, run.Ask(&Teams::FreeSeat, request));
  run.out().Line(fmt::format("Seat {} is free.", LastSegment(answer.freed().name())));
  run.out().Document(answer);
  return absl::OkStatus();
}

absl::Status Swap(Invocation& run, const TeamFlags& flags) {
  SwapSeatRequest request;
  ASSIGN_OR_RETURN(*request.mutable_company(), CompanyName(run, flags.company));
  ASSIGN_OR_RETURN(*request.mutable_person_out(), PersonName(run, flags.person));
  ASSIGN_OR_RETURN(*request.mutable_person_in(), PersonName(run, flags.other));
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const Seat seat, run.Ask(&Teams::SwapSeat, request));
  run.out().Line(fmt::format("{} is on seat {} now.", seat.full_name(), LastSegment(seat.name())));
  run.out().Document(seat);
  return absl::OkStatus();
}

absl::Status ListMoves(Invocation& run, const TeamFlags& flags) {
  ListSeatMovesRequest request;
  ASSIGN_OR_RETURN(*request.mutable_company(), CompanyName(run, flags.company));
  ASSIGN_OR_RETURN(const auto all, run.AskAll(&Teams::ListSeatMoves, request));
  Table table({"DATE", "MOVE", Right("SEAT"), "OUT", "IN", "BY"});
  for (const SeatMove& move : all.moves()) {
    table.Row({move.date(), Word(move.kind()), LastSegment(move.seat()), LastSegment(move.person_out()),
               LastSegment(move.person_in()), LastSegment(move.source())});
  }
  run.out().Print(table, "No moves.");
  run.out().Document(all);
  return absl::OkStatus();
}

void AddPurchases(CommandSet& commands, CLI::App& team, const std::shared_ptr<TeamFlags>& flags) {
  CLI::App& buy = commands.Mutation(team, "buy", "Buy seats for a company (its administrators, staff)",
                                    "plenary team buy \"Primer Soft\" 10 --until 2023-08-24",
                                    [flags](Invocation& run) { return Buy(run, *flags); });
  buy.add_option("COMPANY", flags->company, kCompanyHelp)->required();
  buy.add_option("SEATS", flags->seats, "How many, 1 to 1,000")->required();
  buy.add_option("--from", flags->from, "YYYY-MM-DD (default: today by the suite's clock)");
  buy.add_option("--until", flags->until, "First day after, YYYY-MM-DD (default: no end)");
  buy.add_option("--note", flags->note, "What the office should know");
  CLI::App& reduce = commands.Mutation(team, "reduce", "Take back seats of a purchase that nobody needs",
                                       "plenary team reduce 2b9k… 5",
                                       [flags](Invocation& run) { return Reduce(run, *flags); });
  reduce.add_option("PURCHASE", flags->purchase, "Id or seatPurchases/ID")->required();
  reduce.add_option("SEATS", flags->seats, "How many are left of it")->required();
  CLI::App& purchases = commands.List(team, "purchases", "What a company bought, newest first",
                                      "plenary team purchases \"Primer Soft\"",
                                      [flags](Invocation& run) { return ListPurchases(run, *flags); });
  purchases.add_option("COMPANY", flags->company, kCompanyHelp)->required();
}

void AddSeats(CommandSet& commands, CLI::App& team, const std::shared_ptr<TeamFlags>& flags) {
  CLI::App& seats =
      commands.List(team, "seats", "Who is on the seats of a company", "plenary team seats \"Primer Soft\"",
                    [flags](Invocation& run) { return ListSeats(run, *flags); });
  CLI::App& assign = commands.Mutation(team, "assign", "Put a person of the company on a free seat",
                                       "plenary team assign \"Primer Soft\" ada.demo@primer-soft.example",
                                       [flags](Invocation& run) { return Assign(run, *flags); });
  CLI::App& free = commands.Mutation(team, "free", "Take a person off their seat",
                                     "plenary team free \"Primer Soft\" ada.demo@primer-soft.example",
                                     [flags](Invocation& run) { return Free(run, *flags); });
  CLI::App& swap = commands.Mutation(
      team, "swap", "Give a person's seat to another",
      "plenary team swap \"Primer Soft\" ada.demo@primer-soft.example bo.demo@primer-soft.example",
      [flags](Invocation& run) { return Swap(run, *flags); });
  CLI::App& moves = commands.List(team, "moves", "Who sat down and left, newest first",
                                  "plenary team moves \"Primer Soft\"",
                                  [flags](Invocation& run) { return ListMoves(run, *flags); });
  for (CLI::App* command : {&seats, &assign, &free, &swap, &moves}) {
    command->add_option("COMPANY", flags->company, kCompanyHelp)->required();
  }
  for (CLI::App* command : {&assign, &free, &swap}) {
    command->add_option(command == &swap ? "OUT" : "PERSON", flags->person, kPersonHelp)->required();
  }
  swap.add_option("IN", flags->other, kPersonHelp)->required();
  assign.add_option("--category", flags->category, "What the seat gives (default: associate)");
}

}  // namespace

void AddTeamCommands(CommandSet& commands) {
  CLI::App& team = commands.Group("team", "Team seats of a company");
  const auto flags = std::make_shared<TeamFlags>();
  AddPurchases(commands, team, flags);
  AddSeats(commands, team, flags);
}

}  // namespace plenary::cli
