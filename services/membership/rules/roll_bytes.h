// A frozen roll as bytes: `PLR1 || u32 count || unit ids 16, ascending`, integers big-endian. A unit is a
// company or a person. Anyone who has the list can make them, so the published SHA-256 fixes the list.
#pragma once

#include <string>
#include <vector>

#include "common/ids/id.h"

namespace plenary::membership::rules {

// In any order; ids are distinct.
std::string RollBytes(std::vector<IdBytes> units);

// SHA-256 of those bytes, which are never in memory at once: 16 bytes a unit are.
std::string RollSha256(std::vector<IdBytes> units);

}  // namespace plenary::membership::rules
