// One connection to the server. Internal to common/db: everyone else sees Session and Pool.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/db/pool.h"
#include "common/db/session.h"

namespace plenary::db {

// A prepared statement kept beyond this many pushes out the one used longest ago.
inline constexpr std::size_t kPreparedStatements = 128;

// Not thread-safe. No exception of the driver leaves it.
class Connection {
 public:
  static absl::StatusOr<std::unique_ptr<Connection>> Open(const Settings& settings);
  ~Connection();

  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Runs a statement as text, without parameters or result: BEGIN, COMMIT, ROLLBACK, DDL.
  absl::Status Run(std::string_view sql);

  // Prepared; returns the rows changed.
  absl::StatusOr<std::int64_t> Execute(std::string_view sql, const Params& params);
  absl::StatusOr<InsertOutcome> Insert(std::string_view sql, const Params& params);
  absl::StatusOr<std::vector<Row>> Query(std::string_view sql, const Params& params);

  // False once the connection must not be used again.
  bool usable() const { return usable_; }
  void Drop() { usable_ = false; }

  // Whether the server still answers (one round trip).
  bool Ping();

 private:
  struct Driver;  // what the driver's headers declare
  explicit Connection(std::unique_ptr<Driver> driver);
  absl::Status Guarded(std::string_view sql, const std::function<void()>& work, int* vendor_error = nullptr);

  std::unique_ptr<Driver> driver_;
  bool usable_ = true;
  std::string last_error_;  // the server's text of the last failure
};

}  // namespace plenary::db
