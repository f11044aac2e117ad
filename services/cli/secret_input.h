// Secrets that a person types or that a file holds. None that lasts is an argument: everybody on the machine
// can read those, and the shell keeps them. A mailed code, good once, may be one, and its --help says so.
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

// A mailed code: the argument `code`, or else what ReadSecret finds in the file; "" when neither is named.
// FILE_UNREADABLE; INPUT_INVALID when there is none in the file.
absl::StatusOr<std::string> MailedCode(Surroundings& surroundings, const std::string& code,
                                       const std::string& path);

}  // namespace plenary::cli
