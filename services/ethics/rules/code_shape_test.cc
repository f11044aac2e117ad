#include "services/ethics/rules/code_shape.h"

#include <gtest/gtest.h>

#include <functional>

#include "common/testing/status_matchers.h"

namespace plenary::ethics::rules {
namespace {

using v1::CodeVersion;

CodeVersion GoodCode() {
  CodeVersion code;
  code.set_name("codeVersions/2022-1");
  code.set_preamble("Why there is a code at all.");
  for (const char* id : {"competence", "confidentiality"}) {
    v1::Area& area = *code.add_areas();
    area.set_id(id);
    area.set_title(id);
    for (const char* number : {"1", "2"}) {
      v1::Provision& provision = *area.add_provisions();
      provision.set_id(std::string(id) + "-" + number);
      provision.set_text("We do as we say.");
    }
  }
  return code;
}

TEST(CheckCode, TakesACodeOfAreasAndProvisions) { EXPECT_OK(CheckCode(GoodCode())); }

TEST(CheckCode, RefusesWhatNobodyCouldReadOrName) {
  struct Row {
    const char* sentence;
    std::function<void(CodeVersion&)> spoil;
    const char* reason;
    const char* field;
  };
  const Row kRows[] = {
      {"a version without an id", [](auto& code) { code.set_name("codeVersions/"); }, "FIELD_INVALID",
       "code_version.name"},
      {"the current one is a pointer, not an id", [](auto& code) { code.set_name("codeVersions/current"); },
       "FIELD_INVALID", "code_version.name"},
      {"a code without a preamble", [](auto& code) { code.clear_preamble(); }, "FIELD_INVALID",
       "code_version.preamble"},
      {"a code without areas", [](auto& code) { code.clear_areas(); }, "FIELD_INVALID", "code_version.areas"},
      {"an area without provisions", [](auto& code) { code.mutable_areas(1)->clear_provisions(); },
       "FIELD_INVALID", "code_version.areas[1].provisions"},
      {"an area without a title", [](auto& code) { code.mutable_areas(1)->clear_title(); }, "FIELD_INVALID",
       "code_version.areas[1].title"},
      {"an area's id in capitals", [](auto& code) { code.mutable_areas(0)->set_id("Competence"); },
       "FIELD_INVALID", "code_version.areas[0].id"},
      {"a provision without text",
       [](auto& code) { code.mutable_areas(0)->mutable_provisions(1)->clear_text(); }, "FIELD_INVALID",
       "code_version.areas[0].provisions[1].text"},
      {"an area's id twice", [](auto& code) { code.mutable_areas(1)->set_id("competence"); },
       "PROVISION_DUPLICATE", "code_version.areas[1].id"},
      {"a provision's id twice, in different areas",
       [](auto& code) { code.mutable_areas(1)->mutable_provisions(0)->set_id("competence-1"); },
       "PROVISION_DUPLICATE", "code_version.areas[1].provisions[0].id"},
  };
  for (const Row& row : kRows) {
    SCOPED_TRACE(row.sentence);
    CodeVersion code = GoodCode();
    row.spoil(code);
    const absl::Status refused = CheckCode(code);
    EXPECT_THAT(refused, testing::IsError(absl::StatusCode::kInvalidArgument, row.reason));
    ASSERT_EQ(FieldViolationsOf(refused).size(), 1u);
    EXPECT_EQ(FieldViolationsOf(refused)[0].field, row.field);
  }
}

}  // namespace
}  // namespace plenary::ethics::rules
