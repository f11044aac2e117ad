#include "common/idempotency/retention.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "common/db/timestamps.h"
#include "common/testing/mariadb.h"
#include "common/testing/status_matchers.h"
#include "fmt/format.h"

namespace plenary {
namespace {

class RetentionTest : public ::testing::Test {
 protected:
  // `count` answers of that time, all of one caller.
  void Answer(const std::string& caller, int count, absl::Time at) {
    database_.Run(
        fmt::format("INSERT INTO requests (caller, request_id, request_hash, response, created_at)"
                    " SELECT '{}', CONCAT('id ', seq), REPEAT('h', 32), 'answer', {} FROM seq_1_to_{}",
                    caller, db::ToMicros(at), count));
  }
  std::vector<std::string> Callers() {
    return database_.Column("SELECT DISTINCT caller FROM requests ORDER BY caller");
  }

  testing::TestDatabase database_{std::vector<db::MigrationSet>{testing::CommonMigrations()}};
  FakeClock clock_{absl::FromUnixSeconds(1'661'342'400)};
  std::atomic<bool> stop_ = false;
};

TEST_F(RetentionTest, AnswersGoWhenTheyAreOlderThanSevenDays) {
  Answer("old", 1, clock_.Now() - absl::Hours(7 * 24) - absl::Microseconds(1));
  Answer("seven days", 1, clock_.Now() - absl::Hours(7 * 24));
  Answer("young", 1, clock_.Now());
  ASSERT_OK_AND_ASSIGN(const std::int64_t deleted, DeleteOldAnswers(database_.pool(), clock_.Now(), stop_));
  EXPECT_EQ(deleted, 1);
  EXPECT_EQ(Callers(), (std::vector<std::string>{"seven days", "young"}));
}

TEST_F(RetentionTest, GoesOnUntilEveryOldAnswerIsGone) {
  const int old = 2 * kAnswersDeletedAtOnce + 1;
  Answer("old", old, clock_.Now());
  clock_.Advance(kAnswersKept + absl::Seconds(1));
  Answer("young", 3, clock_.Now());
  ASSERT_OK_AND_ASSIGN(const std::int64_t deleted, DeleteOldAnswers(database_.pool(), clock_.Now(), stop_));
  EXPECT_EQ(deleted, old);
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM requests"), "3");
  ASSERT_OK_AND_ASSIGN(const std::int64_t again, DeleteOldAnswers(database_.pool(), clock_.Now(), stop_));
  EXPECT_EQ(again, 0);
}

TEST_F(RetentionTest, DeletesNothingMoreWhenItIsToldToStop) {
  Answer("old", 1, clock_.Now());
  clock_.Advance(kAnswersKept + absl::Seconds(1));
  stop_ = true;
  ASSERT_OK_AND_ASSIGN(const std::int64_t deleted, DeleteOldAnswers(database_.pool(), clock_.Now(), stop_));
  EXPECT_EQ(deleted, 0);
  EXPECT_EQ(Callers(), std::vector<std::string>{"old"});
}

TEST_F(RetentionTest, TheThreadBeginsAtOnce) {
  Answer("old", 1, clock_.Now());
  clock_.Advance(kAnswersKept + absl::Seconds(1));
  AnswerRetention retention(database_.pool(), clock_);
  retention.Start();
  while (!Callers().empty()) std::this_thread::yield();
  retention.Stop();
}

}  // namespace
}  // namespace plenary
