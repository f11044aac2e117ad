#include "services/membership/rules/dispute_turns.h"

#include <fmt/format.h>

#include "services/membership/errors_registrar.h"
#include "services/membership/limits_registrar.h"

namespace plenary::membership::rules {

absl::StatusOr<int> NextDispute(const std::optional<LastDispute>& last, std::string_view election) {
  if (!last.has_value()) return 1;
  if (!last->answered) return errors::DisputeOpen(election);
  if (last->number >= limits::kDisputesOfLine) return errors::DisputesUsedUp(election);
  return last->number + 1;
}

std::string DisputeId(std::string_view unit, int number) {
  return number == 1 ? std::string(unit) : fmt::format("{}-{}", unit, number);
}

std::optional<DisputeOfUnit> ReadDisputeId(std::string_view id) {
  const std::string_view unit = id.substr(0, id.find('-'));
  for (int number = 1; number <= limits::kDisputesOfLine; ++number) {
    if (!unit.empty() && id == DisputeId(unit, number)) return DisputeOfUnit{std::string(unit), number};
  }
  return std::nullopt;
}

}  // namespace plenary::membership::rules
