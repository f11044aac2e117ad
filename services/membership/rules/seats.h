// How many team seats a company has, and until when a seat of a certain number can be used.
#pragma once

#include <optional>
#include <vector>

#include "absl/time/civil_time.h"
#include "services/membership/rules/membership_state.h"

namespace plenary::membership::rules {

// Seats over the days [start, end).
struct SeatGrant {
  int seats = 0;
  absl::CivilDay start;
  std::optional<absl::CivilDay> end;  // nullopt: no end
};

// The seats that a company's own memberships include: of each category those of its periods, grace included,
// counted once where they overlap; up to the day on which one was cancelled. A suspension takes no seat: the
// board suspends people by name.
std::vector<SeatGrant> IncludedSeats(const std::vector<Period>& periods, const std::vector<StandingAct>& acts,
                                     const Categories& categories);

int SeatsOn(const std::vector<SeatGrant>& grants, absl::CivilDay day);
// The largest number on any day.
int MostSeats(const std::vector<SeatGrant>& grants);

// The first day from `day` on on which there are fewer seats than `number`; nullopt when there is none.
std::optional<absl::CivilDay> UsableUntil(const std::vector<SeatGrant>& grants, int number,
                                          absl::CivilDay day);

// The lowest number from 1 to `seats` that is not among `taken`, ascending; nullopt when there is none.
std::optional<int> LowestFree(const std::vector<int>& taken, int seats);

}  // namespace plenary::membership::rules
