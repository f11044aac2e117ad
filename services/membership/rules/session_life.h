// How long a session lives, and what a refresh token that is shown means.
#pragma once

#include <optional>

#include "absl/time/time.h"

namespace plenary::membership::rules {

// When a session ends by itself.
absl::Time SessionEnd(absl::Time created, absl::Time refreshed);

enum class RefreshUse {
  kFirst,   // the token's one use
  kRepeat,  // of the last use, whose answer was lost: the same answer
  kReuse,   // somebody has it who should not
};

struct ShownToken {
  std::optional<absl::Time> used;
  bool same_request = false;  // as the one that used it
  bool next_used = false;     // the token that came of it has been used too
};

RefreshUse JudgeRefresh(const ShownToken& token, absl::Time now);

}  // namespace plenary::membership::rules
