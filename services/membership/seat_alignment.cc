#include "services/membership/seat_alignment.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "common/status/macros.h"
#include "services/membership/store/facts.h"
#include "services/membership/store/periods.h"
#include "services/membership/store/seat_purchases.h"
#include "services/membership/store/seats.h"

namespace plenary::membership {
namespace {

using Until = std::optional<absl::CivilDay>;

constexpr std::int64_t kAllSeats = std::numeric_limits<int>::max();

bool Before(const Until& a, const Until& b) { return a.has_value() && (!b.has_value() || *a < *b); }

// A seat that lasts until `until`, which is later than what it gives.
absl::Status Continue(db::Transaction& transaction, const store::HeldSeat& seat, const Until& until,
                      absl::CivilDay day) {
  ASSIGN_OR_RETURN(const bool begun,
                   store::BeginSeatPeriod(transaction, seat, std::max(*seat.covered_until, day), until));
  // Whoever sat down and left for a week ahead gets the rest when the seats change again.
  return begun ? store::SetCovered(transaction, seat, until) : absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<rules::SeatGrant>> LoadSeatGrants(db::Session& session, std::string_view company,
                                                             absl::CivilDay day) {
  ASSIGN_OR_RETURN(const auto periods, store::PeriodsOf(session, company));
  ASSIGN_OR_RETURN(const auto acts, store::ActsOf(session, company));
  ASSIGN_OR_RETURN(const auto categories, store::LoadCategories(session, day));
  ASSIGN_OR_RETURN(std::vector<rules::SeatGrant> grants, store::SeatGrantsOf(session, company, day));
  const std::vector<rules::SeatGrant> included = rules::IncludedSeats(periods, acts, categories);
  grants.insert(grants.end(), included.begin(), included.end());
  return grants;
}

absl::Status ContinueSeats(db::Transaction& transaction, std::string_view company, absl::CivilDay day) {
  ASSIGN_OR_RETURN(const auto seats, store::SeatsOfCompany(transaction, company, 0, kAllSeats));
  if (seats.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto grants, LoadSeatGrants(transaction, company, day));
  for (const store::HeldSeat& seat : seats) {
    const Until until = rules::UsableUntil(grants, seat.number, day);
    if (Before(seat.covered_until, until) && until != day) {
      RETURN_IF_ERROR(Continue(transaction, seat, until, day));
    }
  }
  return absl::OkStatus();
}

absl::Status AlignSeats(db::Transaction& transaction, IdSource& ids, std::string_view company,
                        absl::CivilDay today, absl::Time now) {
  RETURN_IF_ERROR(ContinueSeats(transaction, company, today));
  ASSIGN_OR_RETURN(const auto seats, store::SeatsOfCompany(transaction, company, 0, kAllSeats));
  if (seats.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const auto grants, LoadSeatGrants(transaction, company, today));
  for (const store::HeldSeat& seat : seats) {
    const Until until = rules::UsableUntil(grants, seat.number, today);
    if (!Before(until, seat.covered_until)) continue;
    RETURN_IF_ERROR(store::EndSeatPeriods(transaction, ids, seat, *until, now));
    RETURN_IF_ERROR(store::SetCovered(transaction, seat, until));
  }
  return absl::OkStatus();
}

}  // namespace plenary::membership
