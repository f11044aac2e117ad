#include "services/membership/rules/search_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace plenary::membership::rules {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Optional;

TEST(SearchWords, FoldsAndPartsNames) {
  EXPECT_THAT(SearchWords("Ada  Lovelace"), ElementsAre("ada", "lovelace"));
  EXPECT_THAT(SearchWords("O'Neil-Smith"), ElementsAre("neil", "o", "smith"));
  EXPECT_THAT(SearchWords("ÉMILE Žižek"), ElementsAre("émile", "žižek"));
  EXPECT_THAT(SearchWords("Acme, Inc. (ACME)"), ElementsAre("acme", "inc")) << "each word once";
  EXPECT_THAT(SearchWords("24/7 Help"), ElementsAre("24", "7", "help"));
  EXPECT_THAT(SearchWords(" .-! "), IsEmpty());
}

TEST(SearchWords, StopsAtTheLimits) {
  std::string name;
  for (int i = 0; i < 20; ++i) name += std::string(1, static_cast<char>('a' + i)) + " ";
  EXPECT_EQ(SearchWords(name).size(), kMostSearchWords);
  EXPECT_THAT(SearchWords(std::string(100, 'x')), ElementsAre(std::string(kLongestSearchWord, 'x')));
}

TEST(SearchTerms, TakesWordsAndAddresses) {
  EXPECT_THAT(SearchTerms("  ADA  love"), Optional(ElementsAre("ada", "love")));
  EXPECT_THAT(SearchTerms("Ada@Example.org acme"), Optional(ElementsAre("ada@example.org", "acme")));
  EXPECT_THAT(SearchTerms(""), Optional(IsEmpty()));
  EXPECT_THAT(SearchTerms("   "), Optional(IsEmpty()));
  EXPECT_EQ(SearchTerms("!?"), std::nullopt) << "there is nothing to look up";
  EXPECT_EQ(SearchTerms("\xff"), std::nullopt);
}

}  // namespace
}  // namespace plenary::membership::rules
