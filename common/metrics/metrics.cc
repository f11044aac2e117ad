#include "common/metrics/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/exposer.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include "fmt/format.h"

namespace plenary {
namespace {

// Seconds: a durable write takes a few milliseconds, the longest call half a minute.
const prometheus::Histogram::BucketBoundaries kLatencyBuckets = {
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 30};

}  // namespace

void MethodMetrics::Record(absl::StatusCode code, absl::Duration took) {
  const auto index = static_cast<std::size_t>(code);
  by_code_[index < by_code_.size() ? index : static_cast<std::size_t>(absl::StatusCode::kUnknown)]
      ->Increment();
  seconds_->Observe(absl::ToDoubleSeconds(took));
}

Metrics::Metrics(const std::string& service) : registry_(std::make_shared<prometheus::Registry>()) {
  in_flight_ = &prometheus::BuildGauge()
                    .Name("plenary_in_flight")
                    .Help("Calls being handled")
                    .Labels({{"service", service}})
                    .Register(*registry_)
                    .Add({});
}

Metrics::~Metrics() = default;

MethodMetrics& Metrics::ForMethod(const std::string& method) {
  const std::lock_guard lock(mutex_);
  for (const auto& [name, metrics] : methods_) {
    if (name == method) return *metrics;
  }
  auto metrics = std::make_unique<MethodMetrics>();
  auto& calls =
      prometheus::BuildCounter().Name("plenary_calls_total").Help("Calls answered").Register(*registry_);
  for (std::size_t code = 0; code < metrics->by_code_.size(); ++code) {
    const std::string text = absl::StatusCodeToString(static_cast<absl::StatusCode>(code));
    metrics->by_code_[code] = &calls.Add({{"method", method}, {"code", text}});
  }
  metrics->seconds_ = &prometheus::BuildHistogram()
                           .Name("plenary_call_seconds")
                           .Help("Time a call took, in seconds")
                           .Register(*registry_)
                           .Add({{"method", method}}, kLatencyBuckets);
  return *methods_.emplace_back(method, std::move(metrics)).second;
}

prometheus::Counter& Metrics::Counter(const std::string& name, const std::string& help) {
  return prometheus::BuildCounter()
      .Name(fmt::format("plenary_{}_total", name))
      .Help(help)
      .Register(*registry_)
      .Add({});
}

absl::Status Metrics::Serve(const std::string& address) {
  try {
    exposer_ = std::make_unique<prometheus::Exposer>(address, /*num_threads=*/1);
  } catch (const std::exception&) {
    return absl::UnavailableError(
        fmt::format("Cannot serve metrics at {}. Choose a free port with --metrics_listen.", address));
  }
  exposer_->RegisterCollectable(registry_);
  return absl::OkStatus();
}

std::string Metrics::Text() const { return prometheus::TextSerializer().Serialize(registry_->Collect()); }

}  // namespace plenary
