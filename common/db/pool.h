// Connections to one schema. Thread-safe. A connection that saw an error of the client library, or that
// the server refuses to write through, is dropped, never reused: the driver cannot tell that it is dead.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace plenary::db {

class Connection;

// Where a schema is. A socket path wins over host and port.
struct Settings {
  std::string socket;
  std::string host;
  std::uint16_t port = 3306;
  std::string user;
  std::string password;
  std::string schema;  // "" connects to no schema

  // How long one statement may run on the server. Only a migration needs more.
  absl::Duration statement_timeout = absl::Seconds(10);
};

// Loads the driver. Its first use is not thread-safe, so main() calls this before it starts a thread;
// a Pool calls it too.
void InitDriver();

class Pool {
 public:
  struct Options {
    std::size_t max_connections = 16;  // one for each thread that handles calls
  };

  explicit Pool(Settings settings) : Pool(std::move(settings), Options()) {}
  Pool(Settings settings, Options options);
  ~Pool();  // every lease has been returned

  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // A connection of one's own until the lease ends.
  class Lease {
   public:
    Lease(Lease&& other) noexcept;
    Lease& operator=(Lease&&) = delete;
    ~Lease();
    Connection& operator*() const { return *connection_; }
    Connection* operator->() const { return connection_.get(); }

   private:
    friend class Pool;
    Lease(Pool& pool, std::unique_ptr<Connection> connection);
    Pool* pool_;
    std::unique_ptr<Connection> connection_;
  };

  // Waits for a connection until `deadline` (real time), then RESOURCE_EXHAUSTED DATABASE_BUSY.
  // UNAVAILABLE when the server cannot be reached or the pool is closed.
  absl::StatusOr<Lease> Acquire(absl::Time deadline);

  // Refuses further leases and closes idle connections; those on lease close when they come back.
  void Close();

  const Settings& settings() const { return settings_; }

 private:
  struct Idle {
    std::unique_ptr<Connection> connection;
    absl::Time since;
  };
  void Return(std::unique_ptr<Connection> connection);
  absl::StatusOr<std::unique_ptr<Connection>> Ready(Idle idle);

  const Settings settings_;
  const Options options_;
  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<Idle> idle_;  // the most recently used last
  std::size_t open_ = 0;    // idle, on lease, or being opened
  bool closed_ = false;
};

}  // namespace plenary::db
