// Signing in through the association's OpenID Connect provider, with a browser that need not be on this
// machine.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "services/cli/invocation.h"
#include "services/cli/session.h"

namespace plenary::cli {

// Shows where to sign in, keeps what finishes it in a file beside the session's, and asks on a terminal for
// the address where the browser ended up. nullopt when nobody says it: it can be said later.
absl::StatusOr<std::optional<Session>> StartLoginThroughProvider(Invocation& run);
// Finishes with that address what this session file has started.
absl::StatusOr<Session> FinishLoginThroughProvider(Invocation& run, const std::string& redirected);

}  // namespace plenary::cli
