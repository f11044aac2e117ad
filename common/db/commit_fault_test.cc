// What is acknowledged is stored, whatever happens to the connection or the server. The negative control
// shows why COMMIT is executed SQL: the driver's own commit() returns normally on a dead connection.
#include <cppconn/connection.h>
#include <cppconn/driver.h>
#include <cppconn/resultset.h>
#include <cppconn/statement.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <set>
#include <string>
#include <thread>

#include "absl/time/clock.h"
#include "common/db/connection.h"
#include "common/db/transact.h"
#include "common/status/macros.h"
#include "common/testing/mariadb.h"
#include "common/testing/status_matchers.h"

namespace plenary::db {
namespace {

using testing::IsError;
using testing::IsOk;
using testing::PrivateServer;
using testing::StatusIs;

constexpr char kInsert[] = "INSERT INTO t (id) VALUES (?)";

absl::Time Soon() { return absl::Now() + absl::Seconds(60); }

class CommitFaultTest : public ::testing::Test {
 protected:
  CommitFaultTest() {
    Pool pool(server_.SettingsFor(""));
    EXPECT_OK(Autocommit(pool, Soon(), [](Session& session) -> absl::Status {
      RETURN_IF_ERROR(session.Execute("CREATE DATABASE faults").status());
      return session.Execute("CREATE TABLE faults.t (id INT NOT NULL PRIMARY KEY)").status();
    }));
    pool_ = std::make_unique<Pool>(server_.SettingsFor("faults"));
    Reconnect();
  }

  // The second connection, which kills and looks.
  void Reconnect() { other_ = Connection::Open(server_.SettingsFor("faults")).value(); }
  void Kill(std::int64_t connection_id) {
    EXPECT_OK(other_->Run("KILL CONNECTION " + std::to_string(connection_id)));
  }
  std::set<std::int64_t> Stored() {
    std::set<std::int64_t> ids;
    const std::vector<Row> rows = other_->Query("SELECT id FROM t", {}).value();
    for (const Row& row : rows) ids.insert(row.Int64(0));
    return ids;
  }
  std::int64_t Count(const std::string& sql) { return other_->Query(sql, {}).value().at(0).Int64(0); }

  PrivateServer server_;
  std::unique_ptr<Pool> pool_;
  std::unique_ptr<Connection> other_;
};

TEST_F(CommitFaultTest, NegativeControlTheDriversCommitReturnsNormallyOnAKilledConnection) {
  sql::ConnectOptionsMap options;
  options["hostName"] = sql::SQLString("unix://" + server_.SettingsFor("").socket);
  options["userName"] = sql::SQLString("root");
  options["schema"] = sql::SQLString("faults");
  options["OPT_RECONNECT"] = false;
  const std::unique_ptr<sql::Connection> connection(get_driver_instance()->connect(options));
  connection->setAutoCommit(false);
  const std::unique_ptr<sql::Statement> statement(connection->createStatement());
  statement->execute("INSERT INTO t (id) VALUES (1)");
  const std::unique_ptr<sql::ResultSet> id(statement->executeQuery("SELECT CONNECTION_ID()"));
  ASSERT_TRUE(id->next());
  Kill(id->getInt64(1));
  EXPECT_NO_THROW(connection->commit());
  EXPECT_NO_THROW(connection->rollback());
  EXPECT_NO_THROW(connection->setAutoCommit(true));
  EXPECT_TRUE(Stored().empty());
}

TEST_F(CommitFaultTest, AConnectionKilledJustBeforeCommitIsNotAcknowledged) {
  const absl::Status status = Transact(*pool_, Soon(), [&](Transaction& transaction) -> absl::Status {
    RETURN_IF_ERROR(transaction.Execute(kInsert, {1}).status());
    ASSIGN_OR_RETURN(const auto id, transaction.QueryOne("SELECT CONNECTION_ID()"));
    Kill(id->Int64(0));
    return absl::OkStatus();
  });
  EXPECT_THAT(status, IsError(absl::StatusCode::kUnavailable, "COMMIT_OUTCOME_UNKNOWN"));
  EXPECT_TRUE(Stored().empty());
}

TEST_F(CommitFaultTest, AConnectionKilledDuringCommitIsNotAcknowledged) {
  // A read lock over all tables holds a COMMIT up while it runs, so that it can be killed in the middle.
  const auto blocker = Connection::Open(server_.SettingsFor("faults")).value();
  std::atomic<std::int64_t> connection_id = 0;
  std::atomic<bool> locked = false;
  absl::Status status;
  std::thread committer([&] {
    status = Transact(*pool_, Soon(), [&](Transaction& transaction) -> absl::Status {
      RETURN_IF_ERROR(transaction.Execute(kInsert, {1}).status());
      ASSIGN_OR_RETURN(const auto id, transaction.QueryOne("SELECT CONNECTION_ID()"));
      connection_id = id->Int64(0);
      connection_id.notify_one();
      locked.wait(false);
      return absl::OkStatus();
    });
  });
  connection_id.wait(0);
  const absl::Status read_lock = blocker->Run("FLUSH TABLES WITH READ LOCK");
  locked = true;
  locked.notify_one();
  const std::string committing =
      "SELECT COUNT(*) FROM information_schema.processlist WHERE info = 'COMMIT' AND id = " +
      std::to_string(connection_id);
  while (read_lock.ok() && Count(committing) == 0) std::this_thread::yield();
  Kill(connection_id);
  committer.join();
  EXPECT_OK(blocker->Run("UNLOCK TABLES"));
  ASSERT_THAT(read_lock, IsOk());
  EXPECT_THAT(status, IsError(absl::StatusCode::kUnavailable, "COMMIT_OUTCOME_UNKNOWN"));
}

TEST_F(CommitFaultTest, WhateverIsKilledWhenNothingAcknowledgedIsMissing) {
  constexpr int kTransactions = 300;
  std::atomic<std::int64_t> connection_id = 0;
  std::atomic<bool> done = false;
  std::thread killer([&] {
    while (!done) {
      // The connection may be gone already: that is the point of the race.
      if (const std::int64_t id = connection_id.exchange(0); id != 0) {
        (void)other_->Run("KILL CONNECTION " + std::to_string(id));
      }
      std::this_thread::yield();
    }
  });
  std::set<std::int64_t> acknowledged;
  int refused = 0;
  for (int i = 0; i < kTransactions; ++i) {
    const absl::Status status = Transact(*pool_, Soon(), [&](Transaction& transaction) -> absl::Status {
      RETURN_IF_ERROR(transaction.Execute(kInsert, {i}).status());
      ASSIGN_OR_RETURN(const auto id, transaction.QueryOne("SELECT CONNECTION_ID()"));
      if (i % 3 == 0) connection_id = id->Int64(0);
      return absl::OkStatus();
    });
    status.ok() ? acknowledged.insert(i).second : ++refused;
  }
  done = true;
  killer.join();
  EXPECT_GT(acknowledged.size(), 0u);
  EXPECT_GT(refused, 0);
  const std::set<std::int64_t> stored = Stored();
  for (const std::int64_t id : acknowledged) EXPECT_TRUE(stored.contains(id)) << id;
}

TEST_F(CommitFaultTest, AServerKilledInATransactionIsAnErrorAndStoresNothing) {
  const absl::Status status = Transact(*pool_, Soon(), [&](Transaction& transaction) -> absl::Status {
    RETURN_IF_ERROR(transaction.Execute(kInsert, {1}).status());
    server_.Kill();
    return absl::OkStatus();
  });
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(Transact(*pool_, Soon(), [](Transaction&) { return absl::OkStatus(); }),
              IsError(absl::StatusCode::kUnavailable, "DATABASE_UNAVAILABLE"));
  server_.Start();
  Reconnect();
  EXPECT_TRUE(Stored().empty());
  EXPECT_THAT(Transact(*pool_, Soon(),
                       [](Transaction& transaction) { return transaction.Execute(kInsert, {2}).status(); }),
              IsOk());
}

TEST_F(CommitFaultTest, AServerKilledUnderLoadHasEverythingItAcknowledged) {
  constexpr int kThreads = 4, kBeforeTheKill = 200;
  std::atomic<int> next = 0, count = 0;
  std::vector<std::set<std::int64_t>> acknowledged(kThreads);
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      for (;;) {
        const int id = next++;
        const absl::Status status = Transact(*pool_, Soon(), [&](Transaction& transaction) {
          return transaction.Execute(kInsert, {id}).status();
        });
        if (!status.ok()) return;
        acknowledged[i].insert(id);
        ++count;
      }
    });
  }
  while (count < kBeforeTheKill) std::this_thread::yield();
  server_.Kill();
  for (std::thread& thread : threads) thread.join();
  server_.Start();
  Reconnect();
  const std::set<std::int64_t> stored = Stored();
  for (const auto& ids : acknowledged) {
    for (const std::int64_t id : ids) EXPECT_TRUE(stored.contains(id)) << id;
  }
}

}  // namespace
}  // namespace plenary::db
