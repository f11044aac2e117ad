// What a version of the code must look like to be published.
#pragma once

#include "absl/status/status.h"
#include "plenary/ethics/v1/code_service.pb.h"

namespace plenary::ethics::rules {

// OK, or INVALID_ARGUMENT: FIELD_INVALID with every field at fault, then PROVISION_DUPLICATE when the id of
// an area, or of a provision anywhere in the version, stands twice. "current" is no id of a version.
absl::Status CheckCode(const v1::CodeVersion& code);

}  // namespace plenary::ethics::rules
