#include "services/cli/money.h"

#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"

namespace plenary::cli {
namespace {

using testing::IsError;

TEST(ParseCents, ReadsWhatPeopleWrite) {
  EXPECT_EQ(*ParseCents("100.00"), 10'000);
  EXPECT_EQ(*ParseCents("100"), 10'000);
  EXPECT_EQ(*ParseCents("0.5"), 50);
  EXPECT_EQ(*ParseCents("0.05"), 5);
  EXPECT_EQ(*ParseCents("999999999999.99"), 99'999'999'999'999);
}

TEST(ParseCents, RefusesFractionsOfACentAndWhatIsNoAmount) {
  for (const char* text : {"100.001", "0.005", "", ".5", "5.", "-5", "+5", "1,000", "1e3", "$5", "5 ",
                           "1.2.3", "1000000000000"}) {
    EXPECT_THAT(ParseCents(text), IsError(absl::StatusCode::kInvalidArgument, "WRONG_USAGE")) << text;
  }
}

TEST(CentsText, WritesTwoDigits) {
  EXPECT_EQ(CentsText(10'000), "100.00");
  EXPECT_EQ(CentsText(5), "0.05");
  EXPECT_EQ(CentsText(-350), "-3.50");
}

}  // namespace
}  // namespace plenary::cli
