#include "common/worker/worker.h"

#include <utility>

namespace plenary {

Worker::Worker(std::function<void()> pass, absl::Duration interval)
    : pass_(std::move(pass)), interval_(interval) {}

Worker::~Worker() { Stop(); }

void Worker::Start() {
  const std::lock_guard lock(mutex_);
  if (!thread_.joinable() && !stopped_) thread_ = std::thread([this] { Run(); });
}

void Worker::Notify() {
  const std::lock_guard lock(mutex_);
  notified_ = true;
  wake_.notify_one();
}

void Worker::Stop() {
  stopped_ = true;
  Notify();
  const std::lock_guard lock(join_mutex_);
  if (thread_.joinable()) thread_.join();
}

void Worker::Run() {
  while (!stopped_) {
    pass_();
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, absl::ToChronoNanoseconds(interval_), [this] { return notified_; });
    notified_ = false;
  }
}

}  // namespace plenary
