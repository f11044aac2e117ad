#include "common/db/pool.h"

#include <utility>

#include "common/db/connection.h"
#include "common/db/vendor_error.h"

namespace plenary::db {
namespace {

// A connection idle for longer is asked whether it still answers before it is lent out.
constexpr absl::Duration kTrustedIdle = absl::Seconds(1);

}  // namespace

Pool::Lease::Lease(Pool& pool, std::unique_ptr<Connection> connection)
    : pool_(&pool), connection_(std::move(connection)) {}
Pool::Lease::Lease(Lease&& other) noexcept : pool_(other.pool_), connection_(std::move(other.connection_)) {}
Pool::Lease::~Lease() {
  if (connection_ != nullptr) pool_->Return(std::move(connection_));
}

Pool::Pool(Settings settings, Options options) : settings_(std::move(settings)), options_(options) {
  InitDriver();
}
Pool::~Pool() { Close(); }

absl::StatusOr<Pool::Lease> Pool::Acquire(absl::Time deadline) {
  Idle idle;
  {
    std::unique_lock lock(mutex_);
    const auto free = [this] { return closed_ || !idle_.empty() || open_ < options_.max_connections; };
    if (!returned_.wait_until(lock, absl::ToChronoTime(deadline), free)) return BusyError();
    if (closed_) return ClosedError();
    if (idle_.empty()) {
      ++open_;
    } else {
      idle = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  auto connection = Ready(std::move(idle));
  if (!connection.ok()) {
    Return(nullptr);
    return connection.status();
  }
  return Lease(*this, *std::move(connection));
}

// Opening and asking take round trips, so they happen outside the lock.
absl::StatusOr<std::unique_ptr<Connection>> Pool::Ready(Idle idle) {
  if (idle.connection != nullptr && (absl::Now() - idle.since < kTrustedIdle || idle.connection->Ping())) {
    return std::move(idle.connection);
  }
  idle.connection.reset();
  return Connection::Open(settings_);
}

void Pool::Return(std::unique_ptr<Connection> connection) {
  std::unique_ptr<Connection> dropped;  // closed outside the lock
  {
    const std::lock_guard lock(mutex_);
    if (connection != nullptr && connection->usable() && !closed_) {
      idle_.push_back({std::move(connection), absl::Now()});
    } else {
      dropped = std::move(connection);
      --open_;
    }
  }
  returned_.notify_one();
}

void Pool::Close() {
  std::vector<Idle> dropped;
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
    dropped.swap(idle_);
    open_ -= dropped.size();
  }
  returned_.notify_all();
}

}  // namespace plenary::db
