#include "services/election/box_marks.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "common/testing/status_matchers.h"
#include "services/election/testing/box_server.h"

namespace plenary::election {
namespace {

using absl::StatusCode;
using plenary::testing::IsError;

const std::string kElection = std::string(25, '1') + "0";
const std::string kOther = std::string(25, '2') + "0";

class BoxMarksTest : public ::testing::Test {
 protected:
  std::string PathOf(const std::string& election) const { return folder_.path() + "/" + election; }
  std::uint64_t CountAfterRestart() const {
    return BoxMarks::Open(folder_.path()).value()->Count(kElection).value();
  }
  // Spoils `size` bytes of the file from `at` on.
  void Spoil(std::size_t at, std::size_t size) const {
    std::fstream file(PathOf(kElection), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(at));
    file << std::string(size, '?');
  }

  testing::TemporaryFolder folder_;
};

TEST_F(BoxMarksTest, KeepsTheHighestNumberOverARestart) {
  const auto marks = BoxMarks::Open(folder_.path()).value();
  EXPECT_EQ(marks->Count(kElection), std::nullopt);
  ASSERT_OK(marks->Create(kElection));
  EXPECT_EQ(CountAfterRestart(), 0u);
  for (const std::uint64_t count : {1u, 5u, 3u, 6u}) ASSERT_OK(marks->Raise(kElection, count));
  EXPECT_EQ(marks->Count(kElection), 6u);
  EXPECT_EQ(CountAfterRestart(), 6u);
  ASSERT_OK(marks->Create(kElection));
  EXPECT_EQ(CountAfterRestart(), 6u) << "a mark that is there stays";
}

TEST_F(BoxMarksTest, NeverGrows) {
  const auto marks = BoxMarks::Open(folder_.path()).value();
  ASSERT_OK(marks->Create(kElection));
  const auto size = std::filesystem::file_size(PathOf(kElection));
  for (std::uint64_t count = 1; count < 100; ++count) ASSERT_OK(marks->Raise(kElection, count));
  EXPECT_EQ(std::filesystem::file_size(PathOf(kElection)), size);
}

TEST_F(BoxMarksTest, FallsBackToTheNumberBeforeWhenAWriteWasTorn) {
  const auto marks = BoxMarks::Open(folder_.path()).value();
  ASSERT_OK(marks->Create(kElection));
  // 1 in the second place, 2 in the first.
  ASSERT_OK(marks->Raise(kElection, 1));
  ASSERT_OK(marks->Raise(kElection, 2));
  Spoil(100, 8);
  EXPECT_EQ(CountAfterRestart(), 1u);
}

TEST_F(BoxMarksTest, RefusesAFileThatIsNoMark) {
  {
    const auto marks = BoxMarks::Open(folder_.path()).value();
    ASSERT_OK(marks->Create(kElection));
  }
  Spoil(0, 1024);
  EXPECT_THAT(BoxMarks::Open(folder_.path()),
              IsError(StatusCode::kFailedPrecondition, "LOG_FOLDER_UNUSABLE"));
  std::filesystem::remove(PathOf(kElection));
  std::ofstream(folder_.path() + "/notes.txt") << "x";
  EXPECT_THAT(BoxMarks::Open(folder_.path()),
              IsError(StatusCode::kFailedPrecondition, "LOG_FOLDER_UNUSABLE"));
}

TEST_F(BoxMarksTest, RefusesTheMarkOfAnotherElection) {
  {
    const auto marks = BoxMarks::Open(folder_.path()).value();
    ASSERT_OK(marks->Create(kElection));
  }
  std::filesystem::rename(PathOf(kElection), PathOf(kOther));
  EXPECT_THAT(BoxMarks::Open(folder_.path()),
              IsError(StatusCode::kFailedPrecondition, "LOG_FOLDER_UNUSABLE"));
}

TEST_F(BoxMarksTest, RaisesNoMarkThatWasNotMade) {
  const auto marks = BoxMarks::Open(folder_.path()).value();
  EXPECT_THAT(marks->Raise(kElection, 1), IsError(StatusCode::kFailedPrecondition, "LOG_FOLDER_UNUSABLE"));
}

}  // namespace
}  // namespace plenary::election
