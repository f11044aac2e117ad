#include "common/db/durability.h"

#include <gtest/gtest.h>

#include "absl/time/clock.h"
#include "common/db/transact.h"
#include "common/testing/mariadb.h"
#include "common/testing/status_matchers.h"

namespace plenary::db {
namespace {

using testing::IsError;
using testing::IsOk;
using testing::PrivateServer;

void Set(Pool& pool, const std::string& setting) {
  ASSERT_OK(Autocommit(pool, absl::Now() + absl::Seconds(20),
                       [&](Session& session) { return session.Execute("SET GLOBAL " + setting); }));
}

TEST(Durability, AServerStartedByDeployIsDurable) {
  PrivateServer server;
  Pool pool(server.SettingsFor(""));
  EXPECT_THAT(CheckDurability(pool), IsOk());
}

TEST(Durability, RefusesAServerThatWouldLoseCommits) {
  PrivateServer server;
  Pool pool(server.SettingsFor(""));
  Set(pool, "innodb_flush_log_at_trx_commit = 0");
  EXPECT_THAT(CheckDurability(pool), IsError(absl::StatusCode::kFailedPrecondition, "DATABASE_NOT_DURABLE"));
  Set(pool, "innodb_flush_log_at_trx_commit = 1");
  Set(pool, "sync_binlog = 0");
  EXPECT_THAT(CheckDurability(pool), IsError(absl::StatusCode::kFailedPrecondition, "DATABASE_NOT_DURABLE"));
}

TEST(Durability, AStoreWithoutOrderRefusesABinaryLog) {
  PrivateServer with;
  Pool ordered(with.SettingsFor(""));
  EXPECT_THAT(CheckDurability(ordered, BinaryLog::kForbidden),
              IsError(absl::StatusCode::kFailedPrecondition, "DATABASE_KEEPS_ORDER"));
  PrivateServer without(PrivateServer::BinaryLog::kOff);
  Pool unordered(without.SettingsFor(""));
  EXPECT_THAT(CheckDurability(unordered, BinaryLog::kForbidden), IsOk());
}

}  // namespace
}  // namespace plenary::db
