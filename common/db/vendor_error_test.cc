#include "common/db/vendor_error.h"

#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"

namespace plenary::db {
namespace {

using testing::IsError;
using testing::StatusIs;

TEST(VendorError, AConflictMayBeRerun) {
  for (const int number : {1213, 1205, 1020}) {
    EXPECT_THAT(VendorError(number, "x", "x"), IsError(absl::StatusCode::kAborted, "TRANSACTION_CONFLICT"));
    EXPECT_TRUE(IsConflict(VendorError(number, "x", "x")));
    EXPECT_FALSE(LosesConnection(number));
  }
}

TEST(VendorError, ALostOrReadOnlyServerIsUnavailableAndItsConnectionDropped) {
  for (const int number : {2002, 2006, 2013, 2014, 1290, 1047, 1927, 1053}) {
    EXPECT_THAT(VendorError(number, "x", "x"),
                IsError(absl::StatusCode::kUnavailable, "DATABASE_UNAVAILABLE"));
    EXPECT_TRUE(LosesConnection(number)) << number;
  }
}

TEST(VendorError, ASlowStatementExceedsItsDeadline) {
  for (const int number : {1969, 3024}) {
    EXPECT_THAT(VendorError(number, "x", "x"),
                IsError(absl::StatusCode::kDeadlineExceeded, "STATEMENT_TOO_SLOW"));
  }
}

TEST(VendorError, EverythingElseIsInternal) {
  EXPECT_THAT(VendorError(1064, "syntax", "SELEC 1"), StatusIs(absl::StatusCode::kInternal));
  EXPECT_THAT(VendorError(0, "driver", "SELECT 1"), StatusIs(absl::StatusCode::kInternal));
}

struct DuplicateCase {
  const char* text;
  const char* key;
};

TEST(DuplicateKey, IsTheLastQuotedNameWithoutItsTable) {
  const DuplicateCase cases[] = {
      {"Duplicate entry 'a' for key 'one_per_roll'", "one_per_roll"},
      {"Duplicate entry 'a' for key 'issuances.one_per_roll'", "one_per_roll"},
      {"Duplicate entry 'O'Brien' for key 'PRIMARY'", "PRIMARY"},
      {"Duplicate entry 'x' for key 'y'' for key 'PRIMARY'", "PRIMARY"},
      {"no quotes at all", ""},
      {"'", ""},
  };
  for (const auto& [text, key] : cases) EXPECT_EQ(DuplicateKey(text), key) << text;
}

}  // namespace
}  // namespace plenary::db
