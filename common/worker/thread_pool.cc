#include "common/worker/thread_pool.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace plenary {

std::size_t Cores() { return std::max(1u, std::thread::hardware_concurrency()); }

ThreadPool::ThreadPool(std::size_t threads) {
  for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { Run(); });
}

ThreadPool::~ThreadPool() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  came_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void ThreadPool::Add(std::vector<Task> tasks) {
  std::size_t wake = 0;
  {
    const std::lock_guard lock(mutex_);
    wake = std::min(idle_, tasks.size());
    waiting_.insert(waiting_.end(), std::move_iterator(tasks.begin()), std::move_iterator(tasks.end()));
  }
  for (; wake > 0; --wake) came_.notify_one();
}

void ThreadPool::Add(Task task) {
  bool wake = false;
  {
    const std::lock_guard lock(mutex_);
    wake = idle_ > 0;
    waiting_.push_back(std::move(task));
  }
  if (wake) came_.notify_one();
}

void ThreadPool::Run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    ++idle_;
    came_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    --idle_;
    if (waiting_.empty()) return;
    {
      Task task = std::move(waiting_.front());
      waiting_.pop_front();
      lock.unlock();
      task();
    }
    lock.lock();
  }
}

}  // namespace plenary
