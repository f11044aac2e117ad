#include "services/cli/trustee_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "common/crypto/random.h"
#include "common/testing/status_matchers.h"

namespace plenary::cli {
namespace {

using absl::StatusCode;
using plenary::testing::HasReason;
using plenary::testing::IsError;

constexpr char kElection[] = "elections/00000000000000000000000004";

class TrusteeFileTest : public ::testing::Test {
 protected:
  TrusteeFileTest() : random_("trustee file") {
    std::string name = (std::filesystem::temp_directory_path() / "plenary-trustee.XXXXXX").string();
    if (mkdtemp(name.data()) != nullptr) folder_ = name;
    path_ = folder_ + "/trustees/keys.json";
  }
  ~TrusteeFileTest() override { std::filesystem::remove_all(folder_); }

  crypto::SeededRandom random_;
  std::string folder_;
  std::string path_;
};

TEST_F(TrusteeFileTest, KeepsKeysThatOnlyTheirOwnerMayRead) {
  const auto keys = election::client::MakeTrusteeKeys(kElection, random_);
  {
    ASSERT_OK_AND_ASSIGN(const auto file, TrusteeFile::Open(path_));
    EXPECT_EQ(file->Load(kElection).value(), std::nullopt);
    EXPECT_THAT(file->LoadExisting(kElection), HasReason("TRUSTEE_KEYS_UNUSABLE"));
    ASSERT_OK(file->Save(keys));
  }
  struct stat facts {};
  ASSERT_EQ(::stat(path_.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600u);
  ASSERT_EQ(::stat((folder_ + "/trustees").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0700u);
  ASSERT_OK_AND_ASSIGN(const auto file, TrusteeFile::Open(path_));
  EXPECT_EQ(file->LoadExisting(kElection).value(), keys);
}

TEST_F(TrusteeFileTest, IsUsedByOneCommandAtATime) {
  {
    ASSERT_OK_AND_ASSIGN(const auto file, TrusteeFile::Open(path_));
    EXPECT_THAT(TrusteeFile::Open(path_), IsError(StatusCode::kUnavailable, "TRUSTEE_KEYS_IN_USE"));
  }
  EXPECT_OK(TrusteeFile::Open(path_)) << "once it has ended";
}

TEST_F(TrusteeFileTest, TakesNoFileOfAnotherElectionOrOfSomethingElse) {
  ASSERT_OK_AND_ASSIGN(const auto file, TrusteeFile::Open(path_));
  ASSERT_OK(file->Save(election::client::MakeTrusteeKeys(kElection, random_)));
  const auto other = file->Load("elections/00000000000000000000000000");
  EXPECT_THAT(other, IsError(StatusCode::kFailedPrecondition, "TRUSTEE_KEYS_UNUSABLE"));
  EXPECT_THAT(std::string(other.status().message()), ::testing::HasSubstr(kElection));
  std::ofstream(path_) << "{\"election\": \"elections/1\"}";
  EXPECT_THAT(file->Load(kElection), HasReason("TRUSTEE_KEYS_UNUSABLE"));
}

TEST_F(TrusteeFileTest, ThrowsNoKeysAway) {
  ASSERT_OK_AND_ASSIGN(const auto file, TrusteeFile::Open(path_));
  // A number that keys were set aside under may be that of a later process.
  const std::string of_process = path_ + "." + std::to_string(::getpid());
  std::ofstream(of_process) << "keys";
  ASSERT_OK(file->Save(election::client::MakeTrusteeKeys(kElection, random_)));
  EXPECT_TRUE(std::filesystem::exists(of_process));
  for (const char* aside : {".1", ".2"}) {
    ASSERT_OK(file->Save(election::client::MakeTrusteeKeys(kElection, random_)));
    ASSERT_OK_AND_ASSIGN(const std::string name, file->SetAside());
    EXPECT_EQ(name, path_ + aside);
    EXPECT_TRUE(std::filesystem::exists(name));
    EXPECT_EQ(file->Load(kElection).value(), std::nullopt);
  }
}

TEST_F(TrusteeFileTest, SaysWhenTheFolderCannotBeMade) {
  std::ofstream(folder_ + "/trustees") << "a file";
  EXPECT_THAT(TrusteeFile::Open(path_), IsError(StatusCode::kInvalidArgument, "FILE_UNWRITABLE"));
}

}  // namespace
}  // namespace plenary::cli
