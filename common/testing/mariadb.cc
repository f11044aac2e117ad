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
#include <memory>
#include <stdexcept>
#include <thread>

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

TestDatabase::TestDatabase(const std::vector<db::MigrationSet>& migrations) {
  const std::string schema = "test_" + RandomIds().NextText();
  db::Pool server(SettingsOfThisRun(""));
  Require(db::Autocommit(server, absl::Now() + kPatience,
                         [&](db::Session& session) { return session.Execute("CREATE DATABASE " + schema); })
              .status(),
          "create a schema");
  settings_ = SettingsOfThisRun(schema);
  pool_ = std::make_unique<db::Pool>(settings_);
  Require(db::Migrate(settings_, migrations), "migrate");
}

TestDatabase::~TestDatabase() {
  pool_->Close();
  db::Settings settings = settings_;
  settings.schema = "";
  db::Pool server(settings);
  const auto dropped = db::Autocommit(server, absl::Now() + kPatience, [&](db::Session& session) {
    return session.Execute("DROP DATABASE " + settings_.schema);
  });
  if (!dropped.ok()) ADD_FAILURE() << "drop the schema: " << Describe(dropped.status());
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
