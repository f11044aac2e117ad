#include "common/testing/mariadb.h"

#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>

#include "absl/time/clock.h"
#include "common/db/transact.h"
#include "common/ids/id.h"
#include "common/testing/status_matchers.h"

namespace plenary::testing {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(30);
constexpr auto kKillPoll = std::chrono::milliseconds(5);

void Require(const absl::Status& status, const std::string& what) {
  if (!status.ok()) throw std::runtime_error(what + ": " + Describe(status));
}

// Runs deploy/mariadb; its own message goes to stderr.
void Deploy(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), std::string(PLENARY_SOURCE_DIR) + "/deploy/mariadb");
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  pid_t pid = 0;
  int status = 0;
  if (posix_spawn(&pid, argv[0], nullptr, nullptr, argv.data(), environ) != 0 ||
      waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    throw std::runtime_error("deploy/mariadb " + arguments[1] + " failed");
  }
}

std::string FirstLine(const std::string& path) {
  std::string line;
  std::getline(std::ifstream(path), line);
  return line;
}

db::Settings SettingsOf(const std::string& directory, const std::string& schema) {
  db::Settings settings;
  settings.socket = FirstLine(directory + "/socket");
  settings.user = "root";
  settings.schema = schema;
  if (settings.socket.empty()) {
    throw std::runtime_error("no database server runs in " + directory +
                             ": run the test through ctest, or without PLENARY_TEST_MARIADB");
  }
  return settings;
}

db::Settings SettingsOfThisRun(const std::string& schema) {
  if (const char* directory = std::getenv("PLENARY_TEST_MARIADB"); directory != nullptr) {
    return SettingsOf(directory, schema);
  }
  static PrivateServer server;
  return server.SettingsFor(schema);
}

}  // namespace

db::MigrationSet CommonMigrations() { return MigrationsOf("common", "common/db/schema"); }

db::MigrationSet MigrationsOf(const std::string& name, const std::string& folder) {
  return {name, std::string(PLENARY_SOURCE_DIR) + "/" + folder};
}

// A schema as the migrations leave it, and what tells whether a test has changed more than rows.
struct TestDatabase::Schema {
  std::string name;
  std::string migrations;  // which sets it is of
  std::string shape;       // ShapeOf() when it was fresh
  std::vector<std::string> tables;
  // The rows that migrations put in.
  std::vector<std::pair<std::string, std::vector<db::Params>>> seeds;
};

namespace {

constexpr char kTables[] =
    "SELECT table_name FROM information_schema.tables WHERE table_schema = ? AND table_type = 'BASE TABLE'"
    " ORDER BY table_name";
constexpr char kColumns[] =
    "SELECT table_name, column_name, column_type, is_nullable FROM information_schema.columns WHERE "
    "table_schema "
    "= ? ORDER BY table_name, ordinal_position";
constexpr char kKeys[] =
    "SELECT table_name, index_name, non_unique, seq_in_index, column_name FROM information_schema.statistics"
    " WHERE table_schema = ? ORDER BY table_name, index_name, seq_in_index";
constexpr char kTriggers[] = "SELECT trigger_name FROM information_schema.triggers WHERE trigger_schema = ?";

void Each(db::Session& session, const std::string& sql, const db::Params& params,
          const std::function<void(const db::Row&)>& each) {
  Require(session.Query(sql, params, each), sql);
}

void Do(db::Session& session, const std::string& sql, const db::Params& params = {}) {
  Require(session.Execute(sql, params).status(), sql);
}

// Runs outside any transaction on the server of this run, in `schema` or in none.
void OnServer(const std::string& schema, const std::function<void(db::Session&)>& work) {
  db::Pool server(SettingsOfThisRun(schema), {.max_connections = 1});
  Require(db::Autocommit(server, absl::Now() + kPatience,
                         [&](db::Session& session) {
                           work(session);
                           return absl::OkStatus();
                         }),
          "reach the server");
  server.Close();
}

// Columns, keys and triggers: what a test must not leave changed.
std::string ShapeOf(db::Session& session, const std::string& schema) {
  std::string shape;
  for (const char* sql : {kColumns, kKeys, kTriggers}) {
    Each(session, sql, {schema}, [&](const db::Row& row) {
      for (std::size_t i = 0; i < row.size(); ++i) shape += row.OptionalText(i).value_or("") + '\t';
      shape += '\n';
    });
  }
  return shape;
}

std::string NamesOf(const std::vector<db::MigrationSet>& migrations) {
  std::string names;
  for (const db::MigrationSet& set : migrations) names += set.name + '=' + set.folder + '\n';
  return names;
}

}  // namespace

// The schemas that no test uses at the moment. Making one takes most of a second, emptying one some
// milliseconds, so the tests of a program hand them on. They are dropped when the program has run its tests.
class TestDatabase::Shelf : public ::testing::EmptyTestEventListener {
 public:
  static Shelf& OfThisProgram() {
    static Shelf& shelf = *[] {
      auto* made = new Shelf;  // the listeners own it
      ::testing::UnitTest::GetInstance()->listeners().Append(made);
      return made;
    }();
    return shelf;
  }

  std::unique_ptr<Schema> Take(const std::vector<db::MigrationSet>& migrations) {
    const std::string names = NamesOf(migrations);
    {
      const std::lock_guard<std::mutex> lock(mutex_);
      for (auto found = idle_.begin(); found != idle_.end(); ++found) {
        if ((*found)->migrations != names) continue;
        std::unique_ptr<Schema> schema = std::move(*found);
        idle_.erase(found);
        return schema;
      }
    }
    return Make(migrations, names);
  }

  // For the next test; dropped when this one changed its shape.
  void GiveBack(std::unique_ptr<Schema> schema) {
    bool same_shape = false;
    OnServer(schema->name, [&](db::Session& session) {
      same_shape = ShapeOf(session, schema->name) == schema->shape;
      if (!same_shape) return Do(session, "DROP DATABASE " + schema->name);
      Do(session, "SET foreign_key_checks = 0");  // of this connection alone: tables are emptied in any order
      for (const std::string& table : schema->tables) Do(session, "DELETE FROM " + table);
      for (const auto& [table, rows] : schema->seeds) {
        for (const db::Params& row : rows) {
          std::string values = "?";
          for (std::size_t i = 1; i < row.size(); ++i) values += ", ?";
          Do(session, "INSERT INTO " + table + " VALUES (" + values + ")", row);
        }
      }
    });
    if (!same_shape) return;
    const std::lock_guard<std::mutex> lock(mutex_);
    idle_.push_back(std::move(schema));
  }

  void OnTestProgramEnd(const ::testing::UnitTest&) override {
    try {
      for (const auto& schema : idle_) {
        OnServer("", [&](db::Session& session) { Do(session, "DROP DATABASE " + schema->name); });
      }
    } catch (const std::exception& error) {
      std::fputs(error.what(), stderr);
    }
    idle_.clear();
  }

 private:
  static std::unique_ptr<Schema> Make(const std::vector<db::MigrationSet>& migrations,
                                      const std::string& names) {
    auto schema = std::make_unique<Schema>();
    schema->name = "test_" + RandomIds().NextText();
    schema->migrations = names;
    OnServer("", [&](db::Session& session) { Do(session, "CREATE DATABASE " + schema->name); });
    Require(db::Migrate(SettingsOfThisRun(schema->name), migrations), "migrate");
    OnServer(schema->name, [&](db::Session& session) {
      schema->shape = ShapeOf(session, schema->name);
      Each(session, kTables, {schema->name}, [&](const db::Row& row) {
        if (row.Text(0) != "schema_migrations") schema->tables.push_back(row.Text(0));
      });
      for (const std::string& table : schema->tables) {
        std::vector<db::Params> rows;
        Each(session, "SELECT * FROM " + table, {}, [&](const db::Row& row) {
          db::Params& values = rows.emplace_back();
          for (std::size_t i = 0; i < row.size(); ++i) {
            const auto text = row.OptionalText(i);
            values.push_back(text.has_value() ? db::Value(*text) : db::Value(db::Null()));
          }
        });
        if (!rows.empty()) schema->seeds.emplace_back(table, std::move(rows));
      }
    });
    return schema;
  }

  std::mutex mutex_;
  std::vector<std::unique_ptr<Schema>> idle_;
};

TestDatabase::TestDatabase(const std::vector<db::MigrationSet>& migrations)
    : schema_(Shelf::OfThisProgram().Take(migrations)) {
  settings_ = SettingsOfThisRun(schema_->name);
  pool_ = std::make_unique<db::Pool>(settings_);
}

TestDatabase::~TestDatabase() {
  pool_->Close();
  try {
    Shelf::OfThisProgram().GiveBack(std::move(schema_));
  } catch (const std::exception& error) {
    ADD_FAILURE() << "empty the schema: " << error.what();
  }
}

void TestDatabase::Run(const std::string& sql) {
  Require(db::Autocommit(*pool_, absl::Now() + kPatience,
                         [&](db::Session& session) { return session.Execute(sql); })
              .status(),
          sql);
}

std::vector<std::string> TestDatabase::Column(const std::string& sql) {
  std::vector<std::string> column;
  Require(db::Autocommit(*pool_, absl::Now() + kPatience,
                         [&](db::Session& session) {
                           column.clear();
                           return session.Query(sql, {}, [&](const db::Row& row) {
                             column.push_back(row.OptionalText(0).value_or("NULL"));
                           });
                         }),
          sql);
  return column;
}

std::string TestDatabase::One(const std::string& sql) {
  const std::vector<std::string> column = Column(sql);
  if (column.size() != 1) throw std::runtime_error(fmt::format("{} rows: {}", column.size(), sql));
  return column.front();
}

PrivateServer::PrivateServer(BinaryLog binary_log) : binary_log_(binary_log) {
  std::string pattern = std::filesystem::temp_directory_path() / "plenary-test.XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
  directory_ = pattern;
  Start();
}

PrivateServer::~PrivateServer() {
  try {
    Deploy({"stop", directory_});
    std::filesystem::remove_all(directory_);
  } catch (const std::exception& error) {
    std::fputs(error.what(), stderr);
  }
}

void PrivateServer::Start() {
  std::vector<std::string> arguments = {"start", directory_, "--test"};
  if (binary_log_ == BinaryLog::kOff) arguments.push_back("--without-binlog");
  Deploy(std::move(arguments));
}

void PrivateServer::Kill() {
  const pid_t pid = std::stoi(FirstLine(directory_ + "/mariadbd.pid"));
  if (kill(pid, SIGKILL) != 0) throw std::runtime_error("kill failed");
  // The server is no child of ours, so there is nothing to wait on but its absence (a zombie counts as gone).
  for (;;) {
    std::ifstream stat(fmt::format("/proc/{}/cmdline", pid));
    if (!stat || stat.peek() == std::ifstream::traits_type::eof()) return;
    std::this_thread::sleep_for(kKillPoll);
  }
}

db::Settings PrivateServer::SettingsFor(const std::string& schema) const {
  return SettingsOf(directory_, schema);
}

}  // namespace plenary::testing
