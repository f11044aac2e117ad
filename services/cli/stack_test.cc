#include "services/cli/stack.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>

#include "common/testing/status_matchers.h"
#include "services/cli/testing/terminal.h"

namespace plenary::cli {
namespace {

namespace fs = std::filesystem;
using ::plenary::testing::IsError;
using ::plenary::testing::IsOk;

class FindStackTest : public ::testing::Test {
 protected:
  void WriteStack(const fs::path& folder, const std::string& text) {
    fs::create_directories(folder / "var/stack");
    std::ofstream(folder / "var/stack/stack.env") << text;
  }

  std::string AddressOf(Part part) {
    const auto stack = FindStack(flags_, terminal_.surroundings());
    EXPECT_THAT(stack, IsOk());
    const auto address = stack->AddressOf(part);
    return address.ok() ? *address : "none";
  }

  Terminal terminal_;
  PartAddresses flags_;
};

TEST_F(FindStackTest, AFlagComesBeforeTheEnvironmentAndThatBeforeTheFile) {
  WriteStack(terminal_.folder(), "PLENARY_MEMBERSHIP=file:1\nPLENARY_ETHICS=file:3\nPLENARY_BOX=file:5\n");
  terminal_.environment["PLENARY_MEMBERSHIP"] = "environment:1";
  terminal_.environment["PLENARY_ETHICS"] = "environment:3";
  flags_[static_cast<std::size_t>(Part::kMembership)] = "flag:1";
  EXPECT_EQ(AddressOf(Part::kMembership), "flag:1");
  EXPECT_EQ(AddressOf(Part::kEthics), "environment:3");
  EXPECT_EQ(AddressOf(Part::kBox), "file:5");
}

TEST_F(FindStackTest, FindsTheFileUpwardFromTheCurrentFolder) {
  WriteStack(terminal_.folder(), "# a stack\n\nPLENARY_COMMITTEE='quoted:2'\r\n");
  terminal_.surroundings().current_folder = terminal_.folder() / "a/b/c";
  EXPECT_EQ(AddressOf(Part::kCommittee), "quoted:2");
}

TEST_F(FindStackTest, FindsTheFileUpwardFromTheProgramWhenTheCurrentFolderHasNone) {
  WriteStack(terminal_.folder() / "tree", "PLENARY_ELECTION=program:4\n");
  terminal_.surroundings().current_folder = terminal_.folder() / "elsewhere";
  terminal_.surroundings().program_folder = terminal_.folder() / "tree/build/bin";
  EXPECT_EQ(AddressOf(Part::kElection), "program:4");
}

TEST_F(FindStackTest, TakesTheFileThatTheEnvironmentNames) {
  WriteStack(terminal_.folder(), "PLENARY_BOX=near:5\n");
  WriteStack(terminal_.folder() / "far", "PLENARY_BOX=far:5\n");
  terminal_.environment["PLENARY_STACK"] = terminal_.folder() / "far/var/stack/stack.env";
  EXPECT_EQ(AddressOf(Part::kBox), "far:5");
}

TEST_F(FindStackTest, ReadsARelativeClockFileBesideTheStackFile) {
  WriteStack(terminal_.folder(), "PLENARY_CLOCK_FILE=clock\n");
  ASSERT_OK_AND_ASSIGN(const Stack stack, FindStack(flags_, terminal_.surroundings()));
  EXPECT_EQ(stack.clock_file, terminal_.folder() / "var/stack/clock");
}

TEST_F(FindStackTest, TellsHowToStartOneWhenThereIsNone) {
  ASSERT_OK_AND_ASSIGN(const Stack stack, FindStack(flags_, terminal_.surroundings()));
  const auto address = stack.AddressOf(Part::kBox);
  EXPECT_THAT(address, IsError(absl::StatusCode::kUnavailable, "STACK_NOT_FOUND"));
  EXPECT_THAT(std::string(address.status().message()), ::testing::HasSubstr("deploy/stack up"));
}

TEST_F(FindStackTest, RefusesAFileThatIsNone) {
  terminal_.environment["PLENARY_STACK"] = terminal_.folder() / "missing";
  EXPECT_THAT(FindStack(flags_, terminal_.surroundings()),
              IsError(absl::StatusCode::kInvalidArgument, "STACK_FILE_INVALID"));
  WriteStack(terminal_.folder(), "just words\n");
  terminal_.environment.clear();
  EXPECT_THAT(FindStack(flags_, terminal_.surroundings()),
              IsError(absl::StatusCode::kInvalidArgument, "STACK_FILE_INVALID"));
}

}  // namespace
}  // namespace plenary::cli
