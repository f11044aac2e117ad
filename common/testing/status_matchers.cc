#include "common/testing/status_matchers.h"

namespace plenary::testing {

std::string Describe(const absl::Status& status) {
  std::string text = status.ToString(absl::StatusToStringMode::kWithNoExtraData);
  if (const std::string reason = ReasonOf(status); !reason.empty()) text += " [" + reason + "]";
  return text;
}

}  // namespace plenary::testing
