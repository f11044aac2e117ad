// Secrets that a person types or that a file holds. None is an argument: everybody on the machine can read
// those, and the shell keeps them.
#pragma once

#include <termios.h>

#include <string>

#include "absl/status/statusor.h"
#include "services/cli/surroundings.h"

namespace plenary::cli {

// While it lives, what is typed at a terminal is not shown; a signal that ends the process shows it again
// first. One at a time. Does nothing when `descriptor` is no terminal.
class EchoOff {
 public:
  explicit EchoOff(int descriptor);
  ~EchoOff();
  EchoOff(const EchoOff&) = delete;
  EchoOff& operator=(const EchoOff&) = delete;

 private:
  bool off_ = false;
};

// A line typed at the terminal and not shown, without blanks around it; "" when nothing was typed. `prompt`
// goes to standard error.
std::string TypeSecret(Surroundings& surroundings, const std::string& prompt);

// The first line of the file that holds something, without blanks around it; "-" is standard input. "" when
// there is none; FILE_UNREADABLE.
absl::StatusOr<std::string> ReadSecret(Surroundings& surroundings, const std::string& path);

}  // namespace plenary::cli
