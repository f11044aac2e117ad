#include "common/rpc/page.h"

#include <gtest/gtest.h>

#include "common/crypto/bytes.h"
#include "common/testing/status_matchers.h"

namespace plenary::rpc {
namespace {

using testing::IsError;

TEST(Page, HasADefaultAndALargestSize) {
  ASSERT_OK_AND_ASSIGN(Page page, ReadPage(0, ""));
  EXPECT_EQ(page.size, 50);
  ASSERT_OK_AND_ASSIGN(page, ReadPage(1'000'000, ""));
  EXPECT_EQ(page.size, 200);
  EXPECT_THAT(ReadPage(-1, ""), IsError(absl::StatusCode::kInvalidArgument, "PAGE_SIZE_INVALID"));
}

TEST(Page, ContinuesAfterTheKeyOfTheToken) {
  const std::string key("a\0b", 3);
  ASSERT_OK_AND_ASSIGN(const Page page, ReadPage(10, PageToken(key)));
  EXPECT_EQ(page.after, key);
}

TEST(Page, RefusesATokenThatNoListGave) {
  for (const std::string& token : {std::string("companies/1"), std::string("!!!"),
                                   crypto::Base64UrlEncode("x"), std::string(2000, 'A')}) {
    EXPECT_THAT(ReadPage(10, token), IsError(absl::StatusCode::kInvalidArgument, "PAGE_TOKEN_INVALID"))
        << token;
  }
}

}  // namespace
}  // namespace plenary::rpc
