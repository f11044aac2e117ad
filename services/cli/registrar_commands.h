// Commands that either registrar answers.
#pragma once

#include "services/cli/command_set.h"
#include "services/cli/stack.h"

namespace plenary::cli {

// `disputes` and `answer` below `group`, of membership's registrar (Part::kMembership) or the auditor's.
void AddDisputeCommands(CommandSet& commands, CLI::App& group, Part registrar);

}  // namespace plenary::cli
