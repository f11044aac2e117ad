#include "common/db/transact.h"

#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <latch>
#include <thread>

#include "absl/time/clock.h"
#include "common/status/macros.h"
#include "common/testing/mariadb.h"
#include "common/testing/status_matchers.h"

namespace plenary::db {
namespace {

using testing::IsError;
using testing::IsOk;
using testing::StatusIs;
using testing::TestDatabase;

absl::Time Soon() { return absl::Now() + absl::Seconds(60); }

class TransactTest : public ::testing::Test {
 protected:
  TransactTest() {
    database_.Run("CREATE TABLE t (id INT NOT NULL PRIMARY KEY, n INT NOT NULL)");
    database_.Run("INSERT INTO t (id, n) VALUES (1, 0), (2, 0)");
  }

  TestDatabase database_;
};

constexpr char kAddOne[] = "UPDATE t SET n = n + 1 WHERE id = ?";

TEST_F(TransactTest, StoresWhatTheBodyDidAndGivesItsAnswer) {
  const absl::StatusOr<int> answer =
      Transact(database_.pool(), Soon(), [](Transaction& transaction) -> absl::StatusOr<int> {
        RETURN_IF_ERROR(transaction.Execute(kAddOne, {1}).status());
        return 42;
      });
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(*answer, 42);
  EXPECT_EQ(database_.One("SELECT n FROM t WHERE id = 1"), "1");
}

TEST_F(TransactTest, AnErrorOfTheBodyUndoesEverything) {
  const absl::Status status =
      Transact(database_.pool(), Soon(), [](Transaction& transaction) -> absl::Status {
        RETURN_IF_ERROR(transaction.Execute(kAddOne, {1}).status());
        return absl::FailedPreconditionError("no");
      });
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_EQ(database_.One("SELECT n FROM t WHERE id = 1"), "0");
}

TEST_F(TransactTest, ABodyCannotCommitPastAFailedStatement) {
  const absl::Status status =
      Transact(database_.pool(), Soon(), [](Transaction& transaction) -> absl::Status {
        RETURN_IF_ERROR(transaction.Execute(kAddOne, {1}).status());
        EXPECT_FALSE(transaction.Execute("UPDATE no_such_table SET n = 1").ok());
        EXPECT_FALSE(transaction.Execute(kAddOne, {2}).ok());
        return absl::OkStatus();
      });
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kInternal));
  EXPECT_EQ(database_.Column("SELECT n FROM t"), (std::vector<std::string>{"0", "0"}));
}

TEST_F(TransactTest, ADuplicateLeavesTheTransactionAlive) {
  const absl::Status status =
      Transact(database_.pool(), Soon(), [](Transaction& transaction) -> absl::Status {
        ASSIGN_OR_RETURN(const InsertOutcome outcome,
                         transaction.Insert("INSERT INTO t (id, n) VALUES (?, ?)", {1, 9}));
        EXPECT_TRUE(outcome.duplicate("PRIMARY"));
        return transaction.Execute(kAddOne, {2}).status();
      });
  EXPECT_THAT(status, IsOk());
  EXPECT_EQ(database_.One("SELECT n FROM t WHERE id = 2"), "1");
}

TEST_F(TransactTest, TwoThatDeadlockAreBothStoredInTheEnd) {
  std::latch both_hold_one(2);
  std::atomic<int> runs = 0;
  const auto cross = [&](int first, int second) {
    bool rerun = false;
    return Transact(database_.pool(), Soon(), [&, rerun](Transaction& transaction) mutable -> absl::Status {
      ++runs;
      RETURN_IF_ERROR(transaction.Execute(kAddOne, {first}).status());
      if (!std::exchange(rerun, true)) both_hold_one.arrive_and_wait();
      return transaction.Execute(kAddOne, {second}).status();
    });
  };
  absl::Status other;
  std::thread thread([&] { other = cross(2, 1); });
  const absl::Status mine = cross(1, 2);
  thread.join();
  EXPECT_THAT(mine, IsOk());
  EXPECT_THAT(other, IsOk());
  EXPECT_GT(runs, 2);
  EXPECT_EQ(database_.Column("SELECT n FROM t"), (std::vector<std::string>{"2", "2"}));
}

TEST_F(TransactTest, GivesUpAfterTheLastRerun) {
  int runs = 0;
  const absl::Status status =
      Transact(database_.pool(), Soon(), [&](Transaction& transaction) -> absl::Status {
        ++runs;
        return transaction.Execute("SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213").status();
      });
  EXPECT_THAT(status, IsError(absl::StatusCode::kAborted, "TRANSACTION_CONFLICT"));
  EXPECT_EQ(runs, kMaxReruns + 1);
}

TEST_F(TransactTest, AConditionalUpdateLosesNoUpdate) {
  constexpr int kThreads = 8, kEach = 25;
  std::vector<std::thread> threads;
  std::atomic<int> acknowledged = 0;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int k = 0; k < kEach; ++k) {
        const auto stored = Transact(database_.pool(), Soon(), [](Transaction& transaction) -> absl::Status {
          ASSIGN_OR_RETURN(const auto row, transaction.QueryOne("SELECT n FROM t WHERE id = 1"));
          ASSIGN_OR_RETURN(const std::int64_t changed,
                           transaction.Execute("UPDATE t SET n = ? WHERE id = 1 AND n = ?",
                                               {row->Int64(0) + 1, row->Int64(0)}));
          return changed == 1 ? absl::OkStatus() : absl::AbortedError("someone was first");
        });
        if (stored.ok()) ++acknowledged;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_GT(acknowledged, 0);
  EXPECT_EQ(database_.One("SELECT n FROM t WHERE id = 1"), std::to_string(acknowledged));
}

// What the suite does not rely on (MySQL has no innodb_snapshot_isolation), but what MariaDB gives besides.
TEST_F(TransactTest, EvenReadThenWriteLosesNoUpdateOnMariaDb) {
  int runs = 0;
  const absl::Status status =
      Transact(database_.pool(), Soon(), [&](Transaction& transaction) -> absl::Status {
        ASSIGN_OR_RETURN(const auto row, transaction.QueryOne("SELECT n FROM t WHERE id = 1"));
        if (runs++ == 0) database_.Run("UPDATE t SET n = n + 10 WHERE id = 1");
        return transaction.Execute("UPDATE t SET n = ? WHERE id = 1", {row->Int64(0) + 1}).status();
      });
  EXPECT_THAT(status, IsOk());
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(database_.One("SELECT n FROM t WHERE id = 1"), "11");
}

TEST_F(TransactTest, DoesNotBeginAfterItsDeadline) {
  bool ran = false;
  const absl::Status status =
      Transact(database_.pool(), absl::Now() - absl::Seconds(1), [&](Transaction&) -> absl::Status {
        ran = true;
        return absl::OkStatus();
      });
  EXPECT_THAT(status, IsError(absl::StatusCode::kDeadlineExceeded, "DEADLINE_PASSED"));
  EXPECT_FALSE(ran);
}

TEST_F(TransactTest, DoesNotCommitAfterItsDeadline) {
  const absl::Time deadline = absl::Now() + absl::Milliseconds(300);
  const absl::Status status =
      Transact(database_.pool(), deadline, [&](Transaction& transaction) -> absl::Status {
        RETURN_IF_ERROR(transaction.Execute(kAddOne, {1}).status());
        return transaction.QueryOne("SELECT SLEEP(0.4)").status();
      });
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_EQ(database_.One("SELECT n FROM t WHERE id = 1"), "0");
}

TEST_F(TransactTest, AutocommitStoresEachStatementByItself) {
  const absl::Status status = Autocommit(database_.pool(), Soon(), [](Session& session) -> absl::Status {
    RETURN_IF_ERROR(session.Execute(kAddOne, {1}).status());
    return absl::FailedPreconditionError("too late: the statement is stored");
  });
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_EQ(database_.One("SELECT n FROM t WHERE id = 1"), "1");
}

TEST_F(TransactTest, AnAutocommitWriteWhoseConnectionIsLostIsOfUnknownOutcome) {
  const auto status = Autocommit(database_.pool(), Soon(), [&](Session& session) -> absl::Status {
    ASSIGN_OR_RETURN(const auto id, session.QueryOne("SELECT CONNECTION_ID()"));
    database_.Run("KILL CONNECTION " + std::to_string(id->Int64(0)));
    return session.Execute(kAddOne, {1}).status();
  });
  EXPECT_THAT(status, IsError(absl::StatusCode::kUnavailable, "COMMIT_OUTCOME_UNKNOWN"));
}

}  // namespace
}  // namespace plenary::db
