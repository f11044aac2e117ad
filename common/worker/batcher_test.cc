#include "common/worker/batcher.h"

#include <gtest/gtest.h>

#include <future>
#include <stdexcept>
#include <string>
#include <thread>

#include "common/testing/status_matchers.h"

namespace plenary {
namespace {

// Hands letters to a batcher and keeps what it made of them: its batches, a word each.
class BatcherTest : public ::testing::Test {
 protected:
  using Letters = Batcher<char>;
  using Handed = std::shared_ptr<Letters::Waiting>;

  std::unique_ptr<Letters> Make(Letters::Options options) {
    return std::make_unique<Letters>(options, [this](const Letters::Batch& batch) {
      std::string word;
      for (const auto& waiting : batch) word += waiting->item();
      words_.push_back(word);
      for (const auto& waiting : batch) {
        if (waiting->item() == '!') throw std::runtime_error("it broke");
        waiting->Answer(waiting->item() == 'x' ? absl::UnknownError("x") : absl::OkStatus());
      }
    });
  }
  // Hands all in before the first is looked at.
  static std::vector<Handed> HandTogether(Letters& batcher, const std::string& letters) {
    std::vector<Handed> handed;
    EXPECT_OK(batcher.WhileIdle([&] {
      for (const char letter : letters) handed.push_back(batcher.Hand(letter));
      EXPECT_EQ(batcher.waiting(), letters.size());
      return absl::OkStatus();
    }));
    return handed;
  }

  std::vector<std::string> words_;
};

TEST_F(BatcherTest, TakesAllThatWaitAndAnswersEach) {
  const auto batcher = Make({.most = 8});
  const auto handed = HandTogether(*batcher, "abxc");
  EXPECT_OK(handed[0]->Wait());
  EXPECT_OK(handed[1]->Wait());
  EXPECT_EQ(handed[2]->Wait().message(), "x");
  EXPECT_OK(handed[3]->Wait());
  EXPECT_EQ(words_, std::vector<std::string>{"abxc"});
}

TEST_F(BatcherTest, TakesNoMoreAtOnceThanItMay) {
  const auto batcher = Make({.most = 3});
  for (const Handed& each : HandTogether(*batcher, "abcdefg")) EXPECT_OK(each->Wait());
  EXPECT_EQ(words_, (std::vector<std::string>{"abc", "def", "g"}));
}

TEST_F(BatcherTest, WaitsForWhoeverIsOnTheirWay) {
  const auto batcher = Make({.most = 8, .gather_patience = absl::Hours(1)});
  OnItsWay coming = batcher->Announce();
  const Handed first = batcher->Hand('a');
  const Handed second = batcher->Hand('b', std::move(coming));
  EXPECT_OK(first->Wait());
  EXPECT_OK(second->Wait());
  EXPECT_EQ(words_, std::vector<std::string>{"ab"});
}

TEST_F(BatcherTest, WaitsForNobodyWhoHasGivenUp) {
  const auto batcher = Make({.most = 8, .gather_patience = absl::Hours(1)});
  { const OnItsWay given_up = batcher->Announce(); }
  EXPECT_OK(batcher->Hand('a')->Wait());
}

TEST_F(BatcherTest, WaitsNoLongerThanItsPatience) {
  const auto batcher = Make({.most = 8, .gather_patience = absl::Milliseconds(1)});
  const OnItsWay never_comes = batcher->Announce();
  EXPECT_OK(batcher->Hand('a')->Wait());
}

TEST_F(BatcherTest, WaitsOnlyForAsManyAsAreWorthIt) {
  const auto batcher = Make({.most = 8, .gather_patience = absl::Hours(1), .worth_waiting_for = 2});
  const OnItsWay one = batcher->Announce();
  EXPECT_OK(batcher->Hand('a')->Wait());
  OnItsWay other = batcher->Announce();
  const Handed first = batcher->Hand('b');
  const Handed second = batcher->Hand('c', std::move(other));
  EXPECT_OK(first->Wait());
  EXPECT_OK(second->Wait());
  EXPECT_EQ(words_, (std::vector<std::string>{"a", "bc"}));
}

TEST_F(BatcherTest, GoesWithHalfOfThoseItKnowsOfWhereThatWillDo) {
  const auto batcher = Make({.most = 8, .gather_patience = absl::Hours(1), .half_will_do = true});
  const OnItsWay last = batcher->Announce();
  OnItsWay coming = batcher->Announce();
  const Handed first = batcher->Hand('a');
  const Handed second = batcher->Hand('b', std::move(coming));
  EXPECT_OK(first->Wait());
  EXPECT_OK(second->Wait());
  EXPECT_EQ(words_, std::vector<std::string>{"ab"}) << "one of three was not enough, two were";
}

TEST_F(BatcherTest, WaitsForNoMoreOnceAsManyAreThereAsItTakes) {
  const auto batcher = Make({.most = 2, .gather_patience = absl::Hours(1)});
  const OnItsWay never_comes = batcher->Announce();
  const Handed first = batcher->Hand('a');
  const Handed second = batcher->Hand('b');
  EXPECT_OK(first->Wait());
  EXPECT_OK(second->Wait());
}

TEST_F(BatcherTest, TellsWhomNoThreadWaitsFor) {
  std::promise<absl::Status> told, broken;
  const auto batcher = Make({.most = 8});
  batcher->Hand('x', OnItsWay(), [&](const absl::Status& answer) { told.set_value(answer); });
  EXPECT_EQ(told.get_future().get().message(), "x");
  batcher->Hand('!', OnItsWay(), [&](const absl::Status& answer) { broken.set_value(answer); });
  EXPECT_THAT(broken.get_future().get(), testing::StatusIs(absl::StatusCode::kInternal));
}

TEST_F(BatcherTest, TellsTheFirstAnswerOnce) {
  int told = 0;
  Letters::Waiting waiting('a', [&](const absl::Status& answer) {
    ++told;
    EXPECT_EQ(answer.message(), "first");
  });
  waiting.Answer(absl::UnknownError("first"));
  waiting.Answer(absl::OkStatus());
  EXPECT_EQ(told, 1);
}

TEST_F(BatcherTest, DoesOtherWorkBetweenTwoBatchesInItsTurn) {
  const auto batcher = Make({.most = 8, .gather_patience = absl::Hours(1)});
  const OnItsWay never_comes = batcher->Announce();
  const Handed before = batcher->Hand('a');
  EXPECT_EQ(batcher
                ->WhileIdle([&] {
                  words_.emplace_back("work");
                  return absl::UnknownError("its answer");
                })
                .message(),
            "its answer");
  EXPECT_OK(before->Wait());
  EXPECT_EQ(words_, (std::vector<std::string>{"a", "work"}));
}

TEST_F(BatcherTest, AnswersWhomAnExceptionLeftWithoutAnAnswerAndGoesOn) {
  const auto batcher = Make({.most = 8});
  const auto handed = HandTogether(*batcher, "a!b");
  EXPECT_OK(handed[0]->Wait());
  EXPECT_EQ(handed[1]->Wait(), absl::InternalError("exception: it broke"));
  EXPECT_EQ(handed[2]->Wait(), absl::InternalError("exception: it broke"));
  EXPECT_EQ(batcher->WhileIdle([]() -> absl::Status { throw std::runtime_error("it broke"); }),
            absl::InternalError("exception: it broke"));
  EXPECT_OK(batcher->Hand('c')->Wait());
}

TEST_F(BatcherTest, AnswersAllThatWaitBeforeItEnds) {
  std::vector<Handed> handed;
  {
    const auto batcher = Make({.most = 2});
    handed = HandTogether(*batcher, "abcde");
  }
  for (const Handed& each : handed) EXPECT_OK(each->Wait());
}

TEST_F(BatcherTest, AnswersManyThreads) {
  const auto batcher = Make({.most = 5});
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 16; ++thread) {
    threads.emplace_back([&] {
      for (int i = 0; i < 100; ++i) EXPECT_OK(batcher->Hand('a')->Wait());
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::size_t letters = 0;
  EXPECT_OK(batcher->WhileIdle([&] {
    for (const std::string& word : words_) letters += word.size();
    return absl::OkStatus();
  }));
  EXPECT_EQ(letters, 1600u);
}

}  // namespace
}  // namespace plenary
