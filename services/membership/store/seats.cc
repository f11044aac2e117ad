#include "services/membership/store/seats.h"

#include <algorithm>
#include <utility>

#include "common/status/macros.h"
#include "services/membership/limits_teams.h"
#include "services/membership/names.h"
#include "services/membership/store/dates.h"
#include "services/membership/store/periods.h"
#include "services/membership/store/read_rows.h"

namespace plenary::membership::store {
namespace {

constexpr char kSeatsOfCompany[] =
    "SELECT s.company, s.number, s.holder, COALESCE(p.full_name, ''), s.category, s.held_since, "
    "s.covered_until"
    " FROM seats s LEFT JOIN people p ON p.id = s.holder WHERE s.company = ? AND s.number > ?"
    " ORDER BY s.number LIMIT ?";
constexpr char kLockSeatOf[] =
    "SELECT company, number, holder, '', category, held_since, covered_until FROM seats WHERE holder = ?"
    " FOR UPDATE";
constexpr char kTake[] =
    "INSERT INTO seats (company, number, holder, category, held_since, covered_until)"
    " VALUES (?, ?, ?, ?, ?, ?)";
constexpr char kHandOver[] =
    "UPDATE seats SET holder = ?, category = ?, held_since = ?, covered_until = ?"
    " WHERE company = ? AND number = ? AND holder = ?";
constexpr char kLeave[] = "DELETE FROM seats WHERE company = ? AND number = ? AND holder = ?";
constexpr char kRenumber[] = "UPDATE seats SET number = ? WHERE company = ? AND number = ? AND holder = ?";
constexpr char kSetCovered[] =
    "UPDATE seats SET covered_until = ? WHERE company = ? AND number = ? AND holder = ?";
constexpr char kInsertMove[] =
    "INSERT INTO seat_moves (company, number, kind, person_out, person_in, moved_on, source)"
    " VALUES (?, ?, ?, ?, ?, ?, ?)";
constexpr char kListMoves[] =
    "SELECT sequence, company, number, kind, COALESCE(person_out, ''), COALESCE(person_in, ''), moved_on, "
    "source"
    " FROM seat_moves WHERE company = ? AND sequence < ? ORDER BY sequence DESC LIMIT ?";

constexpr char kNumberKey[] = "PRIMARY";

HeldSeat SeatOf(const db::Row& row) {
  HeldSeat seat{.company = row.Text(0),
                .number = static_cast<int>(row.Int64(1)),
                .holder = row.Text(2),
                .full_name = row.Text(3),
                .category = row.Text(4),
                .held_since = StoredDate(row.Text(5))};
  if (const auto until = row.OptionalText(6)) seat.covered_until = StoredDate(*until);
  return seat;
}

db::Value OrNull(const std::string& id) { return id.empty() ? db::Value(db::Null()) : db::Value(id); }

SeatOutcome OutcomeOf(const db::InsertOutcome& outcome) {
  if (outcome.inserted()) return SeatOutcome::kTaken;
  return outcome.duplicate(kNumberKey) ? SeatOutcome::kNumberTaken : SeatOutcome::kPersonSeated;
}

// What a period says of where it comes from.
std::string SourceOf(const HeldSeat& seat) { return "seats of " + ResourceName(kCompanies, seat.company); }

}  // namespace

absl::StatusOr<std::vector<HeldSeat>> SeatsOfCompany(db::Session& session, std::string_view company,
                                                     int after, std::int64_t limit) {
  return ReadAll<HeldSeat>(session, kSeatsOfCompany, {company, after, limit}, SeatOf);
}

absl::StatusOr<std::optional<HeldSeat>> LockSeatOf(db::Transaction& transaction, std::string_view person) {
  return ReadOne<HeldSeat>(transaction, kLockSeatOf, {person}, SeatOf);
}

absl::StatusOr<SeatOutcome> TakeSeat(db::Transaction& transaction, const HeldSeat& seat) {
  ASSIGN_OR_RETURN(const db::InsertOutcome outcome,
                   transaction.Insert(kTake, {seat.company, seat.number, seat.holder, seat.category,
                                              DateValue(seat.held_since), DateValue(seat.covered_until)}));
  return OutcomeOf(outcome);
}

absl::StatusOr<SeatOutcome> HandOver(db::Transaction& transaction, std::string_view from,
                                     const HeldSeat& seat) {
  ASSIGN_OR_RETURN(
      const db::InsertOutcome outcome,
      transaction.Insert(kHandOver, {seat.holder, seat.category, DateValue(seat.held_since),
                                     DateValue(seat.covered_until), seat.company, seat.number, from}));
  if (outcome.inserted() && outcome.rows == 0) return absl::InternalError("a seat was left under its lock");
  return OutcomeOf(outcome);
}

absl::StatusOr<bool> LeaveSeat(db::Transaction& transaction, const HeldSeat& seat) {
  ASSIGN_OR_RETURN(const std::int64_t left,
                   transaction.Execute(kLeave, {seat.company, seat.number, seat.holder}));
  return left == 1;
}

absl::StatusOr<SeatOutcome> Renumber(db::Transaction& transaction, const HeldSeat& seat, int number) {
  ASSIGN_OR_RETURN(const db::InsertOutcome outcome,
                   transaction.Insert(kRenumber, {number, seat.company, seat.number, seat.holder}));
  return OutcomeOf(outcome);
}

absl::Status SetCovered(db::Transaction& transaction, const HeldSeat& seat,
                        const std::optional<absl::CivilDay>& until) {
  return transaction.Execute(kSetCovered, {DateValue(until), seat.company, seat.number, seat.holder})
      .status();
}

absl::StatusOr<bool> BeginSeatPeriod(db::Transaction& transaction, const HeldSeat& seat, absl::CivilDay from,
                                     const std::optional<absl::CivilDay>& until) {
  for (int later = 0; later < limits::kMostSittingsADay; ++later) {
    const absl::CivilDay start = from + later;
    if (until.has_value() && start >= *until) return true;  // what is left is less than a day
    ASSIGN_OR_RETURN(const bool begun,
                     InsertPeriod(transaction, seat.holder,
                                  {.category = seat.category, .start = start, .end = until}, SourceOf(seat)));
    if (begun) return true;
  }
  return false;
}

absl::Status EndSeatPeriods(db::Transaction& transaction, IdSource& ids, const HeldSeat& seat,
                            absl::CivilDay on, absl::Time now) {
  ASSIGN_OR_RETURN(const auto periods, PeriodsOfHolders(transaction, {seat.holder}));
  ASSIGN_OR_RETURN(const auto acts, ActsOf(transaction, seat.holder));
  const auto found = periods.find(seat.holder);
  if (found == periods.end()) return absl::OkStatus();
  for (const SourcedPeriod& each : found->second) {
    const rules::Period& period = each.period;
    const bool lasts = !period.end.has_value() || *period.end > on;
    if (each.source != SourceOf(seat) || period.category != seat.category || !lasts) continue;
    if (rules::StateOn(period, acts, 0, std::max(on, period.start)) == v1::Membership::STATE_CANCELLED)
      continue;
    const Act act{.id = ids.NextText(),
                  .holder = seat.holder,
                  .kind = rules::ActKind::kCancelled,
                  .of = {{period.category, period.start}},
                  .effective_on = on,
                  .reason = "The seat was left.",
                  .source = SourceOf(seat)};
    RETURN_IF_ERROR(InsertAct(transaction, act, now).status());
  }
  return absl::OkStatus();
}

absl::Status VacateSeat(db::Transaction& transaction, IdSource& ids, std::string_view person,
                        absl::CivilDay on, std::string_view source) {
  ASSIGN_OR_RETURN(const auto seat, LockSeatOf(transaction, person));
  if (!seat.has_value()) return absl::OkStatus();
  RETURN_IF_ERROR(EndSeatPeriods(transaction, ids, *seat, on, StartOf(on)));
  RETURN_IF_ERROR(LeaveSeat(transaction, *seat).status());
  return RecordMove(transaction, {.company = seat->company,
                                  .number = seat->number,
                                  .kind = "LEFT_COMPANY",
                                  .person_out = seat->holder,
                                  .person_in = "",
                                  .on = on,
                                  .source = std::string(source)});
}

absl::Status RecordMove(db::Transaction& transaction, const SeatMove& move) {
  return transaction
      .Execute(kInsertMove, {move.company, move.number, move.kind, OrNull(move.person_out),
                             OrNull(move.person_in), DateValue(move.on), move.source})
      .status();
}

absl::StatusOr<std::vector<SeatMove>> ListSeatMoves(db::Session& session, std::string_view company,
                                                    std::uint64_t before, std::int64_t limit) {
  return ReadAll<SeatMove>(session, kListMoves, {company, before, limit}, [](const db::Row& row) {
    return SeatMove{.sequence = row.Uint64(0),
                    .company = row.Text(1),
                    .number = static_cast<int>(row.Int64(2)),
                    .kind = row.Text(3),
                    .person_out = row.Text(4),
                    .person_in = row.Text(5),
                    .on = StoredDate(row.Text(6)),
                    .source = row.Text(7)};
  });
}

}  // namespace plenary::membership::store
