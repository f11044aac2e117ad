// What a measurement saw, and work by many threads that is measured.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/status/macros.h"

namespace plenary {

// One measurement, perhaps taken in parts.
class Measured {
 public:
  // `milliseconds`: of each item.
  void Add(absl::Duration took, const std::vector<double>& milliseconds) {
    took_ += took;
    milliseconds_.insert(milliseconds_.end(), milliseconds.begin(), milliseconds.end());
  }
  void Add(const Measured& other) { Add(other.took_, other.milliseconds_); }

  std::size_t count() const { return milliseconds_.size(); }
  double per_second() const {
    return static_cast<double>(milliseconds_.size()) / absl::ToDoubleSeconds(took_);
  }

  double Percentile(double p) const {
    std::vector<double> ascending = milliseconds_;
    std::sort(ascending.begin(), ascending.end());
    const auto at = static_cast<std::size_t>(p / 100 * static_cast<double>(ascending.size()));
    return ascending[std::min(ascending.size() - 1, at)];
  }

 private:
  absl::Duration took_;
  std::vector<double> milliseconds_;
};

// Does `work(item)` for `count` items with so many threads; stops at the first failure.
template <typename Work>
absl::StatusOr<Measured> Measure(std::size_t threads, std::size_t count, Work work) {
  std::atomic<std::size_t> next{0};
  std::vector<std::vector<double>> times(threads);
  std::vector<absl::Status> failures(threads);
  std::vector<std::thread> workers;
  const absl::Time start = absl::Now();
  for (std::size_t worker = 0; worker < threads; ++worker) {
    workers.emplace_back([&, worker] {
      for (std::size_t item = next++; item < count && failures[worker].ok(); item = next++) {
        const absl::Time begin = absl::Now();
        failures[worker] = work(item);
        times[worker].push_back(absl::ToDoubleMilliseconds(absl::Now() - begin));
      }
    });
  }
  for (std::thread& worker : workers) worker.join();
  const absl::Duration took = absl::Now() - start;
  for (const absl::Status& failure : failures) RETURN_IF_ERROR(failure);
  Measured measured;
  for (const auto& part : times) measured.Add(absl::ZeroDuration(), part);
  measured.Add(took, {});
  return measured;
}

}  // namespace plenary
