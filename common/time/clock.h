// The suite's clock: what phases, terms and tokens go by. Deadlines, batches and retries use real
// time (absl::Now()), so that a simulated clock never stretches or cuts a call.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace plenary {

// Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual absl::Time Now() const = 0;
};

// Real time.
class SystemClock final : public Clock {
 public:
  absl::Time Now() const override { return absl::Now(); }
};

// Real time plus an offset that every process of a development stack reads from one file at each
// call, so that a story of months runs in seconds. The file holds seconds as text ("-133920000");
// an absent or unreadable file is an offset of zero. Never used outside development.
class FileClock final : public Clock {
 public:
  explicit FileClock(std::string path) : path_(std::move(path)) {}
  absl::Time Now() const override;

  // Writes the offset that makes it `instant` now; the file is replaced in one step.
  static absl::Status Set(const std::string& path, absl::Time instant);

 private:
  std::string path_;
};

// Stands still until it is moved. For tests.
class FakeClock final : public Clock {
 public:
  explicit FakeClock(absl::Time start) : micros_(absl::ToUnixMicros(start)) {}
  absl::Time Now() const override { return absl::FromUnixMicros(micros_.load()); }
  void Set(absl::Time instant) { micros_.store(absl::ToUnixMicros(instant)); }
  void Advance(absl::Duration by) { micros_.fetch_add(absl::ToInt64Microseconds(by)); }

 private:
  std::atomic<std::int64_t> micros_;
};

}  // namespace plenary
