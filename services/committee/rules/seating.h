// Seating: who takes which seat when the winners of an election are handed over.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"

namespace plenary::committee::rules {

// A holding that has not been ended, of any body.
struct OpenHolding {
  std::string id;
  std::string body;  // "bodies/{body}"
  int seat = 0;
  std::string person;
  absl::CivilDay end_date;  // first day it no longer covers
};

struct Winner {
  std::string person;
  std::string full_name;
  int term_years = 0;
};

// One body's part of an election; winners in order of rank.
struct ElectedSeats {
  std::string body;  // "bodies/{body}"
  int seat_count = 0;
  int open_seats = 0;
  std::vector<Winner> winners;
};

// A winner's place: elected[body].winners[winner] takes `seat` until `end_date`.
struct Placement {
  std::size_t body = 0;
  std::size_t winner = 0;
  int seat = 0;
  absl::CivilDay end_date;
};

struct SeatingPlan {
  std::vector<std::string> ending;    // ids of holdings, in the order given
  std::vector<Placement> placements;  // in the order of the bodies and of rank
};

// Ends every holding of these bodies that ends on or before `seats_on`, and such a holding of a winner in any
// other body. The seats without a continuing holder make room, by number; the highest rank takes the first.
// Seats for which there is no winner are vacant.
//   FAILED_PRECONDITION SEATS_NOT_OPEN   fewer seats make room than the election filled
//   ALREADY_EXISTS PERSON_HOLDS_SEAT     a winner stands twice, or continues in another seat
absl::StatusOr<SeatingPlan> PlanSeating(const std::vector<ElectedSeats>& elected,
                                        const std::vector<OpenHolding>& open, absl::CivilDay seats_on);

// First day that a term of `years` no longer covers. 29 February ends on 28 February of a common year.
absl::CivilDay TermEnd(absl::CivilDay first_day, int years);

}  // namespace plenary::committee::rules
