#include "services/cli/secret_input.h"

#include <signal.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <string_view>

#include "common/status/macros.h"
#include "fmt/format.h"
#include "services/cli/errors.h"
#include "services/cli/files.h"

namespace plenary::cli {
namespace {

// What a signal finds: where, and how the terminal was.
struct Hidden {
  int descriptor = -1;
  termios before = {};
};
Hidden hidden;

constexpr std::array<int, 4> kEndings = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
std::array<struct sigaction, kEndings.size()> handlers_before;

// Shows again, then ends as the signal would have.
void ShowAndEnd(int signal_number) {
  ::tcsetattr(hidden.descriptor, TCSANOW, &hidden.before);
  ::raise(signal_number);  // SA_RESETHAND: the default now
}

std::string Trimmed(std::string_view line) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const std::size_t first = line.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return "";
  return std::string(line.substr(first, line.find_last_not_of(kBlanks) - first + 1));
}

}  // namespace

EchoOff::EchoOff(int descriptor) {
  if (::tcgetattr(descriptor, &hidden.before) != 0) return;
  hidden.descriptor = descriptor;
  struct sigaction show = {};
  show.sa_handler = ShowAndEnd;
  show.sa_flags = static_cast<int>(SA_RESETHAND | SA_NODEFER);
  for (std::size_t i = 0; i < kEndings.size(); ++i) ::sigaction(kEndings[i], &show, &handlers_before[i]);
  termios silent = hidden.before;
  silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  off_ = ::tcsetattr(descriptor, TCSANOW, &silent) == 0;
}

EchoOff::~EchoOff() {
  if (hidden.descriptor < 0) return;
  if (off_) ::tcsetattr(hidden.descriptor, TCSANOW, &hidden.before);
  for (std::size_t i = 0; i < kEndings.size(); ++i) ::sigaction(kEndings[i], &handlers_before[i], nullptr);
  hidden.descriptor = -1;
}

std::string TypeSecret(Surroundings& surroundings, const std::string& prompt) {
  surroundings.err << prompt << std::flush;
  std::string line;
  {
    const EchoOff echo_off(STDIN_FILENO);
    std::getline(surroundings.in, line);
  }
  surroundings.err << "\n";  // the one that was typed was not shown either
  return Trimmed(line);
}

absl::StatusOr<std::string> ReadSecret(Surroundings& surroundings, const std::string& path) {
  if (path == "-") {
    if (surroundings.in_is_terminal) return TypeSecret(surroundings, "");
    for (std::string line; std::getline(surroundings.in, line);) {
      if (std::string secret = Trimmed(line); !secret.empty()) return secret;
    }
    return "";
  }
  ASSIGN_OR_RETURN(const std::string content, ReadNamedFile(path));
  for (const std::string& line : LinesOf(content)) {
    if (std::string secret = Trimmed(line); !secret.empty()) return secret;
  }
  return "";
}

absl::StatusOr<std::string> MailedCode(Surroundings& surroundings, const std::string& code,
                                       const std::string& path) {
  if (path.empty()) return code;
  ASSIGN_OR_RETURN(std::string read, ReadSecret(surroundings, path));
  if (read.empty()) {
    return errors::InputInvalid(
        fmt::format("There is no code in {}. Write the one of the mail into its first line.",
                    path == "-" ? "standard input" : path));
  }
  return read;
}

}  // namespace plenary::cli
