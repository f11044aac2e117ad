#include "services/membership/rules/mailing.h"

#include <gtest/gtest.h>

#include "services/membership/rules/clip.h"

namespace plenary::membership::rules {
namespace {

TEST(Topics, AreSortedAndEachOnce) {
  EXPECT_EQ(JoinTopics({"news", "events", "news"}), "events news");
  EXPECT_EQ(JoinTopics({}), "");
  EXPECT_EQ(SplitTopics("events news"), (std::vector<std::string>{"events", "news"}));
  EXPECT_EQ(SplitTopics(" events  news "), (std::vector<std::string>{"events", "news"}));
  EXPECT_TRUE(SplitTopics("").empty());
}

TEST(CsvRecord, KeepsFieldsApartAndFormulasHarmless) {
  EXPECT_EQ(CsvRecord({"a", "", "b c"}), "a,,b c\r\n");
  EXPECT_EQ(CsvRecord({"a,b", "say \"hi\"", "two\nlines"}), "\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\"\r\n");
  for (const char* formula : {"=1+1", "+1", "-1", "@SUM(A1)", "\tx"}) {
    EXPECT_EQ(CsvRecord({formula}), "'" + std::string(formula) + "\r\n");
  }
  EXPECT_EQ(CsvRecord({"=HYPERLINK(\"x\",1)"}), "\"'=HYPERLINK(\"\"x\"\",1)\"\r\n");
  EXPECT_EQ(CsvRecord({"\rx"}), "\"'\rx\"\r\n");
}

TEST(Clip, CutsBetweenCharacters) {
  EXPECT_EQ(Clip("abc", 3), "abc");
  EXPECT_EQ(Clip("abcd", 3), "abc");
  EXPECT_EQ(Clip("a\xC3\xA9", 2), "a");
  EXPECT_EQ(Clip("\xE2\x82\xAC", 2), "");
}

}  // namespace
}  // namespace plenary::membership::rules
