#include "services/membership/rules/verification_states.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <vector>

namespace plenary::membership::rules {
namespace {

using v1::Application;
using v1::Letter;

TEST(LetterState, EveryActHasItsPlaceAndNoOther) {
  const std::map<std::pair<Letter::State, LetterAct>, Letter::State> table = {
      {{Letter::STATE_REQUESTED, LetterAct::kReceive}, Letter::STATE_RECEIVED},
      {{Letter::STATE_REQUESTED, LetterAct::kWithdraw}, Letter::STATE_WITHDRAWN},
      {{Letter::STATE_RECEIVED, LetterAct::kCheck}, Letter::STATE_CHECKED},
      {{Letter::STATE_RECEIVED, LetterAct::kRefuse}, Letter::STATE_REFUSED},
      {{Letter::STATE_RECEIVED, LetterAct::kWithdraw}, Letter::STATE_WITHDRAWN},
      {{Letter::STATE_CHECKED, LetterAct::kAccept}, Letter::STATE_ACCEPTED},
      {{Letter::STATE_CHECKED, LetterAct::kRefuse}, Letter::STATE_REFUSED},
      {{Letter::STATE_CHECKED, LetterAct::kWithdraw}, Letter::STATE_WITHDRAWN},
      {{Letter::STATE_ACCEPTED, LetterAct::kRevoke}, Letter::STATE_REVOKED},
  };
  for (int state = Letter::State_MIN; state <= Letter::State_MAX; ++state) {
    for (const LetterAct act : {LetterAct::kReceive, LetterAct::kCheck, LetterAct::kAccept,
                                LetterAct::kRefuse, LetterAct::kWithdraw, LetterAct::kRevoke}) {
      const auto from = static_cast<Letter::State>(state);
      const auto expected = table.find({from, act});
      const auto after = After(from, act);
      ASSERT_EQ(after.has_value(), expected != table.end())
          << Letter::State_Name(from) << " act " << static_cast<int>(act);
      if (after.has_value()) {
        EXPECT_EQ(*after, expected->second);
      }
    }
  }
}

TEST(LetterState, ALetterThatDidNotComeInTimeIsExpired) {
  const absl::Time expires = absl::FromUnixSeconds(1000);
  EXPECT_EQ(StateAt(Letter::STATE_REQUESTED, expires, expires - absl::Microseconds(1)),
            Letter::STATE_REQUESTED);
  EXPECT_EQ(StateAt(Letter::STATE_REQUESTED, expires, expires), Letter::STATE_EXPIRED);
  EXPECT_EQ(StateAt(Letter::STATE_RECEIVED, expires, expires), Letter::STATE_RECEIVED);
  EXPECT_EQ(StateAt(Letter::STATE_RECEIVED, std::nullopt, expires), Letter::STATE_RECEIVED);
}

TEST(LetterState, HoldsItsRefereeWhileItIsUnderWayOrCounts) {
  std::vector<Letter::State> holding;
  for (int state = Letter::State_MIN; state <= Letter::State_MAX; ++state) {
    if (HoldsReferee(static_cast<Letter::State>(state))) holding.push_back(static_cast<Letter::State>(state));
  }
  EXPECT_THAT(holding, ::testing::ElementsAre(Letter::STATE_REQUESTED, Letter::STATE_RECEIVED,
                                              Letter::STATE_CHECKED, Letter::STATE_ACCEPTED));
}

TEST(ApplicationState, EveryActHasItsPlaceAndNoOther) {
  const std::map<std::pair<Application::State, ApplicationAct>, Application::State> table = {
      {{Application::STATE_SUBMITTED, ApplicationAct::kConfirm}, Application::STATE_CONFIRMED},
      {{Application::STATE_SUBMITTED, ApplicationAct::kWithdraw}, Application::STATE_WITHDRAWN},
      {{Application::STATE_CONFIRMED, ApplicationAct::kApprove}, Application::STATE_APPROVED},
      {{Application::STATE_CONFIRMED, ApplicationAct::kRefuse}, Application::STATE_REFUSED},
      {{Application::STATE_CONFIRMED, ApplicationAct::kWithdraw}, Application::STATE_WITHDRAWN},
  };
  for (int state = Application::State_MIN; state <= Application::State_MAX; ++state) {
    for (const ApplicationAct act : {ApplicationAct::kConfirm, ApplicationAct::kApprove,
                                     ApplicationAct::kRefuse, ApplicationAct::kWithdraw}) {
      const auto from = static_cast<Application::State>(state);
      const auto expected = table.find({from, act});
      const auto after = After(from, act);
      ASSERT_EQ(after.has_value(), expected != table.end())
          << Application::State_Name(from) << " act " << static_cast<int>(act);
      if (after.has_value()) {
        EXPECT_EQ(*after, expected->second);
      }
    }
  }
}

TEST(ApplicationState, AnApplicationThatWasNotConfirmedInTimeIsExpired) {
  const absl::Time expires = absl::FromUnixSeconds(1000);
  EXPECT_EQ(StateAt(Application::STATE_SUBMITTED, expires, expires - absl::Microseconds(1)),
            Application::STATE_SUBMITTED);
  EXPECT_EQ(StateAt(Application::STATE_SUBMITTED, expires, expires), Application::STATE_EXPIRED);
  EXPECT_EQ(StateAt(Application::STATE_CONFIRMED, expires, expires), Application::STATE_CONFIRMED);
}

}  // namespace
}  // namespace plenary::membership::rules
