// What the command reads from and writes to besides its arguments. Handed in, so that a test runs the whole
// command inside its own process.
#pragma once

#include <filesystem>
#include <functional>
#include <istream>
#include <ostream>
#include <string>

namespace plenary::cli {

struct Surroundings {
  // The value of an environment variable; "" when it is not set.
  std::function<std::string(const std::string&)> environment;
  std::filesystem::path current_folder;
  std::filesystem::path program_folder;  // where the binary stands
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  bool in_is_terminal = false;
  bool err_is_terminal = false;
};

}  // namespace plenary::cli
