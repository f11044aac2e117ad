// The office's figures: who is a member on a day, and what moved in a span of days. Everything follows from
// periods and acts, so that a past day gives what held then. Grace is that of the categories handed in.
//
//   join          the first period of a category begins in the span
//   return        a later period begins there, the day before which the member was not in good standing
//   renewal       a later period begins there, the day before which the member was
//   lapse         the first day after the grace lies there, and no other period of the category covers it
//   cancellation  an act of the span cancels a membership that was in good standing the day before
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "services/membership/rules/membership_state.h"

namespace plenary::membership::rules {

enum class HolderKind { kPerson, kCompany };

// What is known of one holder of memberships.
struct HolderFacts {
  HolderKind kind = HolderKind::kPerson;
  std::vector<Period> periods;    // oldest first
  std::vector<StandingAct> acts;  // in the order in which they were decided
};

// The day whose standing is counted, and the span of the movements, both ends included.
struct FigureDays {
  absl::CivilDay as_of;
  absl::CivilDay from;
  absl::CivilDay until;
};

struct Standing {
  int people = 0;
  int companies = 0;
};

struct Movements {
  int joins = 0;
  int returns = 0;
  int renewals = 0;
  int lapses = 0;
  int cancellations = 0;

  bool operator==(const Movements&) const = default;
};

// Counts holder by holder; keeps sums alone.
class Figures {
 public:
  // Borrows the categories.
  Figures(const Categories& categories, const FigureDays& days) : categories_(categories), days_(days) {}

  void Add(const HolderFacts& holder);

  // People in good standing on the day: in a category with the vote; in others only, staff aside.
  int professional() const { return professional_; }
  int registered() const { return registered_; }
  // By category and state; a holder counts once a category, in the best state.
  const std::map<std::pair<std::string, v1::Membership::State>, Standing>& standings() const {
    return standings_;
  }
  // By category; those in which something moved.
  const std::map<std::string, Movements>& movements() const { return movements_; }

 private:
  void CountStanding(const HolderFacts& holder,
                     const std::map<std::string, std::vector<Period>>& memberships);
  void CountMovements(const HolderFacts& holder, const std::string& category,
                      const std::vector<Period>& periods);

  const Categories& categories_;
  const FigureDays days_;
  int professional_ = 0;
  int registered_ = 0;
  std::map<std::pair<std::string, v1::Membership::State>, Standing> standings_;
  std::map<std::string, Movements> movements_;
};

}  // namespace plenary::membership::rules
