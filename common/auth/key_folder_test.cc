#include "common/auth/key_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "common/testing/status_matchers.h"

namespace plenary::auth {
namespace {

using testing::HasReason;
using testing::IsOk;
using ::testing::SizeIs;
using testing::StatusIs;

constexpr int kPeople = 4;
constexpr int kTokensAStep = 25;

Principal Ada() { return {Principal::Kind::kPerson, "people/ada", "companies/one", {"member"}, ""}; }

class KeyFolderTest : public ::testing::Test {
 protected:
  KeyFolderTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "plenary-keys-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    EXPECT_OK(MakeServiceKey(folder_, "membership"));
    EXPECT_OK(MakeServiceKey(folder_, "ethics"));
  }
  ~KeyFolderTest() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<KeyRing> Open(const std::string& service) {
    return KeyRing::Open(folder_, service, "membership", clock_).value();
  }
  // A token of membership for ethics, by the clock that keys do not go by.
  std::string Sign(const KeyRing& ring) { return ring.signer().SignPerson(Ada(), {"ethics"}, society_now_); }
  absl::Status Check(const KeyRing& ring, const std::string& token) {
    return ring.keys().Verify(token, "ethics", society_now_).status();
  }
  std::size_t Files(const std::string& extension) {
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
      if (entry.path().extension() == extension) ++count;
    }
    return count;
  }

  std::string folder_;
  FakeClock clock_{absl::FromUnixSeconds(1'700'000'000)};
  const absl::Time society_now_ = absl::FromUnixSeconds(1'661'000'000);
};

TEST_F(KeyFolderTest, KeepsOnePairAndHidesThePrivateKey) {
  const std::string first = Open("membership")->signer().key_id();
  ASSERT_OK(MakeServiceKey(folder_, "membership"));
  EXPECT_EQ(Open("membership")->signer().key_id(), first);
  struct stat file {};
  ASSERT_EQ(::stat((folder_ + "/membership.pem").c_str(), &file), 0);
  EXPECT_EQ(file.st_mode & 0777, 0600u);
  ASSERT_OK_AND_ASSIGN(const auto keys, LoadKeySet(folder_, "membership"));
  ASSERT_OK_AND_ASSIGN(const auto signer, LoadSigner(folder_, "membership"));
  EXPECT_THAT(keys->Verify(signer->SignPerson(Ada(), {"ethics"}, society_now_), "ethics", society_now_),
              IsOk());
  EXPECT_THAT(LoadSigner(folder_, "absent"), StatusIs(absl::StatusCode::kNotFound));
  EXPECT_THAT(RotateServiceKey(folder_, "absent", clock_.Now()), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(KeyFolderTest, ConcurrentMakersLeaveOnePair) {
  std::vector<std::thread> makers;
  for (int i = 0; i < 4; ++i) {
    makers.emplace_back([&] { EXPECT_OK(MakeServiceKey(folder_, "election")); });
  }
  for (std::thread& maker : makers) maker.join();
  EXPECT_EQ(Files(".pem"), 3u);
  EXPECT_EQ(Files(".jwk"), 3u);
}

TEST_F(KeyFolderTest, ANextKeyIsPublishedBeforeItSigns) {
  const auto membership = Open("membership"), ethics = Open("ethics");
  const std::string first = membership->signer().key_id();
  ASSERT_OK_AND_ASSIGN(const FolderKey next, RotateServiceKey(folder_, "membership", clock_.Now()));
  ASSERT_OK_AND_ASSIGN(const FolderKey again, RotateServiceKey(folder_, "membership", clock_.Now()));
  EXPECT_EQ(again.key_id, next.key_id) << "one rotation at a time";
  ASSERT_OK(membership->Refresh());
  ASSERT_OK(ethics->Refresh());
  EXPECT_EQ(membership->signer().key_id(), first);
  EXPECT_THAT(ethics->keys().PersonKeys(), SizeIs(2));
  clock_.Advance(kKeyNotice);
  ASSERT_OK(membership->Refresh());
  EXPECT_EQ(membership->signer().key_id(), next.key_id);
  EXPECT_THAT(Check(*ethics, Sign(*membership)), IsOk());
}

TEST_F(KeyFolderTest, AKeyOutlivesWhatItSigned) {
  EXPECT_GE(kKeyRetirement, kPersonTokenLifetime + kClockSkew + kKeyPoll);
  EXPECT_GE(kKeyRetirement, kServiceTokenLifetime + kClockSkew + kKeyPoll);
  EXPECT_GE(kKeyNotice, 10 * kKeyPoll);
}

TEST_F(KeyFolderTest, ARemovedKeyIsRefusedAndItsFilesGo) {
  const auto membership = Open("membership"), ethics = Open("ethics");
  const std::string token = Sign(*membership);
  ASSERT_OK(RotateServiceKey(folder_, "membership", clock_.Now()));
  clock_.Advance(kKeyNotice + kKeyRetirement - absl::Seconds(1));
  ASSERT_OK(ethics->Refresh());
  EXPECT_THAT(Check(*ethics, token), IsOk());
  EXPECT_EQ(Files(".pem"), 3u);
  clock_.Advance(absl::Seconds(1));
  ASSERT_OK(ethics->Refresh());
  EXPECT_THAT(Check(*ethics, token), HasReason("TOKEN_INVALID"));
  EXPECT_EQ(Files(".pem"), 3u) << "only its own service removes a key";
  ASSERT_OK(membership->Refresh());
  EXPECT_EQ(Files(".pem"), 2u);
  EXPECT_EQ(Files(".jwk"), 2u);
  ASSERT_OK(MakeServiceKey(folder_, "membership"));
  EXPECT_EQ(Files(".pem"), 2u) << "the key that is there is the service's key";
  EXPECT_THAT(Check(*Open("ethics"), Sign(*Open("membership"))), IsOk());
}

TEST_F(KeyFolderTest, AKeyWhosePublicHalfIsDeletedIsRefusedAtOnce) {
  const auto membership = Open("membership"), ethics = Open("ethics");
  const std::string token = Sign(*membership);
  ASSERT_OK(RotateServiceKey(folder_, "membership", clock_.Now()));
  std::filesystem::remove(folder_ + "/membership.jwk");
  ASSERT_OK(membership->Refresh());
  ASSERT_OK(ethics->Refresh());
  EXPECT_THAT(Check(*ethics, token), HasReason("TOKEN_INVALID"));
  EXPECT_THAT(Check(*ethics, Sign(*membership)), IsOk()) << "the next key signs early";
}

TEST_F(KeyFolderTest, ReadsAtOnceWhenATokenNamesAnUnknownKey) {
  const auto ethics = Open("ethics");
  ASSERT_OK(RotateServiceKey(folder_, "membership", clock_.Now()));
  clock_.Advance(kKeyNotice);
  EXPECT_THAT(Check(*ethics, Sign(*Open("membership"))), IsOk());
  ASSERT_OK(RotateServiceKey(folder_, "membership", clock_.Now()));
  clock_.Advance(absl::Milliseconds(500));
  FakeClock later(clock_.Now() + kKeyNotice);
  const std::string token = Sign(*KeyRing::Open(folder_, "membership", "membership", later).value());
  EXPECT_THAT(Check(*ethics, token), HasReason("TOKEN_INVALID")) << "not more often than once a second";
  clock_.Advance(kUnknownKeyPause);
  EXPECT_THAT(Check(*ethics, token), IsOk());
}

TEST_F(KeyFolderTest, KeepsWhatItKnowsWhenTheFolderBreaks) {
  const auto membership = Open("membership"), ethics = Open("ethics");
  std::ofstream(folder_ + "/broken.jwk") << "{";
  EXPECT_FALSE(ethics->Refresh().ok());
  EXPECT_THAT(Check(*ethics, Sign(*membership)), IsOk());
  std::filesystem::remove(folder_ + "/broken.jwk");
  EXPECT_OK(ethics->Refresh());
}

TEST_F(KeyFolderTest, TokensAreTakenAllThroughARotation) {
  const auto membership = Open("membership"), ethics = Open("ethics");
  const std::string first = membership->signer().key_id();
  std::atomic<bool> stop = false;
  std::atomic<int> taken = 0, refused = 0;
  std::vector<std::thread> people;
  for (int i = 0; i < kPeople; ++i) {
    people.emplace_back([&] {
      while (!stop) (Check(*ethics, Sign(*membership)).ok() ? taken : refused)++;
    });
  }
  ASSERT_OK(RotateServiceKey(folder_, "membership", clock_.Now()));
  // Each service looks in its own time: the signer first, which is the harder case.
  for (int step = 0; step < 24; ++step) {
    const int before = taken + refused;
    while (taken + refused < before + kTokensAStep) std::this_thread::yield();
    clock_.Advance(absl::Minutes(1));
    ASSERT_OK((step % 2 == 0 ? membership : ethics)->Refresh());
  }
  stop = true;
  for (std::thread& person : people) person.join();
  EXPECT_EQ(refused, 0);
  EXPECT_NE(membership->signer().key_id(), first);
  EXPECT_THAT(ethics->keys().PersonKeys(), SizeIs(1)) << "the first key is gone";
}

TEST_F(KeyFolderTest, WatchesByItself) {
  SystemClock real_time;
  const auto ring = KeyRing::Open(folder_, "ethics", "membership", real_time).value();
  ring->Watch(absl::Milliseconds(1));
  ASSERT_OK(RotateServiceKey(folder_, "membership", absl::Now()));
  const absl::Time until = absl::Now() + absl::Seconds(20);
  while (ring->keys().PersonKeys().size() < 2 && absl::Now() < until) std::this_thread::yield();
  EXPECT_THAT(ring->keys().PersonKeys(), SizeIs(2));
}

}  // namespace
}  // namespace plenary::auth
