#include "services/membership/team_service.h"

#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "common/status/macros.h"
#include "common/time/date.h"
#include "fmt/format.h"
#include "services/membership/errors.h"
#include "services/membership/errors_teams.h"
#include "services/membership/limits.h"
#include "services/membership/limits_teams.h"
#include "services/membership/names.h"
#include "services/membership/roll_names.h"
#include "services/membership/seat_alignment.h"
#include "services/membership/store/facts.h"
#include "services/membership/team_access.h"
#include "services/membership/team_names.h"

namespace plenary::membership {
namespace {

constexpr char kAssignSeat[] = "plenary.membership.v1.TeamService.AssignSeat";
constexpr char kFreeSeat[] = "plenary.membership.v1.TeamService.FreeSeat";
constexpr char kSwapSeat[] = "plenary.membership.v1.TeamService.SwapSeat";

// What a seat gives unless something else is asked for.
constexpr char kSeatCategory[] = "categories/associate";
constexpr std::int64_t kAllSeats = std::numeric_limits<int>::max();

std::string SeatName(std::string_view company, int number) {
  return fmt::format("{}/{}/{}", ResourceName(kCompanies, company), kSeats, number);
}

v1::Seat Show(const store::HeldSeat& seat) {
  v1::Seat shown;
  shown.set_name(SeatName(seat.company, seat.number));
  shown.set_person(ResourceName(kPeople, seat.holder));
  shown.set_full_name(seat.full_name);
  shown.set_category(ResourceName(kCategories, seat.category));
  shown.set_held_since(FormatDate(seat.held_since));
  if (seat.covered_until.has_value()) shown.set_covered_until(FormatDate(*seat.covered_until));
  return shown;
}

v1::SeatMove Show(const store::SeatMove& move) {
  v1::SeatMove shown;
  v1::SeatMove::Kind kind = v1::SeatMove::KIND_UNSPECIFIED;
  v1::SeatMove::Kind_Parse("KIND_" + move.kind, &kind);
  shown.set_kind(kind);
  shown.set_seat(SeatName(move.company, move.number));
  shown.set_person_out(NameOrEmpty(kPeople, move.person_out));
  shown.set_person_in(NameOrEmpty(kPeople, move.person_in));
  shown.set_date(FormatDate(move.on));
  shown.set_source(move.source);
  return shown;
}

// Whether the seat still gives something on the day.
bool IsInForce(const store::HeldSeat& seat, absl::CivilDay day) {
  return !seat.covered_until.has_value() || *seat.covered_until > day;
}

// The id of the category that a seat is to give.
absl::StatusOr<std::string> ReadSeatCategory(db::Session& session, const rpc::Call& call,
                                             const std::string& asked) {
  const std::string name = asked.empty() ? kSeatCategory : asked;
  ASSIGN_OR_RETURN(const rules::Categories categories, store::LoadCategories(session, DateOf(call.now())));
  const auto category = categories.find(ResourceId(kCategories, name).value_or(""));
  if (category == categories.end()) return errors::CategoryNotFound(name);
  const v1::Rights& rights = category->second.rights();
  const bool more = rights.can_vote() || rights.can_hold_office() || rights.can_vote_in_committee();
  if (more && !call.principal().HasRole("staff")) return errors::CategoryNeedsOffice(name);
  return category->first;
}

// The lowest seat that nobody is on, and until when it lasts.
absl::StatusOr<store::HeldSeat> FindFreeSeat(db::Session& session, const std::string& company,
                                             absl::CivilDay today) {
  ASSIGN_OR_RETURN(const auto held, store::SeatsOfCompany(session, company, 0, kAllSeats));
  ASSIGN_OR_RETURN(const auto grants, LoadSeatGrants(session, company, today));
  std::vector<int> taken;
  for (const store::HeldSeat& seat : held) taken.push_back(seat.number);
  const int seats = rules::SeatsOn(grants, today);
  const auto number = rules::LowestFree(taken, seats);
  if (!number.has_value()) return errors::NoFreeSeat(ResourceName(kCompanies, company), seats);
  return store::HeldSeat{.company = company,
                         .number = *number,
                         .held_since = today,
                         .covered_until = rules::UsableUntil(grants, *number, today)};
}

}  // namespace

absl::StatusOr<v1::Seat> TeamService::AssignSeat(rpc::Call& call, const v1::AssignSeatRequest& request) {
  return MutateForCompany<v1::Seat>(pool_, call, kAssignSeat, request, request.company(),
                                    [&](db::Transaction& transaction, const std::string& company) {
                                      return Assign(transaction, call, request, company);
                                    });
}

absl::StatusOr<v1::Seat> TeamService::Assign(db::Transaction& transaction, const rpc::Call& call,
                                             const v1::AssignSeatRequest& request,
                                             const std::string& company) {
  const absl::CivilDay today = DateOf(call.now());
  RETURN_IF_ERROR(ContinueSeats(transaction, company, today));
  ASSIGN_OR_RETURN(const store::RegisterPerson sitter,
                   ReadySitter(transaction, call, request.person(), company));
  ASSIGN_OR_RETURN(const std::string category, ReadSeatCategory(transaction, call, request.category()));
  ASSIGN_OR_RETURN(store::HeldSeat seat, FindFreeSeat(transaction, company, today));
  seat.holder = sitter.id;
  seat.full_name = sitter.full_name;
  seat.category = category;
  ASSIGN_OR_RETURN(const store::SeatOutcome outcome, store::TakeSeat(transaction, seat));
  if (outcome == store::SeatOutcome::kPersonSeated) return errors::SeatHeld(request.person());
  if (outcome == store::SeatOutcome::kNumberTaken) return errors::RegisterChanged();
  ASSIGN_OR_RETURN(const bool begun, store::BeginSeatPeriod(transaction, seat, today, seat.covered_until));
  if (!begun) return errors::SeatTakenTooOften(request.person());
  RETURN_IF_ERROR(store::RecordMove(transaction, {.company = company,
                                                  .number = seat.number,
                                                  .kind = "ASSIGNED",
                                                  .person_in = seat.holder,
                                                  .on = today,
                                                  .source = call.principal().Actor()}));
  RETURN_IF_ERROR(
      RecordAct(transaction, call, kAssignSeat, SeatName(company, seat.number), request.person()));
  return Show(seat);
}

absl::StatusOr<store::RegisterPerson> TeamService::ReadySitter(db::Transaction& transaction,
                                                               const rpc::Call& call,
                                                               const std::string& person,
                                                               const std::string& company) {
  ASSIGN_OR_RETURN(const auto sitter,
                   store::LockPerson(transaction, ResourceId(kPeople, person).value_or("")));
  if (!sitter.has_value() || sitter->company != company) {
    return errors::NotEmployee(ResourceName(kCompanies, company));
  }
  ASSIGN_OR_RETURN(const auto seat, store::LockSeatOf(transaction, sitter->id));
  if (!seat.has_value()) return *sitter;
  if (seat->company == company && IsInForce(*seat, DateOf(call.now()))) return errors::SeatHeld(person);
  RETURN_IF_ERROR(EndToday(transaction, call, *seat));
  RETURN_IF_ERROR(store::LeaveSeat(transaction, *seat).status());
  RETURN_IF_ERROR(store::RecordMove(transaction, {.company = seat->company,
                                                  .number = seat->number,
                                                  .kind = "FREED",
                                                  .person_out = seat->holder,
                                                  .on = DateOf(call.now()),
                                                  .source = call.principal().Actor()}));
  return *sitter;
}

absl::Status TeamService::EndToday(db::Transaction& transaction, const rpc::Call& call,
                                   const store::HeldSeat& seat) {
  return store::EndSeatPeriods(transaction, ids_, seat, DateOf(call.now()), call.now());
}

absl::StatusOr<v1::FreeSeatResponse> TeamService::FreeSeat(rpc::Call& call,
                                                           const v1::FreeSeatRequest& request) {
  return MutateForCompany<v1::FreeSeatResponse>(
      pool_, call, kFreeSeat, request, request.company(),
      [&](db::Transaction& transaction, const std::string& company) -> absl::StatusOr<v1::FreeSeatResponse> {
        ASSIGN_OR_RETURN(const auto seat,
                         store::LockSeatOf(transaction, ResourceId(kPeople, request.person()).value_or("")));
        if (!seat.has_value() || seat->company != company) return errors::SeatNotFound(request.person());
        RETURN_IF_ERROR(EndToday(transaction, call, *seat));
        RETURN_IF_ERROR(store::LeaveSeat(transaction, *seat).status());
        RETURN_IF_ERROR(store::RecordMove(transaction, {.company = company,
                                                        .number = seat->number,
                                                        .kind = "FREED",
                                                        .person_out = seat->holder,
                                                        .on = DateOf(call.now()),
                                                        .source = call.principal().Actor()}));
        RETURN_IF_ERROR(
            RecordAct(transaction, call, kFreeSeat, SeatName(company, seat->number), request.person()));
        v1::FreeSeatResponse response;
        *response.mutable_freed() = Show(*seat);
        return response;
      });
}

absl::StatusOr<v1::Seat> TeamService::SwapSeat(rpc::Call& call, const v1::SwapSeatRequest& request) {
  return MutateForCompany<v1::Seat>(pool_, call, kSwapSeat, request, request.company(),
                                    [&](db::Transaction& transaction, const std::string& company) {
                                      return Swap(transaction, call, request, company);
                                    });
}

absl::StatusOr<v1::Seat> TeamService::Swap(db::Transaction& transaction, const rpc::Call& call,
                                           const v1::SwapSeatRequest& request, const std::string& company) {
  const absl::CivilDay today = DateOf(call.now());
  RETURN_IF_ERROR(ContinueSeats(transaction, company, today));
  ASSIGN_OR_RETURN(const store::RegisterPerson sitter,
                   ReadySitter(transaction, call, request.person_in(), company));
  ASSIGN_OR_RETURN(const auto left,
                   store::LockSeatOf(transaction, ResourceId(kPeople, request.person_out()).value_or("")));
  if (!left.has_value() || left->company != company || !IsInForce(*left, today)) {
    return errors::SeatNotFound(request.person_out());
  }
  RETURN_IF_ERROR(ReadSeatCategory(transaction, call, ResourceName(kCategories, left->category)).status());
  store::HeldSeat seat = *left;
  seat.holder = sitter.id;
  seat.full_name = sitter.full_name;
  seat.held_since = today;
  RETURN_IF_ERROR(EndToday(transaction, call, *left));
  ASSIGN_OR_RETURN(const store::SeatOutcome outcome, store::HandOver(transaction, left->holder, seat));
  if (outcome != store::SeatOutcome::kTaken) return errors::SeatHeld(request.person_in());
  ASSIGN_OR_RETURN(const bool begun, store::BeginSeatPeriod(transaction, seat, today, seat.covered_until));
  if (!begun) return errors::SeatTakenTooOften(request.person_in());
  RETURN_IF_ERROR(store::RecordMove(transaction, {.company = company,
                                                  .number = seat.number,
                                                  .kind = "SWAPPED",
                                                  .person_out = left->holder,
                                                  .person_in = seat.holder,
                                                  .on = today,
                                                  .source = call.principal().Actor()}));
  RETURN_IF_ERROR(RecordAct(transaction, call, kSwapSeat, SeatName(company, seat.number),
                            fmt::format("{} for {}", request.person_in(), request.person_out())));
  return Show(seat);
}

absl::StatusOr<v1::ListSeatsResponse> TeamService::ListSeats(rpc::Call& call,
                                                             const v1::ListSeatsRequest& request) {
  RETURN_IF_ERROR(AllowReading(pool_, call, request.company()));
  ASSIGN_OR_RETURN(const rpc::Page page, rpc::ReadPage(request.page_size(), request.page_token(),
                                                       {limits::kDefaultPage, limits::kLargestPage}));
  ASSIGN_OR_RETURN(const std::uint64_t after, ReadSequence(page));
  const std::string company = ResourceId(kCompanies, request.company()).value_or("");
  const absl::CivilDay today = DateOf(call.now());
  return db::Transact(
      pool_, call.deadline(), [&](db::Transaction& transaction) -> absl::StatusOr<v1::ListSeatsResponse> {
        ASSIGN_OR_RETURN(const auto all, store::SeatsOfCompany(transaction, company, 0, kAllSeats));
        ASSIGN_OR_RETURN(const auto grants, LoadSeatGrants(transaction, company, today));
        v1::ListSeatsResponse response;
        response.set_seat_count(rules::SeatsOn(grants, today));
        std::vector<store::HeldSeat> rows;
        for (const store::HeldSeat& seat : all) {
          if (IsInForce(seat, today)) response.set_taken_count(response.taken_count() + 1);
          if (static_cast<std::uint64_t>(seat.number) > after) rows.push_back(seat);
        }
        if (CutToPage(rows, page)) {
          response.set_next_page_token(rpc::PageToken(std::to_string(rows.back().number)));
        }
        for (const store::HeldSeat& seat : rows) *response.add_seats() = Show(seat);
        return response;
      });
}

absl::StatusOr<v1::ListSeatMovesResponse> TeamService::ListSeatMoves(
    rpc::Call& call, const v1::ListSeatMovesRequest& request) {
  RETURN_IF_ERROR(AllowReading(pool_, call, request.company()));
  ASSIGN_OR_RETURN(const rpc::Page page, rpc::ReadPage(request.page_size(), request.page_token(),
                                                       {limits::kDefaultPage, limits::kLargestPage}));
  ASSIGN_OR_RETURN(const std::uint64_t last, ReadSequence(page));
  const std::uint64_t before = page.after.empty() ? std::numeric_limits<std::uint64_t>::max() : last;
  return db::Autocommit(
      pool_, call.deadline(), [&](db::Session& session) -> absl::StatusOr<v1::ListSeatMovesResponse> {
        ASSIGN_OR_RETURN(auto rows,
                         store::ListSeatMoves(session, ResourceId(kCompanies, request.company()).value_or(""),
                                              before, page.size + 1));
        v1::ListSeatMovesResponse response;
        if (CutToPage(rows, page)) {
          response.set_next_page_token(rpc::PageToken(std::to_string(rows.back().sequence)));
        }
        for (const store::SeatMove& row : rows) *response.add_moves() = Show(row);
        return response;
      });
}

}  // namespace plenary::membership
