#include "common/ids/id.h"

#include <gtest/gtest.h>

#include <set>

namespace plenary {
namespace {

TEST(Id, TextReadsBackAsTheSameBytes) {
  RandomIds ids;
  for (int i = 0; i < 1000; ++i) {
    const IdBytes bytes = ids.Next();
    const std::string text = IdText(bytes);
    ASSERT_EQ(text.size(), kIdLength);
    ASSERT_EQ(ParseId(text), bytes) << text;
  }
}

TEST(Id, TextSortsAsTheBytesDo) {
  RandomIds ids;
  for (int i = 0; i < 1000; ++i) {
    const IdBytes a = ids.Next(), b = ids.Next();
    ASSERT_EQ(a < b, IdText(a) < IdText(b));
  }
}

TEST(Id, RefusesTextThatNoBytesHave) {
  EXPECT_FALSE(ParseId(""));
  EXPECT_FALSE(ParseId(std::string(25, '0')));
  EXPECT_FALSE(ParseId(std::string(27, '0')));
  EXPECT_FALSE(ParseId(std::string(25, '0') + "w"));
  EXPECT_FALSE(ParseId(std::string(25, '0') + "1"));  // set padding bits: a second spelling of one id
  EXPECT_TRUE(ParseId(std::string(26, '0')));
}

TEST(Id, RandomOnesDiffer) {
  RandomIds ids;
  std::set<std::string> seen;
  for (int i = 0; i < 10000; ++i) seen.insert(ids.NextText());
  EXPECT_EQ(seen.size(), 10000u);
}

TEST(ResourceId, TakesOnlyTheNamedCollectionAndPlainCharacters) {
  EXPECT_EQ(ResourceId("bodies", "bodies/board"), "board");
  EXPECT_FALSE(ResourceId("bodies", "bodies/"));
  EXPECT_FALSE(ResourceId("bodies", "bodies"));
  EXPECT_FALSE(ResourceId("bodies", "people/board"));
  EXPECT_FALSE(ResourceId("bodies", "bodies/board/seats/1"));
  EXPECT_FALSE(ResourceId("bodies", "bodies/Board"));
  EXPECT_FALSE(ResourceId("bodies", "bodies/' OR 1=1"));
  EXPECT_FALSE(ResourceId("bodies", "bodies/" + std::string(64, 'a')));
}

TEST(Uuid, IsRecognisedByItsShape) {
  EXPECT_TRUE(IsUuid(RandomUuid()));
  EXPECT_FALSE(IsUuid("00000000-0000-4000-8000-00000000000"));
  EXPECT_FALSE(IsUuid("00000000-0000-4000-8000-00000000000g"));
  EXPECT_FALSE(IsUuid("000000000000040008000000000000000000"));
}

}  // namespace
}  // namespace plenary
