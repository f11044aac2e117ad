#include "services/committee/rules/seating.h"

#include <algorithm>
#include <set>

#include "services/committee/errors.h"

namespace plenary::committee::rules {
namespace {

// The seats of a body without a continuing holder, by number.
std::vector<int> Room(const ElectedSeats& elected, const std::vector<OpenHolding>& open,
                      absl::CivilDay seats_on) {
  std::set<int> continuing;
  for (const OpenHolding& holding : open) {
    if (holding.body == elected.body && holding.end_date > seats_on) continuing.insert(holding.seat);
  }
  std::vector<int> room;
  for (int seat = 1; seat <= elected.seat_count; ++seat) {
    if (!continuing.contains(seat)) room.push_back(seat);
  }
  return room;
}

absl::Status CheckOnePositionEach(const std::vector<ElectedSeats>& elected,
                                  const std::vector<OpenHolding>& open, absl::CivilDay seats_on) {
  std::set<std::string> positions;
  for (const OpenHolding& holding : open) {
    if (holding.end_date > seats_on) positions.insert(holding.person);
  }
  for (const ElectedSeats& body : elected) {
    for (const Winner& winner : body.winners) {
      if (!positions.insert(winner.person).second) return errors::PersonHoldsSeat(winner.full_name);
    }
  }
  return absl::OkStatus();
}

std::vector<std::string> Ending(const std::vector<ElectedSeats>& elected,
                                const std::vector<OpenHolding>& open, absl::CivilDay seats_on) {
  std::set<std::string> bodies, people;
  for (const ElectedSeats& body : elected) {
    bodies.insert(body.body);
    for (const Winner& winner : body.winners) people.insert(winner.person);
  }
  std::vector<std::string> ending;
  for (const OpenHolding& holding : open) {
    if (holding.end_date > seats_on) continue;
    if (bodies.contains(holding.body) || people.contains(holding.person)) ending.push_back(holding.id);
  }
  return ending;
}

}  // namespace

absl::StatusOr<SeatingPlan> PlanSeating(const std::vector<ElectedSeats>& elected,
                                        const std::vector<OpenHolding>& open, absl::CivilDay seats_on) {
  if (absl::Status status = CheckOnePositionEach(elected, open, seats_on); !status.ok()) return status;
  SeatingPlan plan{.ending = Ending(elected, open, seats_on), .placements = {}};
  for (std::size_t body = 0; body < elected.size(); ++body) {
    const std::vector<int> room = Room(elected[body], open, seats_on);
    const auto& winners = elected[body].winners;
    const int needed = std::max(elected[body].open_seats, static_cast<int>(winners.size()));
    if (static_cast<int>(room.size()) < needed) {
      return errors::SeatsNotOpen(elected[body].body, static_cast<int>(room.size()), needed);
    }
    for (std::size_t rank = 0; rank < winners.size(); ++rank) {
      plan.placements.push_back({.body = body,
                                 .winner = rank,
                                 .seat = room[rank],
                                 .end_date = TermEnd(seats_on, winners[rank].term_years)});
    }
  }
  return plan;
}

absl::CivilDay TermEnd(absl::CivilDay first_day, int years) {
  const absl::CivilDay end(first_day.year() + years, first_day.month(), first_day.day());
  return end.month() == first_day.month() ? end : end - 1;
}

}  // namespace plenary::committee::rules
