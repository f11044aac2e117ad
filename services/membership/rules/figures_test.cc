#include "services/membership/rules/figures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/membership/rules/testing_society.h"

namespace plenary::membership::rules {
namespace {

using State = v1::Membership::State;

const Categories& SocietyCategories() {
  static const auto& categories = *new Categories(Society().categories);
  return categories;
}

FigureDays On(const std::string& day) { return {Day(day), Day(day), Day(day)}; }
FigureDays Span(const std::string& from, const std::string& until) {
  return {Day(until), Day(from), Day(until)};
}

HolderFacts Of(const PersonFacts& person) { return {HolderKind::kPerson, person.periods, person.acts}; }

HolderFacts Cancelled(HolderFacts holder, const std::string& on) {
  StandingAct act;
  act.kind = ActKind::kCancelled;
  act.on = Day(on);
  holder.acts.push_back(act);
  return holder;
}

// Professional through 2022, renewed through 2023, after that lapsed; back from 2025-01-01 on.
HolderFacts Returner() {
  return Of(With(With(With({.id = "r"}, "professional", "2022-01-01", "2023-01-01"), "professional",
                      "2023-01-01", "2024-01-01"),
                 "professional", "2025-01-01", "2026-01-01"));
}

struct MovementCase {
  const char* sentence;
  HolderFacts holder;
  const char* from;
  const char* until;
  Movements moved;
};

TEST(Figures, TellWhatMoved) {
  const std::vector<MovementCase> cases = {
      {"the first period is a join", Returner(), "2022-01-01", "2022-12-31", {.joins = 1}},
      {"both ends of the span count", Returner(), "2022-01-01", "2022-01-01", {.joins = 1}},
      {"the day after the span does not", Returner(), "2021-01-01", "2021-12-31", {}},
      {"the next period is a renewal, and the end of the first no lapse",
       Returner(),
       "2023-01-01",
       "2023-12-31",
       {.renewals = 1}},
      {"grace ends with a lapse", Returner(), "2024-01-31", "2024-01-31", {.lapses = 1}},
      {"the last day of grace is none yet", Returner(), "2024-01-01", "2024-01-30", {}},
      {"a period after a lapse is a return", Returner(), "2025-01-01", "2025-12-31", {.returns = 1}},
      {"a span may hold it all",
       Returner(),
       "2020-01-01",
       "2030-01-01",
       {.joins = 1, .returns = 1, .renewals = 1, .lapses = 2}},
      {"a period without an end never lapses", Of(Holder("h", "registered")), "2022-02-01", "2099-01-01", {}},
      {"a cancellation is no lapse",
       Cancelled(Of(Professional("c", 2)), "2022-06-01"),
       "2022-06-01",
       "2023-12-31",
       {.cancellations = 1}},
      {"a cancellation of what had lapsed counts nothing",
       Cancelled(Of(Professional("c", 2)), "2023-06-01"),
       "2023-06-01",
       "2023-06-01",
       {}},
  };
  for (const MovementCase& row : cases) {
    Figures figures(SocietyCategories(), Span(row.from, row.until));
    figures.Add(row.holder);
    Movements sum;
    for (const auto& [category, moved] : figures.movements()) sum = moved;
    EXPECT_TRUE(sum == row.moved) << row.sentence << ": " << sum.joins << " " << sum.returns << " "
                                  << sum.renewals << " " << sum.lapses << " " << sum.cancellations;
  }
}

TEST(Figures, CountMembersOnADay) {
  const auto count = [](const std::string& day) {
    Figures figures(SocietyCategories(), On(day));
    figures.Add(Of(Professional("p", 0)));
    figures.Add(Of(Holder("r", "registered")));
    figures.Add(Of(With(Holder("both", "registered"), "professional", "2022-06-01", "2023-06-01")));
    figures.Add(Of(Holder("s", "staff")));
    HolderFacts partner = Of(Holder("c", "vendor-partner"));
    partner.kind = HolderKind::kCompany;
    figures.Add(partner);
    return std::make_pair(figures.professional(), figures.registered());
  };
  EXPECT_EQ(count("2021-12-31"), std::make_pair(0, 0));
  EXPECT_EQ(count("2022-01-01"), std::make_pair(1, 2)) << "who will be a professional is registered now";
  EXPECT_EQ(count("2022-06-01"), std::make_pair(2, 1)) << "who is both counts as a professional";
  EXPECT_EQ(count("2023-01-30"), std::make_pair(2, 1)) << "the last day of grace";
  EXPECT_EQ(count("2023-01-31"), std::make_pair(1, 1));
  EXPECT_EQ(count("2023-07-01"), std::make_pair(0, 2)) << "and is registered again afterwards";
}

TEST(Figures, CountAHolderOnceACategoryInTheBestState) {
  const auto states = [](const std::string& day) {
    Figures figures(SocietyCategories(), On(day));
    figures.Add(Returner());
    std::vector<State> found;
    for (const auto& [key, standing] : figures.standings()) {
      found.push_back(key.second);
      EXPECT_EQ(standing.people, 1);
      EXPECT_EQ(standing.companies, 0);
    }
    return found;
  };
  using ::testing::ElementsAre;
  EXPECT_THAT(states("2021-12-31"), ElementsAre(v1::Membership::STATE_PENDING));
  EXPECT_THAT(states("2023-01-05"), ElementsAre(v1::Membership::STATE_ACTIVE)) << "renewed, not in grace";
  EXPECT_THAT(states("2024-01-05"), ElementsAre(v1::Membership::STATE_GRACE));
  EXPECT_THAT(states("2024-06-01"), ElementsAre(v1::Membership::STATE_PENDING)) << "comes back";
  EXPECT_THAT(states("2026-06-01"), ElementsAre(v1::Membership::STATE_LAPSED));
}

}  // namespace
}  // namespace plenary::membership::rules
