#include "services/cli/secret_input.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pty.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "common/testing/status_matchers.h"
#include "services/cli/run.h"
#include "services/cli/testing/terminal.h"

namespace plenary::cli {
namespace {

using ::testing::HasSubstr;
using testing::IsError;
using ::testing::Not;

// Both ends of a terminal.
class EchoOffTest : public ::testing::Test {
 protected:
  EchoOffTest() { EXPECT_EQ(::openpty(&far_end_, &terminal_, nullptr, nullptr, nullptr), 0); }
  ~EchoOffTest() override {
    ::close(terminal_);
    ::close(far_end_);
  }
  bool Shows() const {
    termios mode = {};
    EXPECT_EQ(::tcgetattr(terminal_, &mode), 0);
    return (mode.c_lflag & ECHO) != 0;
  }
  int far_end_ = -1;
  int terminal_ = -1;
};

TEST_F(EchoOffTest, HidesWhatIsTypedWhileItLives) {
  EXPECT_TRUE(Shows());
  {
    const EchoOff off(terminal_);
    EXPECT_FALSE(Shows());
  }
  EXPECT_TRUE(Shows());
}

TEST_F(EchoOffTest, ShowsAgainWhenASignalEndsTheProcess) {
  const pid_t child = ::fork();
  if (child == 0) {
    const EchoOff off(terminal_);
    ::raise(SIGINT);
    ::_exit(0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT) << status;
  EXPECT_TRUE(Shows());
}

TEST_F(EchoOffTest, LeavesWhatIsNoTerminalAlone) {
  int pipe_ends[2];
  ASSERT_EQ(::pipe(pipe_ends), 0);
  { const EchoOff off(pipe_ends[0]); }
  EXPECT_TRUE(Shows());
  ::close(pipe_ends[0]);
  ::close(pipe_ends[1]);
}

TEST(ReadSecret, TakesTheFirstLineThatHoldsSomething) {
  Terminal terminal;
  const std::string path = (terminal.folder() / "secret").string();
  std::ofstream(path) << "\r\n  \n ABCD \r\nEFGH\n";
  EXPECT_EQ(ReadSecret(terminal.surroundings(), path).value(), "ABCD");
  terminal.in.str("\n IJKL\nMNOP\n");
  EXPECT_EQ(ReadSecret(terminal.surroundings(), "-").value(), "IJKL");
  EXPECT_EQ(ReadSecret(terminal.surroundings(), "-").value(), "MNOP") << "a line a time";
  EXPECT_EQ(ReadSecret(terminal.surroundings(), "-").value(), "");
  EXPECT_THAT(ReadSecret(terminal.surroundings(), path + ".not"),
              IsError(absl::StatusCode::kInvalidArgument, "FILE_UNREADABLE"));
}

class RecoveryCodeTest : public ::testing::Test {
 protected:
  // Ends before anybody is asked for anything: nobody is signed in.
  std::string Vote(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"--json", "vote", "elections/e"});
    cli::Run(arguments, terminal_.surroundings());
    return terminal_.TakeErr();
  }
  const std::string code_ = "aaaaaaaaaaaaaaaaaaaaaaaaaa";
  Terminal terminal_;
};

TEST_F(RecoveryCodeTest, IsAskedForOnATerminal) {
  terminal_.surroundings().in_is_terminal = true;
  terminal_.in.str("no code\n");
  EXPECT_THAT(Vote({"--recover"}), AllOf(HasSubstr("Recovery code"), HasSubstr("INPUT_INVALID")));
}

TEST_F(RecoveryCodeTest, IsReadFromAFileOrFromStandardInput) {
  const std::string path = (terminal_.folder() / "code").string();
  std::ofstream(path) << "no code\n";
  EXPECT_THAT(Vote({"--recover-file", path}), HasSubstr("INPUT_INVALID"));
  EXPECT_THAT(Vote({"--recover-file", path + ".not"}), HasSubstr("FILE_UNREADABLE"));
  terminal_.in.str("no code\n");
  EXPECT_THAT(Vote({"--recover-file", "-"}), HasSubstr("INPUT_INVALID"));
  EXPECT_THAT(Vote({"--recover-file", "-"}), HasSubstr("INPUT_INVALID")) << "nothing there";
}

TEST_F(RecoveryCodeTest, IsNoArgument) {
  EXPECT_THAT(Vote({"--recover"}), AllOf(HasSubstr("WRONG_USAGE"), HasSubstr("--recover-file")));
  EXPECT_THAT(Vote({"--recover", code_}), HasSubstr("WRONG_USAGE"));
}

TEST_F(RecoveryCodeTest, LetsAWellFormedOneThrough) {
  const std::string good = "ABCDEFGHIJKLMNOPQRSTUVWXYA";
  terminal_.in.str(good + "\n");
  const std::string told = Vote({"--recover-file", "-"});
  EXPECT_THAT(told, Not(HasSubstr("INPUT_INVALID"))) << "what stops it is another thing";
  EXPECT_THAT(told, Not(HasSubstr(good)));
}

}  // namespace
}  // namespace plenary::cli
