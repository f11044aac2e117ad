#include "services/ethics/rules/binding.h"

#include <gtest/gtest.h>

namespace plenary::ethics::rules {
namespace {

using v1::Binding;

TEST(Blocks, HoldsUpOnlyWhoMustAcceptAndHasNot) {
  struct Row {
    const char* sentence;
    Binding::Level level;
    Acceptance acceptance;
    bool blocks;
  };
  constexpr Row kRows[] = {
      {"a recommended code holds up nobody", Binding::LEVEL_RECOMMENDED, Acceptance::kNotAccepted, false},
      {"a recommended code that was accepted holds up nobody", Binding::LEVEL_RECOMMENDED,
       Acceptance::kAccepted, false},
      {"the next renewal is not yet joining", Binding::LEVEL_AT_RENEWAL, Acceptance::kNotAccepted, false},
      {"who accepted at renewal goes on", Binding::LEVEL_AT_RENEWAL, Acceptance::kAccepted, false},
      {"joining needs the acceptance", Binding::LEVEL_TO_JOIN, Acceptance::kNotAccepted, true},
      {"nobody accepts what was never published", Binding::LEVEL_TO_JOIN, Acceptance::kNothingToAccept,
       false},
      {"who accepted joins", Binding::LEVEL_TO_JOIN, Acceptance::kAccepted, false},
  };
  for (const Row& row : kRows) EXPECT_EQ(Blocks(row.level, row.acceptance), row.blocks) << row.sentence;
}

TEST(Unset, IsRecommendedWithoutAReason) {
  EXPECT_EQ(Unset().level(), Binding::LEVEL_RECOMMENDED);
  EXPECT_EQ(Unset().reason(), "");
  EXPECT_FALSE(Unset().has_update_time());
}

}  // namespace
}  // namespace plenary::ethics::rules
