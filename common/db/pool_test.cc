#include "common/db/pool.h"

#include <gtest/gtest.h>

#include <optional>
#include <thread>

#include "absl/time/clock.h"
#include "common/db/connection.h"
#include "common/db/transact.h"
#include "common/testing/mariadb.h"
#include "common/testing/status_matchers.h"

namespace plenary::db {
namespace {

using testing::IsError;
using testing::IsOk;
using testing::StatusIs;
using testing::TestDatabase;

absl::Time Soon() { return absl::Now() + absl::Seconds(20); }

std::int64_t IdOf(Connection& connection) {
  return connection.Query("SELECT CONNECTION_ID()", {}).value().at(0).Int64(0);
}

TEST(Pool, AnExhaustedPoolRefusesAtTheDeadlineAndServesAgainAfterAReturn) {
  TestDatabase database;
  Pool pool(database.settings(), {.max_connections = 2});
  auto first = pool.Acquire(Soon());
  ASSERT_THAT(first, IsOk());
  {
    auto second = pool.Acquire(Soon());
    ASSERT_THAT(second, IsOk());
    EXPECT_THAT(pool.Acquire(absl::Now() + absl::Milliseconds(50)).status(),
                IsError(absl::StatusCode::kResourceExhausted, "DATABASE_BUSY"));
  }
  EXPECT_THAT(pool.Acquire(Soon()), IsOk());
}

TEST(Pool, AWaitingCallerGetsTheConnectionThatComesBack) {
  TestDatabase database;
  Pool pool(database.settings(), {.max_connections = 1});
  std::optional<absl::StatusOr<Pool::Lease>> lease = pool.Acquire(Soon());
  ASSERT_THAT(*lease, IsOk());
  absl::Status waited = absl::UnknownError("not yet");
  std::thread waiter([&] { waited = pool.Acquire(Soon()).status(); });
  lease.reset();
  waiter.join();
  EXPECT_THAT(waited, IsOk());
}

TEST(Pool, UsesAConnectionAgain) {
  TestDatabase database;
  Pool pool(database.settings());
  const std::int64_t first = IdOf(**pool.Acquire(Soon()));
  EXPECT_EQ(IdOf(**pool.Acquire(Soon())), first);
}

TEST(Pool, DropsAConnectionThatWasKilled) {
  TestDatabase database;
  Pool pool(database.settings(), {.max_connections = 1});
  const std::int64_t first = IdOf(**pool.Acquire(Soon()));
  database.Run("KILL CONNECTION " + std::to_string(first));
  EXPECT_THAT(Autocommit(pool, Soon(), [](Session& session) { return session.QueryOne("SELECT 1"); }),
              StatusIs(absl::StatusCode::kUnavailable));
  auto lease = pool.Acquire(Soon());
  ASSERT_THAT(lease, IsOk());
  EXPECT_NE(IdOf(**lease), first);
}

TEST(Pool, AsksAConnectionThatWasIdleWhetherItStillAnswers) {
  TestDatabase database;
  Pool pool(database.settings(), {.max_connections = 1});
  auto lease = std::make_unique<Pool::Lease>(*pool.Acquire(Soon()));
  database.Run("KILL CONNECTION " + std::to_string(IdOf(**lease)));
  EXPECT_FALSE((*lease)->Ping());
  EXPECT_FALSE((*lease)->usable());
}

TEST(Pool, AClosedPoolLendsNothing) {
  TestDatabase database;
  Pool pool(database.settings());
  pool.Close();
  EXPECT_THAT(pool.Acquire(Soon()).status(), IsError(absl::StatusCode::kUnavailable, "DATABASE_UNAVAILABLE"));
}

TEST(Pool, SaysThatAServerCannotBeReached) {
  Settings nowhere;
  nowhere.socket = "/nonexistent/mysql.sock";
  nowhere.user = "root";
  Pool pool(nowhere, {.max_connections = 1});
  for (int i = 0; i < 3; ++i) {  // a failed opening gives its place back
    EXPECT_THAT(pool.Acquire(Soon()).status(),
                IsError(absl::StatusCode::kUnavailable, "DATABASE_UNAVAILABLE"));
  }
}

}  // namespace
}  // namespace plenary::db
