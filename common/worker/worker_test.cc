#include "common/worker/worker.h"

#include <gtest/gtest.h>

#include <semaphore>

namespace plenary {
namespace {

TEST(Worker, LooksAtOnceAndAgainAfterANotice) {
  std::counting_semaphore<> passes(0);
  Worker worker([&] { passes.release(); }, absl::Hours(1));
  worker.Start();
  passes.acquire();
  worker.Notify();
  passes.acquire();
  worker.Stop();
  EXPECT_FALSE(passes.try_acquire());
}

TEST(Worker, LooksAgainWhenTheIntervalHasPassed) {
  std::counting_semaphore<> passes(0);
  Worker worker([&] { passes.release(); }, absl::Milliseconds(1));
  worker.Start();
  for (int pass = 0; pass < 3; ++pass) passes.acquire();
}

TEST(Worker, StopsBeforeItStarted) {
  std::counting_semaphore<> passes(0);
  Worker worker([&] { passes.release(); }, absl::Milliseconds(1));
  worker.Stop();
  worker.Start();
  EXPECT_FALSE(passes.try_acquire());
  EXPECT_TRUE(worker.stopped());
}

}  // namespace
}  // namespace plenary
