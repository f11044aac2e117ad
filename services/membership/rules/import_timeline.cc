#include "services/membership/rules/import_timeline.h"

#include <algorithm>

namespace plenary::membership::rules {

namespace {

const LetterCount* LastCount(const std::vector<LetterCount>& known, absl::CivilDay day) {
  const LetterCount* last = nullptr;
  for (const LetterCount& count : known) {
    if (count.recorded_on <= day) last = &count;
  }
  return last;
}

}  // namespace

Placement PlaceStay(const std::vector<Stay>& known, absl::CivilDay since, absl::CivilDay latest_end) {
  Placement placement{Placement::Kind::kAdd, {since, std::nullopt}};
  if (!known.empty()) placement.stay.end = latest_end;
  bool followed = false;
  for (const Stay& other : known) {
    if (other.Covers(since)) return {Placement::Kind::kKept, {}};
    if (other.start <= since) continue;
    placement.stay.end = followed ? std::min(*placement.stay.end, other.start) : other.start;
    followed = true;
  }
  if (placement.stay.end.has_value() && *placement.stay.end <= since) return {Placement::Kind::kKept, {}};
  return placement;
}

Placement PlacePastPeriod(const std::vector<Period>& known, const std::string& category,
                          const StatedDays& stated, const FileTime& time) {
  const absl::CivilDay start = stated.start.value_or(time.first());
  absl::CivilDay end = stated.end.value_or(time.last() + 1);
  for (const Period& period : known) {
    if (period.category != category) continue;
    const Stay held{period.start, period.end};
    if (!stated.start.has_value() && held.start <= time.last() &&
        (!held.end.has_value() || *held.end > start)) {
      return {Placement::Kind::kKnown, {}};
    }
    if (held.start == start) {
      const bool same = !stated.end.has_value() || held.end == stated.end;
      return {same ? Placement::Kind::kKnown : Placement::Kind::kKept, {}};
    }
    if (held.Covers(start)) return {Placement::Kind::kKept, {}};
    if (held.start > start) end = std::min(end, held.start);
  }
  return {Placement::Kind::kAdd, {start, end}};
}

Placement PlaceLetters(const std::vector<LetterCount>& known, int accepted, absl::CivilDay since,
                       const FileTime& time) {
  const LetterCount* before = LastCount(known, time.last());
  if (before == nullptr) {
    if (accepted == 0) return {Placement::Kind::kKnown, {}};
    return {Placement::Kind::kAdd, {std::min(since, time.last()), std::nullopt}};
  }
  if (before->accepted == accepted) return {Placement::Kind::kKnown, {}};
  if (time.past()) return {Placement::Kind::kKept, {}};
  return {Placement::Kind::kAdd, {time.last(), std::nullopt}};
}

int LettersOn(const std::vector<LetterCount>& known, absl::CivilDay day) {
  const LetterCount* last = LastCount(known, day);
  return last == nullptr ? 0 : last->accepted;
}

}  // namespace plenary::membership::rules
