// What was published, held against what the published ballots give when they are counted again.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "plenary/election/v1/resources.pb.h"
#include "services/election/rules/tally.h"

namespace plenary::cli {

// OK when result and reports (serialised, a contest each, in ballot order) are byte for byte what was
// counted; state and times of the result are the service's to say. A contest whose result names no method was
// counted before there were reports: its report is "", and it is compared without one. CHECK_FAILED names the
// first figure or contest that differs.
absl::Status CompareCount(const election::v1::Result& published, const std::vector<std::string>& reports,
                          const election::Counted& recounted);

}  // namespace plenary::cli
