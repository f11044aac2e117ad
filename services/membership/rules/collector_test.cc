#include "services/membership/rules/collector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/membership/rules/testing_society.h"

namespace plenary::membership::rules {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(Collector, IsOfTheCompanyAndMayVoteOnTheDay) {
  const Provisions society = Society();
  const CompanyFacts company{.id = "x",
                             .representative = "lapsed",
                             .people = {Professional("ann", 2), Professional("lapsed", 2, "2022-02-01"),
                                        Professional("new", 0), Holder("free", "registered")}};
  const auto why = [&](const std::string& person, const std::string& day) {
    return WhyCannotCollect(company, person, society, Day(day));
  };
  EXPECT_THAT(why("ann", "2022-07-01"), IsEmpty()) << "whoever is named on the register";
  EXPECT_THAT(why("ann", "2023-02-01"), HasSubstr("Renew"));
  EXPECT_THAT(why("lapsed", "2022-07-01"), HasSubstr("substitute")) << "named or not";
  EXPECT_THAT(why("new", "2022-07-01"), HasSubstr("letter"));
  EXPECT_THAT(why("new", "2022-09-01"), IsEmpty()) << "the board waived the letters";
  EXPECT_THAT(why("free", "2022-07-01"), HasSubstr("category"));
  EXPECT_THAT(why("stranger", "2022-07-01"), HasSubstr("belongs to the company"));
  EXPECT_THAT(why("", "2022-07-01"), HasSubstr("belongs to the company"));
}

TEST(Collector, AsksAboutTheLineAndHasASuccessorOnceTheyLeft) {
  const CompanyFacts company{
      .id = "x", .representative = "named", .people = {Professional("ann", 2), Professional("named", 2)}};
  EXPECT_TRUE(MayAskAboutLine(company, "ann", "ann"));
  EXPECT_FALSE(MayAskAboutLine(company, "ann", "named")) << "as long as Ann is of the company";
  EXPECT_TRUE(MayAskAboutLine(company, "left", "named"));
  EXPECT_FALSE(MayAskAboutLine(company, "left", "ann")) << "of the company, and not named";
  EXPECT_FALSE(MayAskAboutLine(company, "left", "left")) << "of another company now";
  EXPECT_FALSE(MayAskAboutLine(CompanyFacts(), "left", "")) << "nobody";
}

}  // namespace
}  // namespace plenary::membership::rules
