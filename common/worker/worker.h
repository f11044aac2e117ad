// A thread that does the same work over and over: every `interval`, and at once after Notify().
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "absl/time/time.h"

namespace plenary {

// Thread-safe. Stops when it dies.
class Worker {
 public:
  // Does nothing yet. `pass` is never run twice at the same time; it looks at stopped() when it is long.
  Worker(std::function<void()> pass, absl::Duration interval);
  ~Worker();

  // The first pass begins at once. After Stop() it does nothing.
  void Start();
  // There is something to do: look now.
  void Notify();
  // Waits for the pass in progress, and starts no other.
  void Stop();

  bool stopped() const { return stopped_; }

 private:
  void Run();

  const std::function<void()> pass_;
  const absl::Duration interval_;
  std::mutex mutex_;
  std::mutex join_mutex_;
  std::condition_variable wake_;
  bool notified_ = false;
  std::atomic<bool> stopped_ = false;
  std::thread thread_;
};

}  // namespace plenary
