#include "services/committee/names.h"

#include <gtest/gtest.h>

namespace plenary::committee {
namespace {

TEST(Names, ReadBackWhatTheyWrite) {
  const auto seat = ParseSeatName(SeatName("board", 12));
  ASSERT_TRUE(seat);
  EXPECT_EQ(seat->body, "board");
  EXPECT_EQ(seat->number, 12);
  const std::string id(26, '0');
  const auto motion = ParseMotionName(MotionName("board", id));
  ASSERT_TRUE(motion);
  EXPECT_EQ(motion->body, "board");
  EXPECT_EQ(motion->motion, id);
}

TEST(Names, RefuseOtherShapes) {
  for (const char* name :
       {"", "seats/1", "/seats/1", "bodies/board", "bodies/board/seats/", "bodies/board/seats/0",
        "bodies/board/seats/01", "bodies/board/seats/100", "bodies/board/seats/1x", "bodies/board/seats/-1",
        "bodies/board/xseats/1", "bodies//seats/1", "bodies/a/b/seats/1", "people/board/seats/1"}) {
    EXPECT_FALSE(ParseSeatName(name)) << name;
  }
  for (const char* name : {"bodies/board/motions/1", "bodies/board/seats/00000000000000000000000000"}) {
    EXPECT_FALSE(ParseMotionName(name)) << name;
  }
}

}  // namespace
}  // namespace plenary::committee
