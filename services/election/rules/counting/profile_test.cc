#include "services/election/rules/counting/profile.h"

#include <gtest/gtest.h>

#include <random>

namespace plenary::election::counting {
namespace {

Marks Ranked(std::initializer_list<int> options) {
  Marks marks;
  for (const int option : options) {
    marks.push_back({static_cast<std::uint16_t>(option), static_cast<std::uint16_t>(marks.size() + 1)});
  }
  return marks;
}

Marks MarksOf(const Profile& profile, std::size_t i) {
  return {profile.marks(i).begin(), profile.marks(i).end()};
}

TEST(Profile, FoldsIdenticalBallotsInTheOrderTheyFirstCame) {
  Profile profile(3);
  ASSERT_TRUE(profile.Add(Ranked({2, 0})));
  ASSERT_TRUE(profile.Add(Ranked({0, 2}), 5));
  ASSERT_TRUE(profile.Add(Ranked({2, 0}), 3));
  ASSERT_EQ(profile.size(), 2U);
  EXPECT_EQ(MarksOf(profile, 0), Ranked({2, 0}));
  EXPECT_EQ(profile.weight(0), 4);
  EXPECT_EQ(MarksOf(profile, 1), Ranked({0, 2}));
  EXPECT_EQ(profile.weight(1), 5);
  EXPECT_EQ(profile.ballots(), 9);
}

TEST(Profile, TellsBallotsApartByOptionByValueAndByLength) {
  Profile profile(3);
  const std::vector<Marks> different = {{{0, 1}}, {{1, 1}}, {{0, 2}}, {{0, 1}, {1, 1}}, {{0, 1}, {1, 2}}};
  for (const Marks& marks : different) ASSERT_TRUE(profile.Add(marks));
  EXPECT_EQ(profile.size(), different.size());
}

TEST(Profile, KeepsIdenticalBallotsApartWhenAsked) {
  Profile profile(3, Profile::Identical::kKeepApart);
  ASSERT_TRUE(profile.Add(Ranked({1})));
  ASSERT_TRUE(profile.Add(Ranked({1}), 2));
  ASSERT_EQ(profile.size(), 2U);
  EXPECT_EQ(profile.weight(1), 2);
  EXPECT_EQ(MarksOf(profile, 0), MarksOf(profile, 1));
  EXPECT_EQ(profile.ballots(), 3);
}

TEST(Profile, CountsBlankAndSpoiltBallotsAside) {
  Profile profile(2);
  ASSERT_TRUE(profile.Add({}, 4));
  ASSERT_TRUE(profile.Add({}));
  ASSERT_TRUE(profile.AddSpoilt(7));
  EXPECT_EQ(profile.size(), 0U);
  EXPECT_EQ(profile.ballots(), 0);
  EXPECT_EQ(profile.blanks(), 5);
  EXPECT_EQ(profile.spoilt(), 7);
}

TEST(Profile, TakesTheMostBallotsAndNotOneMore) {
  Profile profile(2);
  ASSERT_TRUE(profile.Add(Ranked({0}), kMostBallots - 3));
  ASSERT_TRUE(profile.Add({}, 1));
  ASSERT_TRUE(profile.AddSpoilt(1));
  EXPECT_FALSE(profile.Add(Ranked({0}), 2));
  EXPECT_FALSE(profile.Add(Ranked({1}), 2));
  EXPECT_FALSE(profile.Add({}, 2));
  EXPECT_FALSE(profile.AddSpoilt(2));
  EXPECT_EQ(profile.size(), 1U);
  EXPECT_EQ(profile.ballots() + profile.blanks() + profile.spoilt(), kMostBallots - 1);
  ASSERT_TRUE(profile.Add(Ranked({1}), 1));
  EXPECT_FALSE(profile.Add(Ranked({1}), 1));
  EXPECT_EQ(profile.ballots() + profile.blanks() + profile.spoilt(), kMostBallots);
}

TEST(Profile, TakesNoWeightThatWouldRunOver) {
  Profile profile(2);
  for (const std::int64_t weight :
       {std::int64_t{0}, std::int64_t{-1}, kMostBallots + 1, INT64_MAX, INT64_MIN}) {
    EXPECT_FALSE(profile.Add(Ranked({0}), weight)) << weight;
    EXPECT_FALSE(profile.AddSpoilt(weight)) << weight;
  }
  EXPECT_EQ(profile.ballots() + profile.blanks() + profile.spoilt(), 0);
}

TEST(Profile, FindsEachOfManyBallotsAgainAfterItsTableGrew) {
  Profile profile(kMostOptions);
  std::vector<Marks> ballots;
  for (std::uint16_t first = 0; first < 300; ++first) {
    for (std::uint16_t second = 0; second < 300; ++second) {
      if (first != second) ballots.push_back({{first, 1}, {second, 2}});
    }
  }
  for (const Marks& marks : ballots) ASSERT_TRUE(profile.Add(marks));
  for (const Marks& marks : ballots) ASSERT_TRUE(profile.Add(marks, 2));
  ASSERT_EQ(profile.size(), ballots.size());
  for (std::size_t i = 0; i < ballots.size(); ++i) {
    ASSERT_EQ(MarksOf(profile, i), ballots[i]);
    ASSERT_EQ(profile.weight(i), 3);
  }
}

TEST(Profile, AgreesWithASlowFold) {
  std::mt19937 random(4);
  Profile profile(4);
  std::vector<std::pair<Marks, std::int64_t>> slow;
  for (int i = 0; i < 5'000; ++i) {
    Marks marks;
    for (std::uint16_t option = 0; option < 4; ++option) {
      if (random() % 2 == 0) marks.push_back({option, static_cast<std::uint16_t>(1 + random() % 3)});
    }
    if (marks.empty()) continue;
    const std::int64_t weight = 1 + random() % 9;
    ASSERT_TRUE(profile.Add(marks, weight));
    const auto same =
        std::find_if(slow.begin(), slow.end(), [&](const auto& one) { return one.first == marks; });
    if (same == slow.end()) {
      slow.emplace_back(marks, weight);
    } else {
      same->second += weight;
    }
  }
  ASSERT_EQ(profile.size(), slow.size());
  for (std::size_t i = 0; i < slow.size(); ++i) {
    EXPECT_EQ(MarksOf(profile, i), slow[i].first);
    EXPECT_EQ(profile.weight(i), slow[i].second);
  }
}

}  // namespace
}  // namespace plenary::election::counting
