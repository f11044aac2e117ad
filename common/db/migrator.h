// Brings a schema up to date from folders of numbered SQL files, and checks that it is.
//
// A folder holds 0001_name.sql, 0002_name.sql, … without a gap. A file that has been applied anywhere is
// never edited again: its SHA-256 is recorded in schema_migrations and compared. Statements end with
// `;` at the end of a line; `--` comments run from the start of a line (after blanks) to its end.
// MariaDB commits at every DDL statement, so a migration that fails half way leaves what came before:
// the file is recorded only when all of it was applied, and a person finishes or undoes the rest.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/db/pool.h"

namespace plenary::db {

// A series of migrations with numbers of its own. A service has its own set and, before it, the `common` one
// (common/db/schema: outbox, requests, audit), except a store that may hold none of these.
struct MigrationSet {
  std::string name;    // "common", "election"
  std::string folder;  // path
};

struct Migration {
  int number = 0;
  std::string name;    // "0001_rolls.sql"
  std::string sha256;  // hexadecimal
  std::string sql;
};

// The files of a folder in order. FAILED_PRECONDITION, reason MIGRATIONS_MALFORMED, when a number is
// missing or given twice, or a .sql file is named otherwise.
absl::StatusOr<std::vector<Migration>> ReadMigrations(const MigrationSet& set);

// The statements of a file, without comments.
std::vector<std::string> SplitStatements(std::string_view sql);

// Applies what is missing, set after set, under an account with DDL rights. Two runs at the same time
// are safe: the second waits. FAILED_PRECONDITION with reason
//   MIGRATION_CHANGED  an applied file's content is no longer what was applied
//   SCHEMA_AHEAD       the schema has a migration that the folder lacks: this program is too old
absl::Status Migrate(const Settings& settings, const std::vector<MigrationSet>& sets);

// The number of the last applied migration of a set; 0 when there is none.
absl::StatusOr<int> CurrentVersion(Pool& pool, std::string_view set_name);

// For a server at its start, which does not migrate: OK when the schema stands exactly where the folders
// do. Reasons as above, and SCHEMA_BEHIND when a migration is missing (run `<service> --migrate`).
absl::Status RequireCurrent(Pool& pool, const std::vector<MigrationSet>& sets);

}  // namespace plenary::db
