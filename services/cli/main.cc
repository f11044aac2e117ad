// The `plenary` command.
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "services/cli/run.h"

int main(int argc, char** argv) {
  std::error_code unknown;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", unknown);
  plenary::cli::Surroundings surroundings{
      .environment =
          [](const std::string& name) {
            const char* value = std::getenv(name.c_str());
            return std::string(value == nullptr ? "" : value);
          },
      .current_folder = std::filesystem::current_path(unknown),
      .program_folder = program.parent_path(),
      .in = std::cin,
      .out = std::cout,
      .err = std::cerr,
      .in_is_terminal = ::isatty(STDIN_FILENO) == 1,
      .err_is_terminal = ::isatty(STDERR_FILENO) == 1,
  };
  return plenary::cli::Run(std::vector<std::string>(argv + 1, argv + argc), surroundings);
}
