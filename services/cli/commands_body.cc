// body, seat, holdings
#include "fmt/format.h"
#include "services/cli/commands.h"
#include "services/cli/names.h"
#include "services/cli/resolve.h"

namespace plenary::cli {
namespace {

using namespace committee::v1;  // the messages of one contract, in one file
using Bodies = BodyService::Stub;

struct BodyFlags {
  std::string id;
  std::string display_name;
  std::string kind;
  std::string purpose;
  int seats = 0;
};

Facts BodyFacts(const Body& body) {
  return Facts()
      .Add("name", body.display_name())
      .Add("body", body.name())
      .Add("kind", Word(body.kind()))
      .Add("purpose", body.purpose())
      .Add("seats", fmt::format("{} ({} held)", body.seat_count(), body.filled_seats()));
}

absl::Status CreateBody(Invocation& run, const BodyFlags& flags) {
  CreateBodyRequest request;
  Body& body = *request.mutable_body();
  body.set_name(Qualified("bodies", flags.id));
  body.set_display_name(flags.display_name);
  body.set_kind(ValueOf<Body::Kind>(flags.kind));
  body.set_purpose(flags.purpose);
  body.set_seat_count(flags.seats);
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const Body created, run.Ask(&Bodies::CreateBody, request));
  run.out().Line(fmt::format("Created {} with {} seats.", created.name(), created.seat_count()));
  run.out().Document(created);
  return absl::OkStatus();
}

absl::Status ListBodies(Invocation& run) {
  ASSIGN_OR_RETURN(const auto all, run.AskAll(&Bodies::ListBodies, ListBodiesRequest()));
  Table table({"ID", "NAME", "KIND", Right("SEATS"), Right("HELD"), "PURPOSE"});
  for (const Body& body : all.bodies()) {
    table.Row({LastSegment(body.name()), body.display_name(), Word(body.kind()),
               std::to_string(body.seat_count()), std::to_string(body.filled_seats()), body.purpose()});
  }
  run.out().Print(table, "No bodies.");
  run.out().Document(all);
  return absl::OkStatus();
}

absl::Status ShowBody(Invocation& run, const std::string& text) {
  GetBodyRequest request;
  request.set_name(Qualified("bodies", text));
  ASSIGN_OR_RETURN(const Body body, run.Ask(&Bodies::GetBody, request));
  run.out().Print(BodyFacts(body));
  run.out().Document(body);
  return absl::OkStatus();
}

void AddBody(CommandSet& commands) {
  CLI::App& body = commands.Group("body", "The board and the committees");
  const auto flags = std::make_shared<BodyFlags>();
  CLI::App& create = commands.Mutation(body, "create", "Create a body with its seats, all vacant (staff)",
                                       "plenary body create board --display-name \"Board of Directors\" "
                                       "--kind board --purpose \"Leads the society.\" "
                                       "--seats 5",
                                       [flags](Invocation& run) { return CreateBody(run, *flags); });
  create.add_option("ID,--id", flags->id, "Id, of [a-z0-9-]")->required();
  create.add_option("--display-name,--name", flags->display_name, "What people call it")->required();
  AddWord<Body::Kind>(create, "--kind", flags->kind, "Kind of body")->required();
  create.add_option("--purpose", flags->purpose, "Why it exists")->required();
  create.add_option("--seats,--seat-count", flags->seats, "Seats, 1 to 99")->required();
  commands.List(body, "list", "All bodies", "plenary body list", ListBodies);
  CLI::App& show = commands.Command(body, "show", "One body", "plenary body show board",
                                    [flags](Invocation& run) { return ShowBody(run, flags->id); });
  show.add_option("BODY", flags->id, "Id of the body")->required();
}

// "board/3"
std::string ShortSeat(const std::string& seat) {
  const std::size_t seats = seat.find("/seats/");
  if (seats == std::string::npos) return seat;
  return LastSegment(seat.substr(0, seats)) + "/" + LastSegment(seat);
}

absl::Status ListSeats(Invocation& run, const std::string& body) {
  ListSeatsRequest request;
  request.set_body(Qualified("bodies", body));
  ASSIGN_OR_RETURN(const auto all, run.Ask(&Bodies::ListSeats, request));
  Table table({"SEAT", "HOLDER", "OFFICE", "ORIGIN", "FROM", "UNTIL", "PERSON"});
  for (const Seat& seat : all.seats()) {
    const Holding& holding = seat.holding();
    table.Row({ShortSeat(seat.name()), seat.has_holding() ? holding.full_name() : "vacant",
               Word(holding.office()), Word(holding.origin()), holding.start_date(), holding.end_date(),
               LastSegment(holding.person())});
  }
  run.out().Print(table, "No seats.");
  run.out().Document(all);
  return absl::OkStatus();
}

struct FounderFlags {
  std::string seat;
  std::string person;
  std::string office;
  std::string from;
  std::string until;
};

absl::Status SeatFounder(Invocation& run, const FounderFlags& flags) {
  SeatFounderRequest request;
  ASSIGN_OR_RETURN(*request.mutable_seat(), SeatName(flags.seat));
  ASSIGN_OR_RETURN(*request.mutable_person(), PersonName(run, flags.person));
  request.set_office(ValueOf<Holding::Office>(flags.office));
  request.set_start_date(flags.from);
  request.set_end_date(flags.until);
  request.set_request_id(run.RequestId());
  ASSIGN_OR_RETURN(const Seat seat, run.Ask(&Bodies::SeatFounder, request));
  run.out().Line(fmt::format("{} holds {} until {}.", seat.holding().full_name(), ShortSeat(seat.name()),
                             seat.holding().end_date()));
  run.out().Document(seat);
  return absl::OkStatus();
}

void AddSeat(CommandSet& commands) {
  CLI::App& seat = commands.Group("seat", "Seats of a body and who holds them");
  const auto body = std::make_shared<std::string>();
  CLI::App& list = commands.Command(seat, "list", "All seats of a body", "plenary seat list board",
                                    [body](Invocation& run) { return ListSeats(run, *body); });
  list.add_option("BODY", *body, "Id of the body")->required();
  const auto flags = std::make_shared<FounderFlags>();
  CLI::App& founder = commands.Mutation(
      seat, "founder", "Seat a founding member (staff)",
      "plenary seat founder board/1 amelie.beispiel@beacon-demo-support-inc.example --office chair "
      "--from 2021-10-01 --until 2023-10-01",
      [flags](Invocation& run) { return SeatFounder(run, *flags); });
  founder.add_option("SEAT", flags->seat, "BODY/NUMBER")->required();
  founder.add_option("PERSON", flags->person, "E-mail address or people/ID")->required();
  AddWord<Holding::Office>(founder, "--office", flags->office, "Office held with the seat");
  founder.add_option("--from", flags->from, "First day, YYYY-MM-DD")->required();
  founder.add_option("--until", flags->until, "First day no longer covered, YYYY-MM-DD")->required();
}

absl::Status ListHoldings(Invocation& run, const std::string& body, const std::string& person) {
  ListHoldingsRequest request;
  if (!body.empty()) request.set_body(Qualified("bodies", body));
  if (!person.empty()) {
    ASSIGN_OR_RETURN(*request.mutable_person(), PersonName(run, person));
  }
  ASSIGN_OR_RETURN(const auto all, run.AskAll(&Bodies::ListHoldings, request));
  Table table({"SEAT", "HOLDER", "OFFICE", "ORIGIN", "FROM", "UNTIL", "STATE", "ELECTION"});
  for (const Holding& holding : all.holdings()) {
    table.Row({ShortSeat(holding.seat()), holding.full_name(), Word(holding.office()), Word(holding.origin()),
               holding.start_date(), holding.end_date(), holding.ended() ? "ended" : "holds",
               LastSegment(holding.election())});
  }
  run.out().Print(table, "No holdings.");
  run.out().Document(all);
  return absl::OkStatus();
}

}  // namespace

void AddBodyCommands(CommandSet& commands) {
  AddBody(commands);
  AddSeat(commands);
  const auto body = std::make_shared<std::string>();
  const auto person = std::make_shared<std::string>();
  CLI::App& holdings =
      commands.List(commands.root(), "holdings", "Who held which seat from when to when, newest first",
                    "plenary holdings --body board",
                    [body, person](Invocation& run) { return ListHoldings(run, *body, *person); });
  holdings.add_option("--body", *body, "Only this body");
  holdings.add_option("--person", *person, "Only this person (e-mail address, people/ID, `me`)");
}

}  // namespace plenary::cli
