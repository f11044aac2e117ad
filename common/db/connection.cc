#include "common/db/connection.h"

#include <cppconn/connection.h>
#include <cppconn/driver.h>
#include <cppconn/exception.h>
#include <cppconn/prepared_statement.h>
#include <cppconn/resultset.h>
#include <cppconn/resultset_metadata.h>
#include <cppconn/statement.h>

#include <list>
#include <string>
#include <unordered_map>

#include "common/db/vendor_error.h"
#include "common/status/macros.h"

namespace plenary::db {
namespace {

constexpr int kConnectSeconds = 5;
constexpr int kLockWaitSeconds = 5;
// Beyond a statement's own bound: only a server that no longer answers runs into it.
constexpr absl::Duration kReadMargin = absl::Seconds(10);

constexpr char kSessionSetUp[] =
    "SET SESSION sql_mode = 'STRICT_ALL_TABLES,ONLY_FULL_GROUP_BY,NO_ZERO_DATE,NO_ZERO_IN_DATE,"
    "ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION', time_zone = '+00:00', autocommit = 1, "
    "innodb_lock_wait_timeout = ";
constexpr char kIsolation[] = "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ";
constexpr char kCharacters[] = "SET NAMES utf8mb4 COLLATE utf8mb4_bin";
constexpr char kServerFacts[] = "SELECT VERSION() LIKE '%MariaDB%'";
constexpr char kSnapshotIsolationOn[] = "SET SESSION innodb_snapshot_isolation = ON";
constexpr char kSnapshotIsolationKnown[] = "SHOW SESSION VARIABLES LIKE 'innodb_snapshot_isolation'";

void Bind(sql::PreparedStatement& statement, const Params& params) {
  unsigned index = 0;
  for (const Value& value : params) {
    ++index;
    std::visit(
        [&](const auto& held) {
          using T = std::decay_t<decltype(held)>;
          if constexpr (std::is_same_v<T, Null>) {
            statement.setNull(index, 0);
          } else if constexpr (std::is_same_v<T, std::int64_t>) {
            statement.setInt64(index, held);
          } else if constexpr (std::is_same_v<T, std::uint64_t>) {
            statement.setUInt64(index, held);
          } else {
            statement.setString(index, held);
          }
        },
        value.variant());
  }
}

}  // namespace

void InitDriver() { get_driver_instance(); }

struct Connection::Driver {
  struct Prepared {
    std::string sql;
    std::unique_ptr<sql::PreparedStatement> statement;
  };

  std::unique_ptr<sql::Connection> connection;
  std::list<Prepared> prepared;  // the most recently used first
  std::unordered_map<std::string_view, std::list<Prepared>::iterator> by_sql;

  ~Driver() {
    by_sql.clear();
    prepared.clear();  // before their connection
  }

  sql::PreparedStatement& Prepare(std::string_view sql) {
    if (const auto found = by_sql.find(sql); found != by_sql.end()) {
      prepared.splice(prepared.begin(), prepared, found->second);
      return *prepared.front().statement;
    }
    std::unique_ptr<sql::PreparedStatement> statement(connection->prepareStatement(std::string(sql)));
    if (prepared.size() >= kPreparedStatements) {
      by_sql.erase(prepared.back().sql);
      prepared.pop_back();
    }
    prepared.push_front({std::string(sql), std::move(statement)});
    by_sql.emplace(prepared.front().sql, prepared.begin());
    return *prepared.front().statement;
  }
};

Connection::Connection(std::unique_ptr<Driver> driver) : driver_(std::move(driver)) {}
Connection::~Connection() = default;

// The one place where the driver's exceptions end.
absl::Status Connection::Guarded(std::string_view sql, const std::function<void()>& work, int* vendor_error) {
  if (!usable_) return VendorError(2006, "the connection has been dropped", sql);
  try {
    work();
    return absl::OkStatus();
  } catch (const sql::SQLException& error) {
    last_error_ = error.what();
    if (vendor_error != nullptr) *vendor_error = error.getErrorCode();
    const absl::Status status = VendorError(error.getErrorCode(), last_error_, sql);
    // An error of the driver itself has no number; what the connection is then worth is unknown.
    if (LosesConnection(error.getErrorCode()) || error.getErrorCode() == 0) usable_ = false;
    return status;
  } catch (const std::exception& error) {
    usable_ = false;
    return VendorError(0, error.what(), sql);
  }
}

absl::StatusOr<std::unique_ptr<Connection>> Connection::Open(const Settings& settings) {
  std::unique_ptr<Connection> connection(new Connection(std::make_unique<Driver>()));
  const std::string where = settings.socket.empty()
                                ? "tcp://" + settings.host + ":" + std::to_string(settings.port)
                                : "unix://" + settings.socket;
  RETURN_IF_ERROR(connection->Guarded("connect to " + where, [&] {
    sql::ConnectOptionsMap options;
    options["hostName"] = sql::SQLString(where);
    options["userName"] = sql::SQLString(settings.user);
    options["password"] = sql::SQLString(settings.password);
    if (!settings.schema.empty()) options["schema"] = sql::SQLString(settings.schema);
    options["OPT_RECONNECT"] = false;
    options["OPT_CHARSET_NAME"] = sql::SQLString("utf8mb4");
    options["OPT_CONNECT_TIMEOUT"] = kConnectSeconds;
    const auto bound = static_cast<int>(absl::ToInt64Seconds(settings.statement_timeout + kReadMargin));
    options["OPT_READ_TIMEOUT"] = bound;
    options["OPT_WRITE_TIMEOUT"] = bound;
    connection->driver_->connection.reset(get_driver_instance()->connect(options));
  }));
  RETURN_IF_ERROR(connection->Run(kSessionSetUp + std::to_string(kLockWaitSeconds)));
  RETURN_IF_ERROR(connection->Run(kIsolation));
  RETURN_IF_ERROR(connection->Run(kCharacters));
  ASSIGN_OR_RETURN(const std::vector<Row> facts, connection->Query(kServerFacts, {}));
  if (facts.at(0).Bool(0)) {
    RETURN_IF_ERROR(connection->Run("SET SESSION max_statement_time = " +
                                    std::to_string(absl::ToInt64Seconds(settings.statement_timeout))));
    // A write on what changed since this transaction read it then fails with 1020 instead of losing an
    // update.
    ASSIGN_OR_RETURN(const std::vector<Row> known, connection->Query(kSnapshotIsolationKnown, {}));
    if (!known.empty()) RETURN_IF_ERROR(connection->Run(kSnapshotIsolationOn));
  } else {
    RETURN_IF_ERROR(connection->Run("SET SESSION max_execution_time = " +
                                    std::to_string(absl::ToInt64Milliseconds(settings.statement_timeout))));
  }
  return connection;
}

absl::Status Connection::Run(std::string_view sql) {
  return Guarded(sql, [&] {
    std::unique_ptr<sql::Statement> statement(driver_->connection->createStatement());
    statement->execute(std::string(sql));
  });
}

absl::StatusOr<std::int64_t> Connection::Execute(std::string_view sql, const Params& params) {
  std::int64_t changed = 0;
  RETURN_IF_ERROR(Guarded(sql, [&] {
    sql::PreparedStatement& statement = driver_->Prepare(sql);
    Bind(statement, params);
    changed = statement.executeUpdate();
  }));
  return changed;
}

absl::StatusOr<InsertOutcome> Connection::Insert(std::string_view sql, const Params& params) {
  int vendor_error = 0;
  std::int64_t rows = 0;
  const absl::Status status = Guarded(
      sql,
      [&] {
        sql::PreparedStatement& statement = driver_->Prepare(sql);
        Bind(statement, params);
        rows = statement.executeUpdate();
      },
      &vendor_error);
  if (vendor_error == kDuplicateEntry) {
    return InsertOutcome{InsertOutcome::Kind::kDuplicate, DuplicateKey(last_error_)};
  }
  RETURN_IF_ERROR(status);
  return InsertOutcome{.rows = rows};
}

absl::StatusOr<std::vector<Row>> Connection::Query(std::string_view sql, const Params& params) {
  std::vector<Row> rows;
  RETURN_IF_ERROR(Guarded(sql, [&] {
    sql::PreparedStatement& statement = driver_->Prepare(sql);
    Bind(statement, params);
    const std::unique_ptr<sql::ResultSet> result(statement.executeQuery());
    const unsigned columns = result->getMetaData()->getColumnCount();
    while (result->next()) {
      Row& row = rows.emplace_back();
      row.columns_.reserve(columns);
      for (unsigned column = 1; column <= columns; ++column) {
        std::string text = result->getString(column);
        if (result->isNull(column)) {
          row.columns_.emplace_back(std::nullopt);
        } else {
          row.columns_.emplace_back(std::move(text));
        }
      }
    }
  }));
  return rows;
}

bool Connection::Ping() {
  bool alive = false;
  const absl::Status status = Guarded("ping", [&] { alive = driver_->connection->isValid(); });
  if (!status.ok() || !alive) usable_ = false;
  return usable_;
}

}  // namespace plenary::db
