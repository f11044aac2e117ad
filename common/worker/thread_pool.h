// Threads that do what is handed to them.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/functional/any_invocable.h"

namespace plenary {

// At least one.
std::size_t Cores();

// Thread-safe. For work that keeps a core busy, on as many threads as there are cores: whoever is done takes
// the next, where threads that are woken, one for each, queue behind each other on one core while another one
// idles.
class ThreadPool {
 public:
  using Task = absl::AnyInvocable<void()>;

  explicit ThreadPool(std::size_t threads);
  // Does first what was handed in.
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  // In this order, as threads are free; all of them, or none when it throws for want of memory. A task throws
  // nothing.
  void Add(std::vector<Task> tasks);
  void Add(Task task);

 private:
  void Run();

  std::mutex mutex_;
  std::condition_variable came_;
  std::deque<Task> waiting_;
  std::size_t idle_ = 0;  // threads
  bool stopping_ = false;
  std::vector<std::thread> threads_;  // last: they use all of the above
};

}  // namespace plenary
