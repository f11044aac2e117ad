// Whether the lines of a file are a roll that the auditor's registrar can go by.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "plenary/membership/v1/auditor_service.pb.h"

namespace plenary::membership::rules {

struct RollCopyPlan {
  bool of_people = false;
  std::string sha256;                   // of its bytes, see roll_bytes.h
  std::vector<v1::RollCopyLine> lines;  // addresses as NormaliseEmail() gives them
};

// ROLL_COPY_INVALID, with the line's number from 1: no line; companies and people mixed; a unit, a person who
// collects or an address twice; a name, an id or an address that is none; somebody who collects for another
// person. One person collects for one line and has one address, so that a proven address says whose line it
// is.
absl::StatusOr<RollCopyPlan> CheckRollCopy(std::vector<v1::RollCopyLine> lines);

// The same checks of one line by itself. The address is normalised.
absl::Status CheckRollCopyLine(v1::RollCopyLine& line);

}  // namespace plenary::membership::rules
