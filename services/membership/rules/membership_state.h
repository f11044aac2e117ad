// How one period of membership stands on a day. Periods are half-open: [start, end), so `end` is the first
// day that is no longer covered and a renewal starts on the very day the period before it ends.
//
// The table, first row that applies:
//   DECEASED   the holder died on the day or before
//   CANCELLED  an act on the day or before cancelled this period, or everything that had started by then
//   SUSPENDED  of the acts on the day or before that suspend or reinstate this period or all of the holder's,
//              the last one suspends
//   PENDING    the day is before the start
//   ACTIVE     the day is before the end, or there is no end
//   GRACE      less than the category's grace days have passed since the end
//   LAPSED     else
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "plenary/membership/v1/resources.pb.h"

namespace plenary::membership::rules {

// A period of a person's or a company's membership. `category` is the bare id ("professional").
struct Period {
  std::string category;
  absl::CivilDay start;
  std::optional<absl::CivilDay> end;  // nullopt: no end
};

enum class ActKind { kCancelled, kSuspended, kReinstated, kDeceased };

// What happened to a holder's memberships on a day, beside the passing of time.
struct StandingAct {
  ActKind kind = ActKind::kCancelled;
  absl::CivilDay on;
  std::string category;                 // "": all periods of the holder
  std::optional<absl::CivilDay> start;  // with a category: of the period that is meant; nullopt: all of it
  std::string motion;                   // "bodies/{body}/motions/{motion}"; "" when none is needed
};

using Categories = std::map<std::string, v1::Category, std::less<>>;

// `acts` are the holder's, in the order in which they were decided.
v1::Membership::State StateOn(const Period& period, const std::vector<StandingAct>& acts, int grace_days,
                              absl::CivilDay day);

// The act that suspends the period on the day; nullptr when none does. Lives as long as `acts`.
const StandingAct* SuspensionOn(const Period& period, const std::vector<StandingAct>& acts,
                                absl::CivilDay day);

// The act that suspends all of a holder's memberships on the day, those to come too; nullptr when none does.
const StandingAct* HolderSuspensionOn(const std::vector<StandingAct>& acts, absl::CivilDay day);

// The periods that no cancellation has ended by the day: those that can belong to a membership that goes on.
std::vector<Period> NotCancelled(const std::vector<Period>& periods, const std::vector<StandingAct>& acts,
                                 absl::CivilDay day);

// ACTIVE or GRACE by the grace days of the period's own category.
bool InGoodStanding(const Period& period, const std::vector<StandingAct>& acts, const Categories& categories,
                    absl::CivilDay day);

// The grace days of a category; 0 when it is not there.
int GraceDays(const Categories& categories, const std::string& category);

}  // namespace plenary::membership::rules
