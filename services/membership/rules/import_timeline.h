// Where a fact of a file falls among what the register knows of other times. Each rule fills a gap and leaves
// what is there: the register's own word about a day is the newer one, since people import the present first
// and then one year after the other, going back.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"
#include "services/membership/rules/import_row.h"
#include "services/membership/rules/membership_state.h"

namespace plenary::membership::rules {

// Somebody's days in something, [start, end); nullopt: still.
struct Stay {
  absl::CivilDay start;
  std::optional<absl::CivilDay> end;

  bool Covers(absl::CivilDay day) const { return start <= day && (!end.has_value() || day < *end); }
  friend bool operator==(const Stay&, const Stay&) = default;
};

// A link as an import knows it (store/links.h).
struct KnownLink {
  std::string id;
  std::string person;
  std::string company;
  enum class Role { kEmployee, kAdministrator, kRepresentative } role = Role::kEmployee;
  Stay stay;
};

struct LetterCount {
  absl::CivilDay recorded_on;
  int accepted = 0;
};

// What becomes of a fact.
struct Placement {
  enum class Kind {
    kKnown,  // the register says the same
    kKept,   // the register has a word of its own about that day, and that stands
    kAdd,
  } kind = Kind::kKnown;
  Stay stay;  // to add
};

// The time from `since` on that none of `known` covers: up to the first that begins later; when there is
// none, without an end if nothing is known, else until `latest_end`. Kept when one of them covers `since`.
Placement PlaceStay(const std::vector<Stay>& known, absl::CivilDay since, absl::CivilDay latest_end);

// A membership that a file of the year of `time` states, among the holder's periods of all categories.
// `stated` without a start begins with the year, unless the category was held in it; without an end it ends
// with the year.
Placement PlacePastPeriod(const std::vector<Period>& known, const std::string& category,
                          const StatedDays& stated, const FileTime& time);

// Letters of reference: from which day on a file's count is recorded, among the counts that the register
// knows, oldest first. Counts of later days stand, and an earlier year adds none where one is known by its
// end. Known, too: the file says that there are none, and so does the register.
Placement PlaceLetters(const std::vector<LetterCount>& known, int accepted, absl::CivilDay since,
                       const FileTime& time);
// The count that holds on the day.
int LettersOn(const std::vector<LetterCount>& known, absl::CivilDay day);

}  // namespace plenary::membership::rules
