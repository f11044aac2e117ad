// The methods of TeamService that change how many seats a company has.
#include <algorithm>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/db/transact.h"
#include "common/status/field_checks.h"
#include "common/status/macros.h"
#include "common/time/date.h"
#include "common/time/proto_time.h"
#include "fmt/format.h"
#include "services/membership/errors.h"
#include "services/membership/errors_teams.h"
#include "services/membership/limits.h"
#include "services/membership/limits_teams.h"
#include "services/membership/names.h"
#include "services/membership/roll_names.h"
#include "services/membership/seat_alignment.h"
#include "services/membership/store/seat_purchases.h"
#include "services/membership/team_access.h"
#include "services/membership/team_names.h"
#include "services/membership/team_service.h"

namespace plenary::membership {
namespace {

constexpr char kBuySeats[] = "plenary.membership.v1.TeamService.BuySeats";
constexpr char kReduceSeats[] = "plenary.membership.v1.TeamService.ReduceSeats";

constexpr std::int64_t kAllSeats = std::numeric_limits<int>::max();

// The days of a purchase.
absl::StatusOr<rules::SeatGrant> ReadGrant(const v1::BuySeatsRequest& request, absl::CivilDay today) {
  const auto start = request.start_date().empty() ? today : ParseDate(request.start_date());
  if (!start.has_value()) return errors::DateInvalid("start_date", request.start_date());
  std::optional<absl::CivilDay> end;
  if (!request.end_date().empty()) {
    end = ParseDate(request.end_date());
    if (!end.has_value()) return errors::DateInvalid("end_date", request.end_date());
  }
  FieldChecks checks;
  checks.Require(request.seats() >= 1 && request.seats() <= limits::kMostSeats, "seats",
                 "Buy 1 to 1,000 seats.");
  checks.Require(*start >= today, "start_date", "Give today or a day to come.");
  checks.Require(!end.has_value() || *end > *start, "end_date", "Give a day after the first one.");
  checks.Text("note", request.note(), 0, limits::kLongestSeatNote);
  RETURN_IF_ERROR(checks.Result(errors::kDomain));
  return rules::SeatGrant{.seats = request.seats(), .start = *start, .end = end};
}

// The names of those on seats, as far as a person reads them.
std::string NamesOf(const std::vector<store::HeldSeat>& seats) {
  std::string names;
  for (std::size_t i = 0; i < seats.size() && i < limits::kMostNamesTold; ++i) {
    names += (i == 0 ? "" : ", ") + seats[i].full_name;
  }
  return seats.size() > limits::kMostNamesTold
             ? fmt::format("{} and {} more", names, seats.size() - limits::kMostNamesTold)
             : names;
}

// Gives people on seats beyond `seats` the lowest numbers that are free below.
absl::Status MoveDown(db::Transaction& transaction, const rpc::Call& call, const std::string& company,
                      int seats, const std::vector<store::HeldSeat>& in_force) {
  ASSIGN_OR_RETURN(const auto all, store::SeatsOfCompany(transaction, company, 0, kAllSeats));
  std::vector<int> taken;
  for (const store::HeldSeat& seat : all) taken.push_back(seat.number);
  for (const store::HeldSeat& seat : in_force) {
    if (seat.number <= seats) continue;
    const auto number = rules::LowestFree(taken, seats);
    if (!number.has_value())
      continue;  // below are people whose seats gave nothing any more: they keep theirs
    ASSIGN_OR_RETURN(const store::SeatOutcome outcome, store::Renumber(transaction, seat, *number));
    if (outcome != store::SeatOutcome::kTaken) return errors::RegisterChanged();
    taken.insert(std::lower_bound(taken.begin(), taken.end(), *number), *number);
    RETURN_IF_ERROR(store::RecordMove(transaction, {.company = company,
                                                    .number = *number,
                                                    .kind = "RENUMBERED",
                                                    .person_out = seat.holder,
                                                    .person_in = seat.holder,
                                                    .on = DateOf(call.now()),
                                                    .source = call.principal().Actor()}));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::SeatPurchase> TeamService::BuySeats(rpc::Call& call, const v1::BuySeatsRequest& request) {
  const absl::CivilDay today = DateOf(call.now());
  ASSIGN_OR_RETURN(const rules::SeatGrant grant, ReadGrant(request, today));
  return MutateForCompany<v1::SeatPurchase>(
      pool_, call, kBuySeats, request, request.company(),
      [&](db::Transaction& transaction, const std::string& company) -> absl::StatusOr<v1::SeatPurchase> {
        ASSIGN_OR_RETURN(std::vector<rules::SeatGrant> bought,
                         store::SeatGrantsOf(transaction, company, today));
        bought.push_back(grant);
        if (rules::MostSeats(bought) > limits::kMostSeats) return errors::SeatsTooMany();
        v1::SeatPurchase purchase;
        purchase.set_name(ResourceName(kSeatPurchases, ids_.NextText()));
        purchase.set_company(request.company());
        purchase.set_seats(grant.seats);
        purchase.set_start_date(FormatDate(grant.start));
        if (grant.end.has_value()) purchase.set_end_date(FormatDate(*grant.end));
        purchase.set_note(request.note());
        purchase.set_buyer(call.principal().Actor());
        *purchase.mutable_create_time() = ToTimestamp(call.now());
        RETURN_IF_ERROR(store::InsertSeatPurchase(transaction, purchase, call.now()));
        RETURN_IF_ERROR(ContinueSeats(transaction, company, today));
        RETURN_IF_ERROR(RecordAct(transaction, call, kBuySeats, purchase.name(),
                                  fmt::format("{}: {} seats", purchase.company(), purchase.seats())));
        return purchase;
      });
}

absl::StatusOr<v1::SeatPurchase> TeamService::ReduceSeats(rpc::Call& call,
                                                          const v1::ReduceSeatsRequest& request) {
  const std::string id = ResourceId(kSeatPurchases, request.purchase()).value_or("");
  ASSIGN_OR_RETURN(const auto bought, db::Autocommit(pool_, call.deadline(), [&](db::Session& session) {
                     return store::FindSeatPurchase(session, id);
                   }));
  if (!bought.has_value()) return errors::SeatPurchaseNotFound(request.purchase());
  return MutateForCompany<v1::SeatPurchase>(
      pool_, call, kReduceSeats, request, bought->company(),
      [&](db::Transaction& transaction, const std::string& company) -> absl::StatusOr<v1::SeatPurchase> {
        RETURN_IF_ERROR(Reduce(transaction, call, request, company));
        ASSIGN_OR_RETURN(const auto reduced, store::FindSeatPurchase(transaction, id));
        if (!reduced.has_value()) return absl::InternalError("a purchase of seats is gone");
        return *reduced;
      });
}

absl::Status TeamService::Reduce(db::Transaction& transaction, const rpc::Call& call,
                                 const v1::ReduceSeatsRequest& request, const std::string& company) {
  const std::string id = ResourceId(kSeatPurchases, request.purchase()).value_or("");
  const absl::CivilDay today = DateOf(call.now());
  ASSIGN_OR_RETURN(const auto purchase, store::FindSeatPurchase(transaction, id));
  if (!purchase.has_value()) return errors::SeatPurchaseNotFound(request.purchase());
  if (request.seats() < 0 || request.seats() >= purchase->seats()) {
    return errors::FieldInvalid(
        "seats",
        fmt::format("Leave 0 to {} seats of this purchase; for more, buy more.", purchase->seats() - 1));
  }
  RETURN_IF_ERROR(ContinueSeats(transaction, company, today));
  RETURN_IF_ERROR(store::SetPurchasedSeats(transaction, id, request.seats()));
  ASSIGN_OR_RETURN(const auto grants, LoadSeatGrants(transaction, company, today));
  const int left = rules::SeatsOn(grants, today);
  ASSIGN_OR_RETURN(std::vector<store::HeldSeat> in_force,
                   store::SeatsOfCompany(transaction, company, 0, kAllSeats));
  std::erase_if(in_force, [&](const store::HeldSeat& seat) {
    return seat.covered_until.has_value() && *seat.covered_until <= today;
  });
  const auto taken = static_cast<std::int64_t>(in_force.size());
  if (taken > left) return errors::SeatsInUse(taken, left, NamesOf(in_force));
  RETURN_IF_ERROR(MoveDown(transaction, call, company, left, in_force));
  RETURN_IF_ERROR(AlignSeats(transaction, ids_, company, today, call.now()));
  return RecordAct(transaction, call, kReduceSeats, request.purchase(),
                   fmt::format("{} seats, were {}", request.seats(), purchase->seats()));
}

absl::StatusOr<v1::ListSeatPurchasesResponse> TeamService::ListSeatPurchases(
    rpc::Call& call, const v1::ListSeatPurchasesRequest& request) {
  RETURN_IF_ERROR(AllowReading(pool_, call, request.company()));
  ASSIGN_OR_RETURN(const rpc::Page page, rpc::ReadPage(request.page_size(), request.page_token(),
                                                       {limits::kDefaultPage, limits::kLargestPage}));
  ASSIGN_OR_RETURN(const std::uint64_t last, ReadSequence(page));
  const std::uint64_t before = page.after.empty() ? std::numeric_limits<std::uint64_t>::max() : last;
  return db::Autocommit(
      pool_, call.deadline(), [&](db::Session& session) -> absl::StatusOr<v1::ListSeatPurchasesResponse> {
        ASSIGN_OR_RETURN(auto rows, store::ListSeatPurchases(
                                        session, ResourceId(kCompanies, request.company()).value_or(""),
                                        before, page.size + 1));
        v1::ListSeatPurchasesResponse response;
        if (CutToPage(rows, page)) {
          response.set_next_page_token(rpc::PageToken(std::to_string(rows.back().sequence)));
        }
        for (store::StoredPurchase& row : rows) *response.add_purchases() = std::move(row.purchase);
        return response;
      });
}

}  // namespace plenary::membership
