// Real databases for tests. A test without a database fails; it never skips.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/db/migrator.h"
#include "common/db/pool.h"

namespace plenary::testing {

// The migrations of common/db/schema (outbox, requests, audit), to be named before a service's own.
db::MigrationSet CommonMigrations();

// The migrations of `folder`, a path from the repository's root: "services/election/schema".
db::MigrationSet MigrationsOf(const std::string& name, const std::string& folder);

// A schema on the server of this test run that holds what its migrations put there and nothing else; tests of
// one program use it one after the other, emptied in between (AUTO_INCREMENT goes on). The server is that of
// $PLENARY_TEST_MARIADB (ctest starts it once); without the variable this program starts one of its own and
// stops it at its end. Throws std::runtime_error, which fails the test, when there is no server.
class TestDatabase {
 public:
  explicit TestDatabase(const std::vector<db::MigrationSet>& migrations = {});
  ~TestDatabase();
  TestDatabase(const TestDatabase&) = delete;
  TestDatabase& operator=(const TestDatabase&) = delete;

  const db::Settings& settings() const { return settings_; }
  db::Pool& pool() { return *pool_; }

  // Statements outside any rule, for arranging and looking. A failure throws.
  void Run(const std::string& sql);
  // The first column of each row; NULL reads as "NULL".
  std::vector<std::string> Column(const std::string& sql);
  std::string One(const std::string& sql);

 private:
  struct Schema;
  class Shelf;

  std::unique_ptr<Schema> schema_;
  db::Settings settings_;
  std::unique_ptr<db::Pool> pool_;
};

// A server that a test may kill: its own folder, gone in the destructor. Throws when it cannot start.
class PrivateServer {
 public:
  enum class BinaryLog { kOn, kOff };
  explicit PrivateServer(BinaryLog binary_log = BinaryLog::kOn);
  ~PrivateServer();
  PrivateServer(const PrivateServer&) = delete;
  PrivateServer& operator=(const PrivateServer&) = delete;

  void Start();
  void Kill();  // SIGKILL, and waits until the process is gone
  db::Settings SettingsFor(const std::string& schema) const;

 private:
  std::string directory_;
  BinaryLog binary_log_;
};

}  // namespace plenary::testing
