// How binding the code is, and whom that holds up.
#pragma once

#include "plenary/ethics/v1/code_service.pb.h"

namespace plenary::ethics::rules {

// The level while the association has set none: the code is recommended today, it does not block.
v1::Binding Unset();

// How a person stands to the current version of the code.
enum class Acceptance { kNothingToAccept, kNotAccepted, kAccepted };

// Whether a person stands back from joining and from office: only when the code is to be accepted to join and
// they have not accepted the version that there is.
bool Blocks(v1::Binding::Level level, Acceptance acceptance);

}  // namespace plenary::ethics::rules
