#include "services/membership/rules/seats.h"

#include <algorithm>
#include <map>
#include <string>

namespace plenary::membership::rules {
namespace {

// Whether the end of a lies before b; no end lies after all.
bool EndsBefore(const std::optional<absl::CivilDay>& a, absl::CivilDay b) { return a.has_value() && *a < b; }

// The days on which the period includes seats; nullopt when there are none.
std::optional<SeatGrant> GrantOf(const Period& period, const std::vector<StandingAct>& acts,
                                 const v1::Category& category) {
  SeatGrant grant{.seats = category.seats_included(), .start = period.start, .end = period.end};
  if (grant.end.has_value()) *grant.end += category.grace_days();
  for (const StandingAct& act : acts) {
    const v1::Membership::State state = StateOn(period, acts, category.grace_days(), act.on);
    if (state != v1::Membership::STATE_CANCELLED && state != v1::Membership::STATE_DECEASED) continue;
    if (!EndsBefore(grant.end, act.on)) grant.end = act.on;
  }
  if (grant.seats == 0 || (grant.end.has_value() && *grant.end <= grant.start)) return std::nullopt;
  return grant;
}

// One grant for those that overlap or touch.
std::vector<SeatGrant> Merged(std::vector<SeatGrant> grants) {
  std::sort(grants.begin(), grants.end(),
            [](const SeatGrant& a, const SeatGrant& b) { return a.start < b.start; });
  std::vector<SeatGrant> merged;
  for (const SeatGrant& grant : grants) {
    if (merged.empty() || EndsBefore(merged.back().end, grant.start)) {
      merged.push_back(grant);
    } else if (merged.back().end.has_value() && (!grant.end.has_value() || *grant.end > *merged.back().end)) {
      merged.back().end = grant.end;
    }
  }
  return merged;
}

// The days on which the number of seats may change, ascending.
std::vector<absl::CivilDay> Turns(const std::vector<SeatGrant>& grants) {
  std::vector<absl::CivilDay> days;
  for (const SeatGrant& grant : grants) {
    days.push_back(grant.start);
    if (grant.end.has_value()) days.push_back(*grant.end);
  }
  std::sort(days.begin(), days.end());
  return days;
}

}  // namespace

std::vector<SeatGrant> IncludedSeats(const std::vector<Period>& periods, const std::vector<StandingAct>& acts,
                                     const Categories& categories) {
  std::map<std::string, std::vector<SeatGrant>> of_category;
  for (const Period& period : periods) {
    const auto category = categories.find(period.category);
    if (category == categories.end()) continue;
    const auto grant = GrantOf(period, acts, category->second);
    if (grant.has_value()) of_category[period.category].push_back(*grant);
  }
  std::vector<SeatGrant> all;
  for (auto& [category, grants] : of_category) {
    const std::vector<SeatGrant> merged = Merged(std::move(grants));
    all.insert(all.end(), merged.begin(), merged.end());
  }
  return all;
}

int SeatsOn(const std::vector<SeatGrant>& grants, absl::CivilDay day) {
  int seats = 0;
  for (const SeatGrant& grant : grants) {
    if (grant.start <= day && (!grant.end.has_value() || day < *grant.end)) seats += grant.seats;
  }
  return seats;
}

int MostSeats(const std::vector<SeatGrant>& grants) {
  int most = 0;
  for (const absl::CivilDay day : Turns(grants)) most = std::max(most, SeatsOn(grants, day));
  return most;
}

std::optional<absl::CivilDay> UsableUntil(const std::vector<SeatGrant>& grants, int number,
                                          absl::CivilDay day) {
  if (SeatsOn(grants, day) < number) return day;
  for (const absl::CivilDay turn : Turns(grants)) {
    if (turn > day && SeatsOn(grants, turn) < number) return turn;
  }
  return std::nullopt;
}

std::optional<int> LowestFree(const std::vector<int>& taken, int seats) {
  int number = 1;
  for (const int other : taken) {
    if (other > number) break;
    if (other == number) ++number;
  }
  return number <= seats ? std::optional<int>(number) : std::nullopt;
}

}  // namespace plenary::membership::rules
