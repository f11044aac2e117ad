#include "services/committee/rules/quorum.h"

#include <gtest/gtest.h>

namespace plenary::committee::rules {
namespace {

TEST(Quorum, IsAMajorityOfTheFilledSeats) {
  struct Row {
    const char* sentence;
    int filled_seats;
    int quorum;
  };
  constexpr Row kRows[] = {
      {"a body without holders cannot decide", 0, 1},
      {"a single holder decides alone", 1, 1},
      {"of two both are needed", 2, 2},
      {"of five three are needed", 5, 3},
      {"half of six is not a majority", 6, 4},
      {"of the Legislative nine five are needed", 9, 5},
  };
  for (const Row& row : kRows) EXPECT_EQ(Quorum(row.filled_seats), row.quorum) << row.sentence;
}

}  // namespace
}  // namespace plenary::committee::rules
