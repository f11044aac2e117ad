#include "services/election/rules/counting/block_plurality.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "common/crypto/bytes.h"
#include "services/election/rules/counting/lot.h"

namespace plenary::election::counting {
namespace {

const std::string kSeed(32, 's');

// Ballots of one contest, each a list of options.
std::vector<Ballot> Ballots(std::initializer_list<std::vector<int>> ballots) {
  std::vector<Ballot> result;
  for (const auto& options : ballots) {
    Marks& marks = result.emplace_back().emplace_back();
    for (const int option : options) marks.push_back({static_cast<std::uint16_t>(option), 1});
  }
  return result;
}

std::vector<int> Order(const ContestCount& count) {
  std::vector<int> order;
  for (const OptionCount& option : count.options) order.push_back(option.option);
  return order;
}

TEST(BlockPlurality, ElectsThoseWithMostMarks) {
  const auto count =
      CountBlockPlurality(0, {.seats = 2, .options = 3}, Ballots({{0, 2}, {2}, {2, 1}, {0, 2}, {}}), kSeed);
  EXPECT_EQ(Order(count), (std::vector<int>{2, 0, 1}));
  EXPECT_EQ(count.options[0].votes, 4);
  EXPECT_TRUE(count.options[0].elected && count.options[1].elected);
  EXPECT_FALSE(count.options[2].elected);
  EXPECT_EQ(count.options[2].rank, 3);
  EXPECT_EQ(count.blanks, 1);
  EXPECT_EQ(count.vacancies, 0);
  for (const OptionCount& option : count.options) EXPECT_TRUE(!option.tied && option.lot.empty());
}

TEST(BlockPlurality, ElectsEverybodyWhenThereAreMoreSeatsThanOptions) {
  const auto count = CountBlockPlurality(0, {.seats = 4, .options = 2}, Ballots({{1}}), kSeed);
  EXPECT_EQ(Order(count), (std::vector<int>{1, 0}));
  EXPECT_TRUE(count.options[0].elected && count.options[1].elected);
  EXPECT_EQ(count.vacancies, 2);
}

TEST(BlockPlurality, LeavesEverySeatVacantWithoutOptions) {
  const auto count = CountBlockPlurality(0, {.seats = 3, .options = 0}, Ballots({{}, {}}), kSeed);
  EXPECT_TRUE(count.options.empty());
  EXPECT_EQ(count.vacancies, 3);
  EXPECT_EQ(count.blanks, 2);
}

TEST(BlockPlurality, OrdersATieByTheLotAndShowsIt) {
  const auto count =
      CountBlockPlurality(3, {.seats = 1, .options = 4},
                          {{{}, {}, {}, {{0, 1}}}, {{}, {}, {}, {{1, 1}}}, {{}, {}, {}, {{2, 1}}}}, kSeed);
  ASSERT_EQ(count.options.size(), 4u);
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(count.options[i].tied);
    EXPECT_EQ(count.options[i].lot, Lot(kSeed, 3, count.options[i].option));
  }
  EXPECT_LT(count.options[0].lot, count.options[1].lot);
  EXPECT_LT(count.options[1].lot, count.options[2].lot);
  EXPECT_TRUE(count.options[0].elected);
  EXPECT_FALSE(count.options[1].elected);
  EXPECT_EQ(count.options[3].option, 3);
  EXPECT_FALSE(count.options[3].tied);
}

TEST(BlockPlurality, AnotherSeedMayDecideATieOtherwise) {
  std::set<int> firsts;
  for (char c = 'a'; c <= 'z'; ++c) {
    const auto count = CountBlockPlurality(0, {.seats = 1, .options = 2}, {}, std::string(32, c));
    firsts.insert(count.options[0].option);
  }
  EXPECT_EQ(firsts.size(), 2u);
}

TEST(Lot, IsTheHashOfSeedContestAndOption) {
  EXPECT_EQ(Lot(kSeed, 0x0102, 0x0304), crypto::Sha256("plenary-lot-v1" + kSeed + "\x01\x02\x03\x04"));
}

TEST(LotSeed, DoesNotDependOnTheOrderOfBallots) {
  const std::string a = crypto::Sha256("a"), b = crypto::Sha256("b");
  EXPECT_EQ(LotSeed({a, b}), LotSeed({b, a}));
  EXPECT_EQ(LotSeed({a, b}), crypto::Sha256(std::min(a, b) + std::max(a, b)));
  EXPECT_NE(LotSeed({a}), LotSeed({a, b}));
}

}  // namespace
}  // namespace plenary::election::counting
