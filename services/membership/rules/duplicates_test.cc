#include "services/membership/rules/duplicates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace plenary::membership::rules {
namespace {

struct PeopleCase {
  const char* sentence;
  PersonFeatures a;
  PersonFeatures b;
  int score;
};

class ComparePeopleTest : public ::testing::TestWithParam<PeopleCase> {};

TEST_P(ComparePeopleTest, AddsItsPoints) {
  const PeopleCase& c = GetParam();
  EXPECT_EQ(ComparePeople(c.a, c.b).score, c.score) << c.sentence;
  EXPECT_EQ(ComparePeople(c.b, c.a).score, c.score) << c.sentence << " (the other way round)";
}

const PersonFeatures kAda = {"1", "ada@acme.example", "Ada Voorbeeld", "acme", "+12125550100"};

INSTANTIATE_TEST_SUITE_P(
    All, ComparePeopleTest,
    ::testing::Values(
        PeopleCase{"nothing in common",
                   kAda,
                   {"2", "priya@zeta.example", "Priya Exempel", "zeta", "+12125550199"},
                   0},
        PeopleCase{"a tag in the address", kAda, {"2", "ada+news@acme.example", "P E", "zeta", ""}, 50},
        PeopleCase{"dots at Gmail",
                   {"1", "a.da@gmail.com", "Ada Voorbeeld", "acme", ""},
                   {"2", "ada@googlemail.com", "P E", "zeta", ""},
                   50},
        PeopleCase{"dots elsewhere are another mailbox",
                   {"1", "a.da@acme.example", "Ada Voorbeeld", "acme", ""},
                   {"2", "ada@acme.example", "Priya Exempel", "zeta", ""},
                   0},
        PeopleCase{
            "the same telephone", kAda, {"2", "x@y.example", "Priya Exempel", "zeta", "+12125550100"}, 40},
        PeopleCase{"two unknown telephones are not the same",
                   {"1", "ada@acme.example", "Ada Voorbeeld", "acme", ""},
                   {"2", "x@y.example", "Priya Exempel", "zeta", ""},
                   0},
        PeopleCase{"the same name turned round, in another case",
                   kAda,
                   {"2", "x@y.example", "VOORBEELD, ada", "zeta", ""},
                   30},
        PeopleCase{"a slip in the name", kAda, {"2", "x@y.example", "Ada Vorbeeld", "zeta", ""}, 20},
        PeopleCase{"an initial", kAda, {"2", "x@y.example", "A. Voorbeeld", "zeta", ""}, 20},
        PeopleCase{"another initial", kAda, {"2", "x@y.example", "B. Voorbeeld", "zeta", ""}, 0},
        PeopleCase{"name and company", kAda, {"2", "x@y.example", "Ada Voorbeeld", "acme", ""}, 50},
        PeopleCase{"the same local part elsewhere",
                   kAda,
                   {"2", "ada@home.example", "Priya Exempel", "zeta", ""},
                   15},
        PeopleCase{"an office is not a person",
                   {"1", "info@acme.example", "Ada Voorbeeld", "acme", ""},
                   {"2", "info@zeta.example", "Priya Exempel", "zeta", ""},
                   0}));

TEST(CompareCompanies, LooksPastTheLegalForm) {
  EXPECT_EQ(CompareCompanies({"1", "Acme, Inc.", {}, {}}, {"2", "ACME LLC", {}, {}}).score, 50);
  EXPECT_EQ(CompareCompanies({"1", "Acme Networks", {}, {}}, {"2", "Acme Network", {}, {}}).score, 30);
  EXPECT_EQ(CompareCompanies({"1", "Acme", {}, {}}, {"2", "Zeta", {}, {}}).score, 0);
  EXPECT_EQ(CompareCompanies({"1", "Co", {}, {}}, {"2", "Inc", {}, {}}).score, 0) << "a form alone is a name";
}

TEST(CompareCompanies, AddsDomainsAndTelephones) {
  const Match match = CompareCompanies({"1", "Acme", {"acme.example"}, {"+12125550100"}},
                                       {"2", "Zeta", {"zeta.example", "acme.example"}, {"+12125550100"}});
  EXPECT_EQ(match.score, 50);
  EXPECT_THAT(match.reasons, ::testing::SizeIs(2));
}

TEST(NormalisePhone, TakesInternationalNumbersOnly) {
  EXPECT_EQ(NormalisePhone(" +1 (212) 555-0100 "), "+12125550100");
  EXPECT_EQ(NormalisePhone("+49 30/123.4567"), "+49301234567");
  for (const char* wrong : {"", "212 555 0100", "+1", "+123456", "+1234567890123456", "+1212555010a",
                            "+0123456789", "++12125550100"}) {
    EXPECT_EQ(NormalisePhone(wrong), "") << wrong;
  }
}

template <typename Features, typename Compare>
void ExpectGroupsMissNothing(const std::vector<Features>& all, const Compare& compare) {
  int proposed = 0;
  for (const Features& a : all) {
    for (const Features& b : all) {
      if (a.id >= b.id || compare(a, b).score < kProposeFrom) continue;
      ++proposed;
      const std::vector<std::string> of_a = GroupsOf(a);
      const std::vector<std::string> of_b = GroupsOf(b);
      EXPECT_TRUE(std::any_of(
          of_a.begin(), of_a.end(),
          [&](const std::string& group) { return std::find(of_b.begin(), of_b.end(), group) != of_b.end(); }))
          << a.id << " and " << b.id;
    }
  }
  EXPECT_GT(proposed, 100) << "the sample compares nothing";
}

TEST(GroupsOf, TwoThatAreProposedShareAGroup) {
  std::mt19937 random(20221122);
  const auto pick = [&](std::vector<std::string> choices) { return choices[random() % choices.size()]; };
  std::vector<PersonFeatures> people;
  std::vector<CompanyFeatures> companies;
  for (int i = 0; i < 400; ++i) {
    const std::string id = std::to_string(1000 + i);
    people.push_back({id,
                      pick({"ada", "ada+x", "a.da", "priya", "info"}) + "@" +
                          pick({"acme.example", "gmail.com", "zeta.example"}),
                      pick({"Ada Voorbeeld", "A Voorbeeld", "Ada Vorbeeld", "Priya Exempel", "Edgar Linnea"}),
                      pick({"acme", "zeta", "ypsilon"}), pick({"", "", "+12125550100", "+12125550101"})});
    companies.push_back({id,
                         pick({"Acme Inc", "Acme", "Acmee", "Zeta Systems", "Zeta System LLC"}),
                         {pick({"acme.example", "zeta.example", "other.example"})},
                         {pick({"+12125550100", "+12125550101"})}});
  }
  ExpectGroupsMissNothing(people, ComparePeople);
  ExpectGroupsMissNothing(companies, CompareCompanies);
}

}  // namespace
}  // namespace plenary::membership::rules
