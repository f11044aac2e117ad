// What a candidate's page may and must hold.
#pragma once

#include "absl/status/status.h"
#include "plenary/election/v1/resources.pb.h"

namespace plenary::election {

// FIELD_INVALID: texts too long, addresses that are not https, too many links. A page may be unfinished.
absl::Status CheckPage(const v1::CandidatePage& page);

// PAGE_INCOMPLETE: the statement or the conflict of interest is missing.
absl::Status CheckPageComplete(const v1::CandidatePage& page);

}  // namespace plenary::election
