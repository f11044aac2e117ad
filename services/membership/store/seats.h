// Seats that are taken, and every move. The keys keep it true that a seat has one person and a person one
// seat.
//
// Whoever changes seats of a company holds the company's row (LockCompany) first; a person who leaves the
// company is taken off with VacateSeat.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/db/session.h"
#include "common/ids/id.h"

namespace plenary::membership::store {

struct HeldSeat {
  std::string company;
  int number = 0;
  std::string holder;
  std::string full_name;  // of the holder; "" when they are on the register no more
  std::string category;
  absl::CivilDay held_since;
  std::optional<absl::CivilDay> covered_until;  // nullopt: no end
};

// By number, beyond `after`, at most `limit`.
absl::StatusOr<std::vector<HeldSeat>> SeatsOfCompany(db::Session& session, std::string_view company,
                                                     int after, std::int64_t limit);
// The seat of a person, held for the rest of the transaction.
absl::StatusOr<std::optional<HeldSeat>> LockSeatOf(db::Transaction& transaction, std::string_view person);

enum class SeatOutcome {
  kTaken,
  kNumberTaken,   // somebody else is on it
  kPersonSeated,  // the person has a seat, here or elsewhere
};
absl::StatusOr<SeatOutcome> TakeSeat(db::Transaction& transaction, const HeldSeat& seat);
// Gives the seat that `from` has to `seat.holder`.
absl::StatusOr<SeatOutcome> HandOver(db::Transaction& transaction, std::string_view from,
                                     const HeldSeat& seat);
// False when the person is not on it.
absl::StatusOr<bool> LeaveSeat(db::Transaction& transaction, const HeldSeat& seat);
absl::StatusOr<SeatOutcome> Renumber(db::Transaction& transaction, const HeldSeat& seat, int number);
absl::Status SetCovered(db::Transaction& transaction, const HeldSeat& seat,
                        const std::optional<absl::CivilDay>& until);

// The period that a seat gives, from `from` on or from the first day after it on which the person began none
// of that category; the seat's source is its company. False when that would be more than a week later.
absl::StatusOr<bool> BeginSeatPeriod(db::Transaction& transaction, const HeldSeat& seat, absl::CivilDay from,
                                     const std::optional<absl::CivilDay>& until);
// Cancels from `on` on what the seat has given and what lasts longer.
absl::Status EndSeatPeriods(db::Transaction& transaction, IdSource& ids, const HeldSeat& seat,
                            absl::CivilDay on, absl::Time now);

// Takes a person who leaves their company off its seat, if they have one.
absl::Status VacateSeat(db::Transaction& transaction, IdSource& ids, std::string_view person,
                        absl::CivilDay on, std::string_view source);

struct SeatMove {
  std::uint64_t sequence = 0;
  std::string company;
  int number = 0;
  std::string kind;  // as stored: "ASSIGNED"
  std::string person_out;
  std::string person_in;
  absl::CivilDay on;
  std::string source;
};
absl::Status RecordMove(db::Transaction& transaction, const SeatMove& move);
// Newest first, before `before`.
absl::StatusOr<std::vector<SeatMove>> ListSeatMoves(db::Session& session, std::string_view company,
                                                    std::uint64_t before, std::int64_t limit);

}  // namespace plenary::membership::store
