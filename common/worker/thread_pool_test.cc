#include "common/worker/thread_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <latch>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace plenary {
namespace {

std::vector<ThreadPool::Task> Times(int count, const std::function<void()>& task) {
  std::vector<ThreadPool::Task> tasks;
  for (int i = 0; i < count; ++i) tasks.emplace_back(task);
  return tasks;
}

TEST(ThreadPoolTest, DoesAllBeforeItEnds) {
  std::atomic<int> done = 0;
  {
    ThreadPool pool(3);
    for (int i = 0; i < 10; ++i) pool.Add(Times(10, [&] { ++done; }));
  }
  EXPECT_EQ(done, 100);
}

TEST(ThreadPoolTest, KeepsTheOrderOfOneThread) {
  std::string letters;
  {
    ThreadPool pool(1);
    std::vector<ThreadPool::Task> tasks;
    for (const char letter : std::string("abc")) tasks.emplace_back([&, letter] { letters += letter; });
    pool.Add(std::move(tasks));
    pool.Add(Times(1, [&] { letters += 'd'; }));
  }
  EXPECT_EQ(letters, "abcd");
}

// Each of them waits until all have begun: one thread alone would never end.
TEST(ThreadPoolTest, UsesAllItsThreads) {
  std::latch begun(4);
  ThreadPool pool(4);
  pool.Add(Times(4, [&] { begun.arrive_and_wait(); }));
  begun.wait();
}

TEST(ThreadPoolTest, IsHandedTasksByManyThreads) {
  std::atomic<int> done = 0;
  {
    ThreadPool pool(2);
    std::vector<std::thread> callers;
    for (int i = 0; i < 8; ++i) {
      callers.emplace_back([&] {
        for (int k = 0; k < 100; ++k) pool.Add(Times(1, [&] { ++done; }));
      });
    }
    for (std::thread& caller : callers) caller.join();
  }
  EXPECT_EQ(done, 800);
}

// Each is done before the next comes, so that both threads sleep when it does.
TEST(ThreadPoolTest, WakesAThreadThatSleeps) {
  ThreadPool pool(2);
  for (int i = 0; i < 1000; ++i) {
    std::latch done(1);
    pool.Add(Times(1, [&] { done.count_down(); }));
    done.wait();
  }
}

TEST(ThreadPoolTest, KeepsNothingOfATaskThatIsDone) {
  const auto held = std::make_shared<int>(1);
  std::latch done(1);
  ThreadPool pool(1);
  std::vector<ThreadPool::Task> tasks;
  tasks.emplace_back([held] {});
  tasks.emplace_back([&] {
    EXPECT_EQ(held.use_count(), 1);
    done.count_down();
  });
  pool.Add(std::move(tasks));
  done.wait();
}

}  // namespace
}  // namespace plenary
