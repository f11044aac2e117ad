#include "common/status/field_checks.h"

#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"

namespace plenary {
namespace {

constexpr ErrorDomain kDomain("plenary.test");

TEST(Utf8Length, CountsCodePointsAndRefusesWhatIsNotUtf8) {
  EXPECT_EQ(Utf8Length(""), 0);
  EXPECT_EQ(Utf8Length("Zoë"), 3);
  EXPECT_EQ(Utf8Length("日本"), 2);
  EXPECT_EQ(Utf8Length("\xf0\x9f\x97\xb3"), 1);
  for (const char* wrong : {"\xff", "\xc0\xaf", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xc3",
                            "a\x80", "\xf0\x80\x80\x80"}) {
    EXPECT_EQ(Utf8Length(wrong), -1);
  }
}

TEST(FieldChecks, NamesEveryFieldAtFault) {
  FieldChecks checks;
  checks.Text("title", "   ", 1, 10);
  checks.Text("text", "longer than ten", 1, 10);
  checks.Text("name", "ok", 1, 10);
  checks.Text("note", "bell\a", 0, 10);
  checks.Text("raw", "\xff", 0, 10);
  checks.Require(1 + 1 == 3, "seats", "Give at least one seat.");
  const absl::Status status = checks.Result(kDomain);
  EXPECT_THAT(status, testing::IsError(absl::StatusCode::kInvalidArgument, "FIELD_INVALID"));
  std::vector<std::string> fields;
  for (const FieldViolation& violation : FieldViolationsOf(status)) fields.push_back(violation.field);
  EXPECT_EQ(fields, (std::vector<std::string>{"title", "text", "note", "raw", "seats"}));
}

TEST(FieldChecks, CountsCharactersNotBytes) {
  FieldChecks checks;
  checks.Text("name", "日本語", 3, 3);
  EXPECT_OK(checks.Result(kDomain));
}

}  // namespace
}  // namespace plenary
