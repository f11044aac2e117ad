// How often a line of a roll is disputed at a registrar, and what its disputes are called.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace plenary::membership::rules {

// The newest dispute of a line.
struct LastDispute {
  int number = 0;  // from 1
  bool answered = false;
};

// The number of the line's next dispute. An answer stands: who is not content files another dispute, up to
// limits::kDisputesOfLine, so that nobody holds up a certification for ever. DISPUTE_OPEN while the last one
// waits for its answer; DISPUTES_USED_UP.
absl::StatusOr<int> NextDispute(const std::optional<LastDispute>& last, std::string_view election);

// The last part of a dispute's name: the unit's id, and from the second one on its number, "{unit}-2".
std::string DisputeId(std::string_view unit, int number);

struct DisputeOfUnit {
  std::string unit;  // bare id
  int number = 1;
};
// The other way round. nullopt for what DisputeId() never gives.
std::optional<DisputeOfUnit> ReadDisputeId(std::string_view id);

}  // namespace plenary::membership::rules
