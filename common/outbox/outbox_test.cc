#include "common/outbox/outbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "absl/time/clock.h"
#include "common/db/transact.h"
#include "common/ids/id.h"
#include "common/status/macros.h"
#include "common/testing/mariadb.h"
#include "common/testing/status_matchers.h"

namespace plenary::outbox {
namespace {

using ::testing::ElementsAre;
using testing::IsOk;
using testing::StatusIs;
using testing::TestDatabase;

constexpr char kMethod[] = "plenary.test.v1.Things.CreateThing";
absl::Time Soon() { return absl::Now() + absl::Seconds(30); }

class OutboxTest : public ::testing::Test {
 protected:
  absl::Status Put(const std::string& key, const std::string& payload,
                   absl::Time not_before = absl::InfinitePast(), const std::string& method = kMethod) {
    return db::Transact(database_.pool(), Soon(), [&](db::Transaction& transaction) {
      return Enqueue(transaction, {method, payload, not_before, key});
    });
  }

  // Remembers what it was given, and answers OK.
  Handler Remember() {
    return [this](const std::string& payload, const std::string& effect_id) {
      const std::lock_guard lock(mutex_);
      payloads_.push_back(payload);
      effect_ids_.push_back(effect_id);
      return absl::OkStatus();
    };
  }
  Dispatcher With(Handler handler, Dispatcher::Options options = {}) {
    return Dispatcher(
        database_.pool(), [this] { return clock_; }, {{kMethod, std::move(handler)}}, options);
  }
  Counts CountAll() {
    return db::Autocommit(database_.pool(), Soon(), [](db::Session& session) { return Count(session); })
        .value();
  }

  TestDatabase database_{std::vector<db::MigrationSet>{testing::CommonMigrations()}};
  absl::Time clock_ = absl::FromUnixSeconds(1709164800);
  std::mutex mutex_;
  std::vector<std::string> payloads_;
  std::vector<std::string> effect_ids_;
};

TEST_F(OutboxTest, DeliversInTheOrderOfEnqueueingAndOnlyOnce) {
  const std::string bytes("\0\xff bytes", 8);
  ASSERT_THAT(Put("a", bytes), IsOk());
  ASSERT_THAT(Put("b", "second"), IsOk());
  Dispatcher dispatcher = With(Remember());
  ASSERT_OK_AND_ASSIGN(const int first, dispatcher.DeliverDue());
  ASSERT_OK_AND_ASSIGN(const int second, dispatcher.DeliverDue());
  EXPECT_EQ(first, 2);
  EXPECT_EQ(second, 0);
  EXPECT_THAT(payloads_, ElementsAre(bytes, "second"));
  EXPECT_TRUE(IsUuid(effect_ids_[0]));
  EXPECT_NE(effect_ids_[0], effect_ids_[1]);
}

TEST_F(OutboxTest, AKeyEnqueuedAgainIsANoOpEvenAfterItsDelivery) {
  ASSERT_THAT(Put("a", "first"), IsOk());
  ASSERT_THAT(Put("a", "again"), IsOk());
  Dispatcher dispatcher = With(Remember());
  ASSERT_THAT(dispatcher.DeliverDue(), IsOk());
  ASSERT_THAT(Put("a", "later"), IsOk());
  ASSERT_THAT(dispatcher.DeliverDue(), IsOk());
  EXPECT_THAT(payloads_, ElementsAre("first"));
}

TEST_F(OutboxTest, ADecisionThatIsUndoneHasNoEffect) {
  const absl::Status status =
      db::Transact(database_.pool(), Soon(), [](db::Transaction& transaction) -> absl::Status {
        RETURN_IF_ERROR(Enqueue(transaction, {kMethod, "x", absl::InfinitePast(), "a"}));
        return absl::FailedPreconditionError("no");
      });
  EXPECT_THAT(status, StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_EQ(CountAll().pending, 0);
}

TEST_F(OutboxTest, WaitsUntilTheClockSaysSo) {
  ASSERT_THAT(Put("later", "later", clock_ + absl::Hours(24)), IsOk());
  ASSERT_THAT(Put("now", "now", clock_), IsOk());
  Dispatcher dispatcher = With(Remember());
  ASSERT_THAT(dispatcher.DeliverDue(), IsOk());
  EXPECT_THAT(payloads_, ElementsAre("now"));
  clock_ += absl::Hours(24);
  ASSERT_THAT(dispatcher.DeliverDue(), IsOk());
  EXPECT_THAT(payloads_, ElementsAre("now", "later"));
}

TEST_F(OutboxTest, TriesAgainAfterATransientErrorWithTheSameIdAndWithoutHoldingUpTheNext) {
  ASSERT_THAT(Put("a", "unlucky"), IsOk());
  ASSERT_THAT(Put("b", "next"), IsOk());
  std::vector<std::string> tried;
  const Handler remember = Remember();
  Dispatcher dispatcher = With(
      [&](const std::string& payload, const std::string& effect_id) {
        if (payload == "unlucky") tried.push_back(effect_id);
        if (payload == "unlucky" && tried.size() == 1) return absl::UnavailableError("not yet");
        if (payload == "unlucky" && tried.size() == 2)
          return absl::UnauthenticatedError("a key not known yet");
        return remember(payload, effect_id);
      },
      {.first_pause = absl::Milliseconds(2)});
  const absl::Time patience = Soon();
  while (CountAll().delivered < 2 && absl::Now() < patience) ASSERT_THAT(dispatcher.DeliverDue(), IsOk());
  EXPECT_THAT(payloads_, ElementsAre("next", "unlucky"));
  ASSERT_EQ(tried.size(), 3u);
  EXPECT_THAT(tried, ElementsAre(tried[0], tried[0], tried[0]));
  EXPECT_EQ(database_.One("SELECT attempts FROM outbox WHERE dedupe_key = 'a'"), "3");
}

TEST_F(OutboxTest, PausesBeforeItTriesAgain) {
  ASSERT_THAT(Put("a", "x"), IsOk());
  int tried = 0;
  Dispatcher dispatcher = With(
      [&](const std::string&, const std::string&) {
        ++tried;
        return absl::UnavailableError("not yet");
      },
      {.first_pause = absl::Hours(1), .longest_pause = absl::Hours(1)});
  ASSERT_THAT(dispatcher.DeliverDue(), IsOk());
  ASSERT_THAT(dispatcher.DeliverDue(), IsOk());
  EXPECT_EQ(tried, 1);
  EXPECT_EQ(CountAll().pending, 1);
}

TEST_F(OutboxTest, ParksWhatCannotSucceedWithItsText) {
  ASSERT_THAT(Put("a", "x"), IsOk());
  ASSERT_THAT(Put("b", "y", absl::InfinitePast(), "plenary.test.v1.Things.Unknown"), IsOk());
  int tried = 0;
  Dispatcher dispatcher = With([&](const std::string&, const std::string&) {
    ++tried;
    return absl::PermissionDeniedError("Ask the board.");
  });
  ASSERT_THAT(dispatcher.DeliverDue(), IsOk());
  ASSERT_THAT(dispatcher.DeliverDue(), IsOk());
  EXPECT_EQ(tried, 1);
  EXPECT_EQ(CountAll().parked, 2);
  EXPECT_NE(database_.One("SELECT error FROM outbox WHERE dedupe_key = 'a'").find("Ask the board."),
            std::string::npos);
}

TEST_F(OutboxTest, ACrashBetweenDeliveryAndMarkDeliversAgainUnderTheSameId) {
  ASSERT_THAT(Put("a", "x"), IsOk());
  const Handler remember = Remember();
  db::Pool lost(database_.settings());
  Dispatcher crashing(lost, [this] { return clock_; },
                      {{kMethod,
                        [&](const std::string& payload, const std::string& effect_id) {
                          lost.Close();  // the mark can no longer be written
                          return remember(payload, effect_id);
                        }}},
                      {.lease = absl::Milliseconds(50)});
  EXPECT_THAT(crashing.DeliverDue(), StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(CountAll().pending, 1);
  Dispatcher next = With(remember);
  const absl::Time patience = Soon();
  while (CountAll().delivered < 1 && absl::Now() < patience) ASSERT_THAT(next.DeliverDue(), IsOk());
  EXPECT_THAT(payloads_, ElementsAre("x", "x"));
  EXPECT_EQ(effect_ids_[0], effect_ids_[1]);
}

TEST_F(OutboxTest, AClaimedEffectIsLeftAloneWhileItsLeaseLasts) {
  ASSERT_THAT(Put("a", "x"), IsOk());
  Dispatcher other = With(Remember());
  Dispatcher dispatcher = With([&](const std::string&, const std::string&) {
    EXPECT_EQ(other.DeliverDue().value(), 0);
    return absl::OkStatus();
  });
  ASSERT_OK_AND_ASSIGN(const int delivered, dispatcher.DeliverDue());
  EXPECT_EQ(delivered, 1);
  EXPECT_TRUE(payloads_.empty());
}

TEST_F(OutboxTest, TwoDispatchersAtWorkDeliverEachEffectOnce) {
  constexpr int kEffects = 60;
  for (int i = 0; i < kEffects; ++i) ASSERT_THAT(Put(std::to_string(i), std::to_string(i)), IsOk());
  std::latch all(kEffects);
  const Handler remember = Remember();
  const Handler counted = [&](const std::string& payload, const std::string& effect_id) {
    const absl::Status status = remember(payload, effect_id);
    all.count_down();
    return status;
  };
  Dispatcher one = With(counted), two = With(counted);
  one.Start();
  two.Start();
  all.wait();
  one.Stop();
  two.Stop();
  EXPECT_EQ(payloads_.size(), static_cast<std::size_t>(kEffects));
  EXPECT_EQ(std::set<std::string>(payloads_.begin(), payloads_.end()).size(),
            static_cast<std::size_t>(kEffects));
  EXPECT_EQ(CountAll().delivered, kEffects);
}

TEST_F(OutboxTest, ANotifiedDispatcherDoesNotWaitForItsPoll) {
  std::latch delivered(1);
  Dispatcher dispatcher = With(
      [&](const std::string&, const std::string&) {
        delivered.count_down();
        return absl::OkStatus();
      },
      {.poll_interval = absl::Hours(1)});
  dispatcher.Start();
  ASSERT_THAT(Put("a", "x"), IsOk());
  dispatcher.Notify();
  delivered.wait();
}

TEST_F(OutboxTest, StopWaitsForTheDeliveryInProgressAndItsMark) {
  ASSERT_THAT(Put("a", "x"), IsOk());
  ASSERT_THAT(Put("b", "y"), IsOk());
  std::latch begun(1), stopping(1);
  Dispatcher dispatcher = With([&](const std::string&, const std::string&) {
    begun.count_down();
    stopping.wait();
    return absl::OkStatus();
  });
  dispatcher.Start();
  begun.wait();
  std::thread release([&] { stopping.count_down(); });
  dispatcher.Stop();
  release.join();
  EXPECT_GE(CountAll().delivered, 1);
  EXPECT_EQ(CountAll().delivered + CountAll().pending, 2);
  EXPECT_EQ(database_.One("SELECT COUNT(*) FROM outbox WHERE claimed_until > 0"), "0");
}

}  // namespace
}  // namespace plenary::outbox
