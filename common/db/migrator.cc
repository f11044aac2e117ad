#include "common/db/migrator.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

#include "absl/time/clock.h"
#include "common/crypto/bytes.h"
#include "common/db/connection.h"
#include "common/db/timestamps.h"
#include "common/db/transact.h"
#include "common/log/log.h"
#include "common/status/error.h"
#include "common/status/macros.h"

namespace plenary::db {
namespace {

constexpr ErrorDomain kDomain("plenary.db");
constexpr absl::Duration kPatience = absl::Seconds(10);
// A migration may rebuild a large table; the lock of a second run waits as long.
constexpr absl::Duration kMigrationTimeout = absl::Hours(1);
constexpr std::size_t kNumberDigits = 4;

constexpr char kCreateApplied[] =
    "CREATE TABLE IF NOT EXISTS schema_migrations ("
    "migration_set VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, number INT NOT NULL, "
    "name VARCHAR(200) NOT NULL, sha256 CHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, "
    "applied_at BIGINT NOT NULL, PRIMARY KEY (migration_set, number)) ENGINE=InnoDB";
constexpr char kCreateLock[] =
    "CREATE TABLE IF NOT EXISTS schema_migrations_lock (id INT NOT NULL PRIMARY KEY) ENGINE=InnoDB";
constexpr char kInsertLock[] = "INSERT INTO schema_migrations_lock (id) VALUES (1)";
constexpr char kTakeLock[] = "SELECT id FROM schema_migrations_lock WHERE id = 1 FOR UPDATE";
constexpr char kHasApplied[] =
    "SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = "
    "'schema_migrations'";
constexpr char kSelectApplied[] =
    "SELECT number, name, sha256 FROM schema_migrations WHERE migration_set = ? ORDER BY number";
constexpr char kInsertApplied[] =
    "INSERT INTO schema_migrations (migration_set, number, name, sha256, applied_at) VALUES (?, ?, ?, ?, ?)";

absl::Status Refusal(std::string_view reason, std::string message) {
  return kDomain.Error(absl::StatusCode::kFailedPrecondition, reason, std::move(message));
}

struct Applied {
  int number = 0;
  std::string name;
  std::string sha256;
};

std::vector<Applied> AppliedOf(const std::vector<Row>& rows) {
  std::vector<Applied> applied;
  for (const Row& row : rows) applied.push_back({static_cast<int>(row.Int64(0)), row.Text(1), row.Text(2)});
  return applied;
}

// What has been applied must be the beginning of what the folder holds.
absl::Status CheckApplied(const MigrationSet& set, const std::vector<Migration>& files,
                          const std::vector<Applied>& applied) {
  for (std::size_t i = 0; i < applied.size(); ++i) {
    if (i >= files.size() || applied[i].number != files[i].number) {
      return Refusal("SCHEMA_AHEAD",
                     fmt::format("The schema has migration {} of \"{}\", which {} lacks. Run a newer "
                                 "program, or restore the backup made before the migration.",
                                 applied[i].name, set.name, set.folder));
    }
    if (applied[i].sha256 != files[i].sha256) {
      return Refusal(
          "MIGRATION_CHANGED",
          fmt::format("{} is no longer the file that was applied to this schema. Put the applied text "
                      "back and write the change as a new migration.",
                      files[i].name));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<int> NumberOf(const std::filesystem::path& file) {
  const std::string name = file.filename().string();
  const bool shaped =
      name.size() > kNumberDigits + 1 && name[kNumberDigits] == '_' &&
      std::all_of(name.begin(), name.begin() + kNumberDigits, [](char c) { return c >= '0' && c <= '9'; });
  if (!shaped) {
    return Refusal("MIGRATIONS_MALFORMED",
                   fmt::format("{} is not named like 0001_name.sql. Rename it.", file.string()));
  }
  return std::stoi(name.substr(0, kNumberDigits));
}

absl::Status ApplyOne(Connection& connection, const MigrationSet& set, const Migration& file) {
  for (const std::string& statement : SplitStatements(file.sql)) {
    if (const absl::Status status = connection.Run(statement); !status.ok()) {
      return absl::Status(
          status.code(), fmt::format("{} of \"{}\": {}", file.name, set.name, std::string(status.message())));
    }
  }
  RETURN_IF_ERROR(
      connection
          .Execute(kInsertApplied, {set.name, file.number, file.name, file.sha256, ToMicros(absl::Now())})
          .status());
  log::Info("applied a migration", {{"set", set.name}, {"file", file.name}});
  return absl::OkStatus();
}

absl::Status ApplySet(Connection& connection, const MigrationSet& set) {
  ASSIGN_OR_RETURN(const std::vector<Migration> files, ReadMigrations(set));
  ASSIGN_OR_RETURN(const std::vector<Row> rows, connection.Query(kSelectApplied, {set.name}));
  const std::vector<Applied> applied = AppliedOf(rows);
  RETURN_IF_ERROR(CheckApplied(set, files, applied));
  for (std::size_t i = applied.size(); i < files.size(); ++i)
    RETURN_IF_ERROR(ApplyOne(connection, set, files[i]));
  return absl::OkStatus();
}

// Holds the row that only one run can hold. On a connection of its own, since DDL commits.
absl::Status TakeLock(Connection& connection) {
  RETURN_IF_ERROR(connection.Run(kCreateLock));
  RETURN_IF_ERROR(connection.Insert(kInsertLock, {}).status());
  RETURN_IF_ERROR(connection.Run("SET SESSION innodb_lock_wait_timeout = " +
                                 std::to_string(absl::ToInt64Seconds(kMigrationTimeout))));
  RETURN_IF_ERROR(connection.Run("BEGIN"));
  return connection.Query(kTakeLock, {}).status();
}

absl::StatusOr<std::vector<Applied>> ReadApplied(Pool& pool, std::string_view set_name) {
  return Autocommit(pool, absl::Now() + kPatience,
                    [&](Session& session) -> absl::StatusOr<std::vector<Applied>> {
                      std::vector<Applied> applied;
                      ASSIGN_OR_RETURN(const std::optional<Row> has, session.QueryOne(kHasApplied));
                      if (!has.has_value() || has->Int64(0) == 0) return applied;
                      RETURN_IF_ERROR(session.Query(kSelectApplied, {set_name}, [&](const Row& row) {
                        applied.push_back({static_cast<int>(row.Int64(0)), row.Text(1), row.Text(2)});
                      }));
                      return applied;
                    });
}

std::string_view Stripped(std::string_view line) {
  while (!line.empty() && std::isspace(static_cast<unsigned char>(line.front()))) line.remove_prefix(1);
  while (!line.empty() && std::isspace(static_cast<unsigned char>(line.back()))) line.remove_suffix(1);
  return line;
}

}  // namespace

absl::StatusOr<std::vector<Migration>> ReadMigrations(const MigrationSet& set) {
  std::vector<Migration> files;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(set.folder, error)) {
    if (entry.path().extension() != ".sql") continue;
    ASSIGN_OR_RETURN(const int number, NumberOf(entry.path()));
    std::ostringstream text;
    text << std::ifstream(entry.path(), std::ios::binary).rdbuf();
    files.push_back({number, entry.path().filename().string(), crypto::HexEncode(crypto::Sha256(text.str())),
                     text.str()});
  }
  if (error || files.empty()) {
    return Refusal("MIGRATIONS_MALFORMED",
                   fmt::format("There are no migrations in {}. Name the folder that holds "
                               "them.",
                               set.folder));
  }
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (files[i].number != static_cast<int>(i) + 1) {
      return Refusal("MIGRATIONS_MALFORMED",
                     fmt::format("{} should have number {:04} in {}. Number the files without "
                                 "a gap and without a double.",
                                 files[i].name, i + 1, set.folder));
    }
  }
  return files;
}

std::vector<std::string> SplitStatements(std::string_view sql) {
  std::vector<std::string> statements;
  std::string statement;
  while (!sql.empty()) {
    const std::size_t end = sql.find('\n');
    const std::string_view line = Stripped(sql.substr(0, end));
    sql.remove_prefix(end == std::string_view::npos ? sql.size() : end + 1);
    if (line.empty() || line.substr(0, 2) == "--") continue;
    if (!statement.empty()) statement += '\n';
    statement += line;
    if (line.back() == ';') {
      statement.pop_back();
      statement.resize(Stripped(statement).size());  // a line began it, so it has no blank in front
      if (!statement.empty()) statements.push_back(std::move(statement));
      statement.clear();
    }
  }
  if (!statement.empty()) statements.push_back(std::move(statement));
  return statements;
}

absl::Status Migrate(const Settings& settings, const std::vector<MigrationSet>& sets) {
  for (const MigrationSet& set : sets) RETURN_IF_ERROR(ReadMigrations(set).status());
  Settings patient = settings;
  patient.statement_timeout = kMigrationTimeout;
  ASSIGN_OR_RETURN(const std::unique_ptr<Connection> lock, Connection::Open(patient));
  ASSIGN_OR_RETURN(const std::unique_ptr<Connection> connection, Connection::Open(patient));
  RETURN_IF_ERROR(TakeLock(*lock));
  RETURN_IF_ERROR(connection->Run(kCreateApplied));
  for (const MigrationSet& set : sets) RETURN_IF_ERROR(ApplySet(*connection, set));
  return lock->Run("ROLLBACK");
}

absl::StatusOr<int> CurrentVersion(Pool& pool, std::string_view set_name) {
  ASSIGN_OR_RETURN(const std::vector<Applied> applied, ReadApplied(pool, set_name));
  return applied.empty() ? 0 : applied.back().number;
}

absl::Status RequireCurrent(Pool& pool, const std::vector<MigrationSet>& sets) {
  for (const MigrationSet& set : sets) {
    ASSIGN_OR_RETURN(const std::vector<Migration> files, ReadMigrations(set));
    ASSIGN_OR_RETURN(const std::vector<Applied> applied, ReadApplied(pool, set.name));
    RETURN_IF_ERROR(CheckApplied(set, files, applied));
    if (applied.size() < files.size()) {
      return Refusal("SCHEMA_BEHIND",
                     fmt::format("The schema lacks migration {} of \"{}\". Stop the service and run "
                                 "it once with --migrate.",
                                 files[applied.size()].name, set.name));
    }
  }
  return absl::OkStatus();
}

}  // namespace plenary::db
