#include "common/idempotency/run_once.h"

#include <google/protobuf/wrappers.pb.h>
#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "common/db/transact.h"
#include "common/ids/id.h"
#include "common/testing/mariadb.h"
#include "common/testing/status_matchers.h"

namespace plenary {
namespace {

using google::protobuf::StringValue;
using testing::IsError;
using testing::IsOk;
using testing::StatusIs;

class RunOnceTest : public ::testing::Test {
 protected:
  RunOnceTest() {
    database_.Run("CREATE TABLE effects (id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, run INT)");
  }

  // Leaves a row in `effects`, and answers with the number of this run of the body.
  absl::StatusOr<StringValue> Ask(const OneRequest& request) {
    return db::Transact(database_.pool(), absl::Now() + absl::Seconds(60),
                        [&](db::Transaction& tx) -> absl::StatusOr<StringValue> {
                          return RunOnce<StringValue>(tx, request, [&]() -> absl::StatusOr<StringValue> {
                            StringValue answer;
                            answer.set_value("answer " + std::to_string(++runs_));
                            const auto stored =
                                tx.Execute("INSERT INTO effects (run) VALUES (?)", {runs_.load()});
                            if (!stored.ok()) return stored.status();
                            if (fail_) return absl::FailedPreconditionError("not now");
                            return answer;
                          });
                        });
  }

  testing::TestDatabase database_{std::vector<db::MigrationSet>{testing::CommonMigrations()}};
  OneRequest request_ = {RandomUuid(), "plenary.test.v1.Things.CreateThing", "people/1", "content",
                         absl::Now()};
  std::atomic<int> runs_ = 0;
  bool fail_ = false;
};

TEST_F(RunOnceTest, ARepeatedRequestGetsTheFirstAnswer) {
  ASSERT_OK_AND_ASSIGN(const StringValue first, Ask(request_));
  ASSERT_OK_AND_ASSIGN(const StringValue second, Ask(request_));
  EXPECT_EQ(second.value(), first.value());
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM effects"), "1");
}

TEST_F(RunOnceTest, ARequestIdInCapitalsIsTheSameId) {
  request_.request_id = "123e4567-e89b-42d3-a456-426614174000";
  ASSERT_THAT(Ask(request_), IsOk());
  request_.request_id = "123E4567-E89B-42D3-A456-426614174000";
  ASSERT_THAT(Ask(request_), IsOk());
  EXPECT_EQ(runs_, 1);
}

TEST_F(RunOnceTest, OtherContentUnderTheSameIdIsRefused) {
  ASSERT_THAT(Ask(request_), IsOk());
  OneRequest other = request_;
  other.bytes = "other";
  EXPECT_THAT(Ask(other), IsError(absl::StatusCode::kAlreadyExists, "REQUEST_ID_REUSED"));
  other = request_;
  other.method = "plenary.test.v1.Things.DeleteThing";
  EXPECT_THAT(Ask(other), IsError(absl::StatusCode::kAlreadyExists, "REQUEST_ID_REUSED"));
}

TEST_F(RunOnceTest, IdsOfDifferentCallersNeverMeet) {
  ASSERT_THAT(Ask(request_), IsOk());
  request_.caller = "people/2";
  request_.bytes = "other";
  EXPECT_THAT(Ask(request_), IsOk());
  EXPECT_EQ(runs_, 2);
}

TEST_F(RunOnceTest, WithoutAnIdEveryRequestRuns) {
  request_.request_id = "";
  ASSERT_THAT(Ask(request_), IsOk());
  ASSERT_THAT(Ask(request_), IsOk());
  EXPECT_EQ(runs_, 2);
}

TEST_F(RunOnceTest, AnIdThatIsNoUuidIsRefused) {
  request_.request_id = "again";
  EXPECT_THAT(Ask(request_), IsError(absl::StatusCode::kInvalidArgument, "REQUEST_ID_INVALID"));
  EXPECT_EQ(runs_, 0);
}

TEST_F(RunOnceTest, ARequestThatFailedMayBeTriedAgain) {
  fail_ = true;
  EXPECT_THAT(Ask(request_), StatusIs(absl::StatusCode::kFailedPrecondition));
  fail_ = false;
  EXPECT_THAT(Ask(request_), IsOk());
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM effects"), "1");
}

TEST_F(RunOnceTest, EightAtTheSameTimeGetOneAnswer) {
  constexpr int kThreads = 8, kRounds = 10;
  for (int round = 0; round < kRounds; ++round) {
    request_.request_id = RandomUuid();
    std::barrier together(kThreads);
    std::vector<absl::StatusOr<StringValue>> answers(kThreads, absl::UnknownError("not asked"));
    std::vector<std::thread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&, i] {
        together.arrive_and_wait();
        answers[i] = Ask(request_);
      });
    }
    for (std::thread& thread : threads) thread.join();
    for (const auto& answer : answers) {
      ASSERT_THAT(answer, IsOk());
      EXPECT_EQ(answer->value(), answers[0]->value());
    }
    EXPECT_EQ(database_.One("SELECT COUNT(*) FROM effects"), std::to_string(round + 1));
  }
}

}  // namespace
}  // namespace plenary
