// The same work on many numbers, by several threads.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <functional>
#include <thread>
#include <vector>

namespace plenary::election {

// The threads that were asked for; for 0 one for each processor.
inline unsigned ThreadsFor(unsigned wanted) {
  return std::max(1U, wanted > 0 ? wanted : std::thread::hardware_concurrency());
}

// Calls `work` once for each number below `count`, in no order, on `threads` threads of which this is one;
// returns when all are done. `work` must not throw, and must be safe to run beside itself.
inline void ForEachNumber(std::size_t count, unsigned threads, const std::function<void(std::size_t)>& work) {
  std::atomic<std::size_t> next{0};
  const auto take = [&] {
    for (std::size_t number = next++; number < count; number = next++) work(number);
  };
  const std::size_t helpers = std::min<std::size_t>(std::max(threads, 1u) - 1, count);
  std::vector<std::jthread> others;
  others.reserve(helpers);
  for (std::size_t i = 0; i < helpers; ++i) others.emplace_back(take);
  take();
}

}  // namespace plenary::election
