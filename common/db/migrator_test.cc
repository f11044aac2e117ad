#include "common/db/migrator.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "common/testing/mariadb.h"
#include "common/testing/status_matchers.h"

namespace plenary::db {
namespace {

using testing::IsError;
using testing::IsOk;
using testing::StatusIs;
using testing::TestDatabase;

class MigratorTest : public ::testing::Test {
 protected:
  MigratorTest() {
    std::string pattern = std::filesystem::temp_directory_path() / "plenary migrations.XXXXXX";
    set_ = {"things", mkdtemp(pattern.data())};
    Write("0001_things.sql",
          "-- the first; table\nCREATE TABLE things (\n  id INT NOT NULL PRIMARY KEY\n);\n");
    Write("0002_more.sql",
          "CREATE TABLE more (id INT NOT NULL PRIMARY KEY);\nINSERT INTO things (id) VALUES (7);\n");
  }
  ~MigratorTest() override { std::filesystem::remove_all(set_.folder); }

  void Write(const std::string& name, const std::string& sql) {
    std::ofstream(set_.folder + "/" + name) << sql;
  }
  void Remove(const std::string& name) { std::filesystem::remove(set_.folder + "/" + name); }
  absl::Status MigrateAll() { return Migrate(database_.settings(), {set_}); }

  TestDatabase database_;
  MigrationSet set_;
};

TEST_F(MigratorTest, AppliesEachFileOnceAndInOrder) {
  EXPECT_THAT(RequireCurrent(database_.pool(), {set_}),
              IsError(absl::StatusCode::kFailedPrecondition, "SCHEMA_BEHIND"));
  ASSERT_OK_AND_ASSIGN(const int before, CurrentVersion(database_.pool(), "things"));
  EXPECT_EQ(before, 0);
  ASSERT_THAT(MigrateAll(), IsOk());
  ASSERT_THAT(MigrateAll(), IsOk());
  EXPECT_EQ(database_.Column("SELECT id FROM things"), std::vector<std::string>{"7"});
  ASSERT_OK_AND_ASSIGN(const int after, CurrentVersion(database_.pool(), "things"));
  EXPECT_EQ(after, 2);
  EXPECT_THAT(RequireCurrent(database_.pool(), {set_}), IsOk());
}

TEST_F(MigratorTest, AppliesAFileThatCameLater) {
  ASSERT_THAT(MigrateAll(), IsOk());
  Write("0003_later.sql", "ALTER TABLE more ADD COLUMN n INT NULL;\n");
  EXPECT_THAT(RequireCurrent(database_.pool(), {set_}),
              IsError(absl::StatusCode::kFailedPrecondition, "SCHEMA_BEHIND"));
  ASSERT_THAT(MigrateAll(), IsOk());
  EXPECT_THAT(RequireCurrent(database_.pool(), {set_}), IsOk());
}

TEST_F(MigratorTest, RefusesAnAppliedFileThatWasChanged) {
  ASSERT_THAT(MigrateAll(), IsOk());
  Write("0001_things.sql", "CREATE TABLE things (id BIGINT NOT NULL PRIMARY KEY);\n");
  EXPECT_THAT(MigrateAll(), IsError(absl::StatusCode::kFailedPrecondition, "MIGRATION_CHANGED"));
  EXPECT_THAT(RequireCurrent(database_.pool(), {set_}),
              IsError(absl::StatusCode::kFailedPrecondition, "MIGRATION_CHANGED"));
}

TEST_F(MigratorTest, RefusesASchemaAheadOfTheFolder) {
  ASSERT_THAT(MigrateAll(), IsOk());
  Remove("0002_more.sql");
  EXPECT_THAT(MigrateAll(), IsError(absl::StatusCode::kFailedPrecondition, "SCHEMA_AHEAD"));
  EXPECT_THAT(RequireCurrent(database_.pool(), {set_}),
              IsError(absl::StatusCode::kFailedPrecondition, "SCHEMA_AHEAD"));
}

TEST_F(MigratorTest, RefusesAGapADoubleAndAnotherName) {
  Write("0004_gap.sql", "SELECT 1;\n");
  EXPECT_THAT(MigrateAll(), IsError(absl::StatusCode::kFailedPrecondition, "MIGRATIONS_MALFORMED"));
  Remove("0004_gap.sql");
  Write("0002_again.sql", "SELECT 1;\n");
  EXPECT_THAT(MigrateAll(), IsError(absl::StatusCode::kFailedPrecondition, "MIGRATIONS_MALFORMED"));
  Remove("0002_again.sql");
  Write("later.sql", "SELECT 1;\n");
  EXPECT_THAT(MigrateAll(), IsError(absl::StatusCode::kFailedPrecondition, "MIGRATIONS_MALFORMED"));
  Remove("later.sql");
  EXPECT_THAT(MigrateAll(), IsOk());
}

TEST_F(MigratorTest, RefusesAFolderThatIsNotThere) {
  EXPECT_THAT(Migrate(database_.settings(), {{"none", "/nonexistent"}}),
              IsError(absl::StatusCode::kFailedPrecondition, "MIGRATIONS_MALFORMED"));
}

TEST_F(MigratorTest, DoesNotRecordAFileThatFailed) {
  Write("0003_wrong.sql", "CREATE TABEL x (id INT);\n");
  EXPECT_THAT(MigrateAll(), StatusIs(absl::StatusCode::kInternal));
  ASSERT_OK_AND_ASSIGN(const int version, CurrentVersion(database_.pool(), "things"));
  EXPECT_EQ(version, 2);
}

TEST_F(MigratorTest, TwoRunsAtTheSameTimeApplyEachFileOnce) {
  absl::Status other;
  std::thread thread([&] { other = MigrateAll(); });
  const absl::Status mine = MigrateAll();
  thread.join();
  EXPECT_THAT(mine, IsOk());
  EXPECT_THAT(other, IsOk());
  EXPECT_EQ(database_.Column("SELECT id FROM things"), std::vector<std::string>{"7"});
}

TEST_F(MigratorTest, SetsNumberTheirFilesByThemselves) {
  ASSERT_THAT(Migrate(database_.settings(), {testing::CommonMigrations(), set_}), IsOk());
  EXPECT_EQ(database_.Column("SELECT migration_set FROM schema_migrations ORDER BY 1"),
            (std::vector<std::string>{"common", "things", "things"}));
}

TEST(SplitStatements, EndsAStatementAtASemicolonAtTheEndOfALine) {
  const std::vector<std::string> expected = {"CREATE TABLE a (\nt TEXT DEFAULT 'x; y'\n)",
                                             "INSERT INTO a VALUES (1)", "SELECT 2"};
  EXPECT_EQ(SplitStatements(
                "-- a;\n\nCREATE TABLE a (\n  t TEXT DEFAULT 'x; y'\n);  \n  -- b;\nINSERT INTO a VALUES "
                "(1);\r\nSELECT 2\n;"),
            expected);
}

}  // namespace
}  // namespace plenary::db
