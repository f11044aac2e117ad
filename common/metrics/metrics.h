// Figures for Prometheus. A name, a service, a method, a code: never a person, a company or a ballot.
#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace prometheus {
class Counter;
class Exposer;
class Gauge;
class Histogram;
class Registry;
}  // namespace prometheus

namespace plenary {

// The figures of one RPC. Thread-safe.
class MethodMetrics {
 public:
  // plenary_calls_total{method, code} and plenary_call_seconds{method}.
  void Record(absl::StatusCode code, absl::Duration took);

 private:
  friend class Metrics;
  std::array<prometheus::Counter*, 17> by_code_{};
  prometheus::Histogram* seconds_ = nullptr;
};

// The figures of one process. Thread-safe.
class Metrics {
 public:
  explicit Metrics(const std::string& service);
  ~Metrics();

  // The same object for the same method, as long as this lives.
  MethodMetrics& ForMethod(const std::string& method);

  // plenary_in_flight: calls being handled.
  prometheus::Gauge& in_flight() { return *in_flight_; }

  // A counter of the process's own, "plenary_<name>_total".
  prometheus::Counter& Counter(const std::string& name, const std::string& help);

  // Serves /metrics at "127.0.0.1:9464" until this dies. UNAVAILABLE when the address cannot be had.
  absl::Status Serve(const std::string& address);

  // The text that /metrics would give.
  std::string Text() const;

 private:
  std::shared_ptr<prometheus::Registry> registry_;
  std::unique_ptr<prometheus::Exposer> exposer_;
  prometheus::Gauge* in_flight_;
  std::mutex mutex_;
  std::vector<std::pair<std::string, std::unique_ptr<MethodMetrics>>> methods_;
};

}  // namespace plenary
