#include "services/committee/body_service.h"

#include <fmt/format.h>

#include <map>

#include "common/crypto/bytes.h"
#include "common/db/transact.h"
#include "common/mutation/mutate.h"
#include "common/rpc/page.h"
#include "common/status/macros.h"
#include "common/time/date.h"
#include "services/committee/errors.h"
#include "services/committee/limits.h"
#include "services/committee/request_checks.h"
#include "services/committee/rules/seating.h"

namespace plenary::committee {
namespace {

constexpr char kCreateBody[] = "plenary.committee.v1.BodyService.CreateBody";
constexpr char kSeatFounder[] = "plenary.committee.v1.BodyService.SeatFounder";
constexpr char kSeatWinners[] = "plenary.committee.v1.BodyService.SeatWinners";

// A date has a fixed width, so the key of a page is the date and the id side by side.
constexpr std::size_t kDateWidth = 10;

std::optional<BodyStore::HoldingKey> ReadHoldingKey(const std::string& after) {
  if (after.size() <= kDateWidth) return std::nullopt;
  return BodyStore::HoldingKey{after.substr(0, kDateWidth), after.substr(kDateWidth)};
}

// The error of the key that refused a holding.
absl::Status HoldingRefused(const v1::Holding& holding, const db::InsertOutcome& outcome) {
  if (outcome.duplicate(kOnePositionAPerson)) return errors::PersonHoldsSeat(holding.full_name());
  if (outcome.duplicate(kOneChairABody))
    return errors::ChairHeld(BodyName(ParseSeatName(holding.seat())->body));
  return errors::SeatHeld(holding.seat());
}

v1::Holding FoundersHolding(const v1::SeatFounderRequest& request, const std::string& full_name) {
  v1::Holding holding;
  holding.set_person(request.person());
  holding.set_full_name(full_name);
  holding.set_origin(v1::Holding::ORIGIN_FOUNDING);
  holding.set_office(request.office());
  holding.set_start_date(request.start_date());
  holding.set_end_date(request.end_date());
  holding.set_seat(request.seat());
  return holding;
}

v1::Holding WinnersHolding(const v1::SeatWinnersRequest& request, const rules::Placement& placement) {
  const auto& body = request.bodies(static_cast<int>(placement.body));
  const auto& winner = body.winners(static_cast<int>(placement.winner));
  v1::Holding holding;
  holding.set_person(winner.person());
  holding.set_full_name(winner.full_name());
  holding.set_origin(v1::Holding::ORIGIN_ELECTED);
  holding.set_start_date(request.seats_on());
  holding.set_end_date(FormatDate(placement.end_date));
  holding.set_election(request.election());
  holding.set_seat(SeatName(*ResourceId("bodies", body.body()), placement.seat));
  return holding;
}

rules::ElectedSeats ReadElectedSeats(const v1::SeatWinnersRequest::BodyWinners& body, int seat_count) {
  rules::ElectedSeats elected{
      .body = body.body(), .seat_count = seat_count, .open_seats = body.open_seats(), .winners = {}};
  for (const auto& winner : body.winners()) {
    elected.winners.push_back({winner.person(), winner.full_name(), winner.term_years()});
  }
  return elected;
}

}  // namespace

absl::StatusOr<v1::Body> BodyService::CreateBody(rpc::Call& call, const v1::CreateBodyRequest& request) {
  RETURN_IF_ERROR(CheckBody(request.body()));
  v1::Body body = request.body();
  body.clear_filled_seats();
  return Mutate<v1::Body>(
      pool_, call, kCreateBody, request, [&](db::Transaction& tx) -> absl::StatusOr<v1::Body> {
        ASSIGN_OR_RETURN(const db::InsertOutcome outcome, store_.InsertBody(tx, body));
        if (outcome.duplicate()) return errors::BodyExists(body.name());
        RETURN_IF_ERROR(
            RecordAct(tx, call, kCreateBody, body.name(), fmt::format("{} seats", body.seat_count())));
        return body;
      });
}

absl::StatusOr<v1::Body> BodyService::GetBody(rpc::Call& call, const v1::GetBodyRequest& request) {
  const auto id = ResourceId("bodies", request.name());
  if (!id) return errors::BodyNotFound(request.name());
  ASSIGN_OR_RETURN(const auto body, db::Autocommit(pool_, call.deadline(), [&](db::Session& session) {
                     return store_.FindBody(session, *id, DateOf(call.now()));
                   }));
  if (!body) return errors::BodyNotFound(request.name());
  return *body;
}

absl::StatusOr<v1::ListBodiesResponse> BodyService::ListBodies(rpc::Call& call,
                                                               const v1::ListBodiesRequest& request) {
  ASSIGN_OR_RETURN(const rpc::Page page,
                   rpc::ReadPage(request.page_size(), request.page_token(), limits::kPage));
  ASSIGN_OR_RETURN(const auto bodies, db::Autocommit(pool_, call.deadline(), [&](db::Session& session) {
                     return store_.ListBodies(session, page.after, page.size + 1, DateOf(call.now()));
                   }));
  v1::ListBodiesResponse response;
  for (const v1::Body& body : bodies) {
    if (response.bodies_size() == page.size) {
      response.set_next_page_token(rpc::PageToken(*ResourceId("bodies", response.bodies().rbegin()->name())));
      break;
    }
    *response.add_bodies() = body;
  }
  return response;
}

// Gives a seat; the caller holds the body's lock.
absl::Status BodyService::Seat(db::Transaction& tx, const v1::Holding& holding) {
  ASSIGN_OR_RETURN(const db::InsertOutcome outcome,
                   store_.InsertHolding(tx, ids_.NextText(), *ParseSeatName(holding.seat()), holding));
  return outcome.duplicate() ? HoldingRefused(holding, outcome) : absl::OkStatus();
}

absl::StatusOr<v1::Seat> BodyService::SeatFounder(rpc::Call& call, const v1::SeatFounderRequest& request) {
  RETURN_IF_ERROR(CheckFounder(request, DateOf(call.now())));
  const SeatId seat_id = *ParseSeatName(request.seat());
  // Asked before the transaction, answered for inside it: a repeated request gets its first answer whatever
  // membership says by now.
  const absl::StatusOr<std::string> full_name =
      membership_.NameOfEligiblePerson(request.person(), call.deadline());
  return Mutate<v1::Seat>(
      pool_, call, kSeatFounder, request, [&](db::Transaction& tx) -> absl::StatusOr<v1::Seat> {
        RETURN_IF_ERROR(full_name.status());
        ASSIGN_OR_RETURN(const auto seat_count, store_.LockBody(tx, seat_id.body));
        if (!seat_count) return errors::BodyNotFound(BodyName(seat_id.body));
        if (seat_id.number > *seat_count) return errors::SeatNotFound(request.seat());
        v1::Seat seat;
        seat.set_name(request.seat());
        *seat.mutable_holding() = FoundersHolding(request, *full_name);
        RETURN_IF_ERROR(Seat(tx, seat.holding()));
        RETURN_IF_ERROR(RecordAct(tx, call, kSeatFounder, request.seat(),
                                  fmt::format("{} until {}", request.person(), request.end_date())));
        return seat;
      });
}

absl::StatusOr<v1::ListSeatsResponse> BodyService::ListSeats(rpc::Call& call,
                                                             const v1::ListSeatsRequest& request) {
  const auto body = ResourceId("bodies", request.body());
  if (!body) return errors::BodyNotFound(request.body());
  ASSIGN_OR_RETURN(const auto seats, db::Autocommit(pool_, call.deadline(), [&](db::Session& session) {
                     return store_.ListSeats(session, *body, DateOf(call.now()));
                   }));
  if (seats.empty()) return errors::BodyNotFound(request.body());  // every body has a seat
  v1::ListSeatsResponse response;
  for (const v1::Seat& seat : seats) *response.add_seats() = seat;
  return response;
}

absl::StatusOr<v1::ListHoldingsResponse> BodyService::ListHoldings(rpc::Call& call,
                                                                   const v1::ListHoldingsRequest& request) {
  FieldChecks checks;
  const auto body = ResourceId("bodies", request.body());
  const auto person = ResourceId("people", request.person());
  checks.Require(body || request.body().empty(), "body", "Give a body as bodies/{body}, or none.");
  checks.Require(person || request.person().empty(), "person", "Give a person as people/{person}, or none.");
  RETURN_IF_ERROR(errors::Fields(checks));
  ASSIGN_OR_RETURN(const rpc::Page page,
                   rpc::ReadPage(request.page_size(), request.page_token(), limits::kPage));
  ASSIGN_OR_RETURN(const auto listed, db::Autocommit(pool_, call.deadline(), [&](db::Session& session) {
                     return store_.ListHoldings(session, {body.value_or(""), person.value_or("")},
                                                ReadHoldingKey(page.after), page.size + 1,
                                                DateOf(call.now()));
                   }));
  v1::ListHoldingsResponse response;
  for (std::size_t i = 0; i < listed.size(); ++i) {
    if (response.holdings_size() == page.size) {
      response.set_next_page_token(rpc::PageToken(listed[i - 1].key.start_date + listed[i - 1].key.id));
      break;
    }
    *response.add_holdings() = listed[i].holding;
  }
  return response;
}

// The answer to an election that was seated before.
absl::StatusOr<v1::SeatWinnersResponse> BodyService::FirstSeating(db::Transaction& tx,
                                                                  const std::string& election,
                                                                  const std::string& request_hash) {
  ASSIGN_OR_RETURN(const Seating first, store_.LoadSeating(tx, *ResourceId("elections", election)));
  if (first.request_hash != request_hash) return errors::ElectionAlreadySeated(election);
  v1::SeatWinnersResponse response;
  if (!response.ParseFromString(first.response))
    return absl::InternalError("a stored seating does not parse");
  return response;
}

// Locks the bodies of an election, by id ascending; their parts of it in the order of the request.
absl::StatusOr<std::vector<rules::ElectedSeats>> BodyService::LockElectedBodies(
    db::Transaction& tx, const v1::SeatWinnersRequest& request) {
  std::map<std::string, int> seat_counts;
  for (const auto& body : request.bodies()) seat_counts[body.body()] = 0;
  for (auto& [body, seat_count] : seat_counts) {
    ASSIGN_OR_RETURN(const auto locked, store_.LockBody(tx, *ResourceId("bodies", body)));
    if (!locked) return errors::BodyNotFound(body);
    seat_count = *locked;
  }
  std::vector<rules::ElectedSeats> elected;
  for (const auto& body : request.bodies())
    elected.push_back(ReadElectedSeats(body, seat_counts[body.body()]));
  return elected;
}

// Ends what ends and seats who won, in one go.
absl::StatusOr<v1::SeatWinnersResponse> BodyService::HandOver(db::Transaction& tx,
                                                              const v1::SeatWinnersRequest& request) {
  ASSIGN_OR_RETURN(const auto elected, LockElectedBodies(tx, request));
  ASSIGN_OR_RETURN(const auto open, store_.OpenHoldings(tx));
  ASSIGN_OR_RETURN(const rules::SeatingPlan plan,
                   rules::PlanSeating(elected, open, *ParseDate(request.seats_on())));
  for (const std::string& holding : plan.ending) RETURN_IF_ERROR(store_.EndHolding(tx, holding));
  v1::SeatWinnersResponse response;
  for (const rules::Placement& placement : plan.placements) {
    v1::Holding& holding = *response.add_holdings();
    holding = WinnersHolding(request, placement);
    RETURN_IF_ERROR(Seat(tx, holding));
  }
  return response;
}

absl::StatusOr<v1::SeatWinnersResponse> BodyService::SeatWinners(rpc::Call& call,
                                                                 const v1::SeatWinnersRequest& request) {
  RETURN_IF_ERROR(CheckWinners(request));
  if (*ParseDate(request.seats_on()) > DateOf(call.now())) return errors::SeatsNotDue(request.seats_on());
  const std::string election = *ResourceId("elections", request.election());
  v1::SeatWinnersRequest content = request;
  content.clear_request_id();
  const std::string hash = crypto::Sha256(content.SerializeAsString());
  return Mutate<v1::SeatWinnersResponse>(
      pool_, call, kSeatWinners, request,
      [&](db::Transaction& tx) -> absl::StatusOr<v1::SeatWinnersResponse> {
        ASSIGN_OR_RETURN(const db::InsertOutcome claim, store_.InsertSeating(tx, election, hash, call.now()));
        if (claim.duplicate()) return FirstSeating(tx, request.election(), hash);
        ASSIGN_OR_RETURN(const v1::SeatWinnersResponse response, HandOver(tx, request));
        RETURN_IF_ERROR(store_.SaveSeatingResponse(tx, election, response.SerializeAsString()));
        RETURN_IF_ERROR(
            RecordAct(tx, call, kSeatWinners, request.election(),
                      fmt::format("{} seated on {}", response.holdings_size(), request.seats_on())));
        return response;
      });
}

}  // namespace plenary::committee
