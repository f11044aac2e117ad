// The whole command: arguments in, exit code out.
#pragma once

#include <string>
#include <vector>

#include "services/cli/surroundings.h"

namespace plenary::cli {

// `arguments` without the program's name. See exit_code.h for what comes back.
int Run(const std::vector<std::string>& arguments, Surroundings& surroundings);

}  // namespace plenary::cli
