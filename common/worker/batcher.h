// One thread that does what many callers wait for: all that wait in one go, while the next ones gather. Many
// share one transaction and one wait for the disk.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/worker/guarded.h"

namespace plenary {

// Somebody who is about to hand something in, as far as one can tell. Whoever drops it has given it up; that
// wakes nobody, so a batch that gathers notices it when the next one comes or its patience ends.
class OnItsWay {
 public:
  OnItsWay() = default;
  explicit OnItsWay(std::atomic<std::size_t>& count) : count_(&count) { ++count; }
  ~OnItsWay() { End(); }
  OnItsWay(OnItsWay&& other) noexcept : count_(std::exchange(other.count_, nullptr)) {}
  OnItsWay& operator=(OnItsWay&& other) noexcept {
    End();
    count_ = std::exchange(other.count_, nullptr);
    return *this;
  }

  void End() {
    if (auto* count = std::exchange(count_, nullptr)) --*count;
  }

 private:
  std::atomic<std::size_t>* count_ = nullptr;
};

// Thread-safe.
template <typename Item>
class Batcher {
 public:
  // Is told the answer, by whichever thread gives it. Throws nothing, and holds that thread up for a moment
  // at most: others wait for it.
  using Then = std::function<void(const absl::Status&)>;

  // What one caller handed in, and its answer.
  class Waiting {
   public:
    explicit Waiting(Item item, Then then = nullptr) : item_(std::move(item)), then_(std::move(then)) {}

    const Item& item() const { return item_; }
    // The first answer counts.
    void Answer(absl::Status with) {
      {
        const std::lock_guard lock(mutex_);
        if (answer_.has_value()) return;
        answer_ = std::move(with);
      }
      came_.notify_one();
      if (then_) then_(*answer_);
    }
    // For one thread.
    absl::Status Wait() {
      std::unique_lock lock(mutex_);
      came_.wait(lock, [this] { return answer_.has_value(); });
      return *answer_;
    }

   private:
    friend class Batcher;
    const Item item_;
    const Then then_;
    std::function<absl::Status()> work_;
    std::mutex mutex_;
    std::condition_variable came_;
    std::optional<absl::Status> answer_;
  };
  using Batch = std::vector<std::shared_ptr<Waiting>>;

  struct Options {
    std::size_t most = 1;  // of a batch
    // How long a batch waits for more while at least so many are on their way.
    absl::Duration gather_patience;
    std::size_t worth_waiting_for = 1;
    // Whether half of all it knows of will do: the other half is made ready while that one is worked at.
    bool half_will_do = false;
  };

  // `work` answers every one of its batch; whom an exception of it leaves without an answer gets INTERNAL. It
  // is never run twice at the same time.
  Batcher(Options options, std::function<void(const Batch&)> work)
      : options_(options), work_(std::move(work)), thread_([this] { Run(); }) {}
  // Nobody waits.
  ~Batcher() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    came_.notify_one();
    thread_.join();
  }
  Batcher(const Batcher&) = delete;
  Batcher& operator=(const Batcher&) = delete;

  OnItsWay Announce() { return OnItsWay(on_their_way_); }

  // Not on its way any more. Whoever has no thread to wait with is told `then`.
  std::shared_ptr<Waiting> Hand(Item item, OnItsWay on_its_way = OnItsWay(), Then then = nullptr) {
    return Enqueue(std::make_shared<Waiting>(std::move(item), std::move(then)), std::move(on_its_way));
  }

  // Runs `work` between two batches.
  absl::Status WhileIdle(std::function<absl::Status()> work) {
    auto waiting = std::make_shared<Waiting>(Item());
    waiting->work_ = std::move(work);
    return Enqueue(std::move(waiting))->Wait();
  }

  // Whose turn has not come.
  std::size_t waiting() const {
    const std::lock_guard lock(mutex_);
    return waiting_.size();
  }

 private:
  std::shared_ptr<Waiting> Enqueue(std::shared_ptr<Waiting> waiting, OnItsWay on_its_way = OnItsWay()) {
    bool wake = false;
    {
      const std::lock_guard lock(mutex_);
      waiting_.push_back(waiting);
      on_its_way.End();
      // A thread that gathers is not woken for each: that would cost more than gathering saves.
      wake = !gathering_ || Complete();
    }
    if (wake) came_.notify_one();
    return waiting;
  }

  void Run() {
    for (;;) {
      const Batch batch = Next();
      if (batch.empty()) return;
      const absl::Status broken = Guarded([&] {
        if (batch.front()->work_) {
          batch.front()->Answer(batch.front()->work_());
        } else {
          work_(batch);
        }
        return absl::OkStatus();
      });
      if (broken.ok()) continue;
      for (const auto& waiting : batch) waiting->Answer(broken);
    }
  }

  // Whether there is nothing to wait for: too few are on their way, or no more fit.
  bool Complete() const {
    const std::size_t coming = on_their_way_;
    return stopping_ || coming < options_.worth_waiting_for ||
           (options_.half_will_do && coming <= waiting_.size()) || waiting_.size() >= options_.most ||
           static_cast<bool>(waiting_.back()->work_);
  }

  // Items up to the next work, or that work alone; nothing once it stops.
  Batch Next() {
    std::unique_lock lock(mutex_);
    came_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    gathering_ = true;
    came_.wait_for(lock, absl::ToChronoNanoseconds(options_.gather_patience), [this] { return Complete(); });
    gathering_ = false;
    Batch batch;
    while (!waiting_.empty() && batch.size() < options_.most) {
      const bool is_work = static_cast<bool>(waiting_.front()->work_);
      if (is_work && !batch.empty()) break;
      batch.push_back(std::move(waiting_.front()));
      waiting_.pop_front();
      if (is_work) break;
    }
    return batch;
  }

  const Options options_;
  const std::function<void(const Batch&)> work_;
  mutable std::mutex mutex_;
  std::condition_variable came_;
  std::deque<std::shared_ptr<Waiting>> waiting_;
  bool gathering_ = false;  // the thread waits for those that are on their way
  bool stopping_ = false;
  std::atomic<std::size_t> on_their_way_{0};
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace plenary
