// How the command ends. Scripts branch on these; the README and --help list them.
#pragma once

#include "absl/status/status.h"

namespace plenary::cli {

inline constexpr int kExitDone = 0;
inline constexpr int kExitRefused = 1;      // a service said no
inline constexpr int kExitWrongUsage = 2;   // flags, files or values that cannot be right
inline constexpr int kExitNotAllowed = 3;   // not signed in, or not for this caller
inline constexpr int kExitUnavailable = 4;  // unreachable, too slow, overloaded, in conflict: try again
inline constexpr int kExitDifferent = 5;    // found, and not what it should be
inline constexpr int kExitUndecided = 6;    // counted, and a tie needs a lot

int ExitCodeOf(const absl::Status& status);

}  // namespace plenary::cli
