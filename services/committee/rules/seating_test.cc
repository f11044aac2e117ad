#include "services/committee/rules/seating.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"
#include "common/time/date.h"

namespace plenary::committee::rules {
namespace {

constexpr absl::CivilDay kSeatsOn(2022, 10, 1);
constexpr absl::CivilDay kLater(2023, 10, 1);

struct Row {
  const char* sentence;
  std::vector<ElectedSeats> elected;
  std::vector<OpenHolding> open;
  std::vector<std::string> ending;
  // "body/seat person until"
  std::vector<std::string> seated;
  const char* reason = "";
};

ElectedSeats Elected(std::string body, int seat_count, int open_seats, std::vector<Winner> winners) {
  return {std::move(body), seat_count, open_seats, std::move(winners)};
}

Winner Person(std::string name, int years) { return {name, name, years}; }

std::vector<std::string> Seated(const std::vector<ElectedSeats>& elected, const SeatingPlan& plan) {
  std::vector<std::string> lines;
  for (const Placement& placement : plan.placements) {
    const ElectedSeats& body = elected[placement.body];
    lines.push_back(fmt::format("{}/{} {} {}", body.body, placement.seat,
                                body.winners[placement.winner].person, FormatDate(placement.end_date)));
  }
  return lines;
}

std::vector<Row> Rows() {
  return {
      {.sentence = "the first election ends the founders and ranks the winners by seat number",
       .elected = {Elected("board", 2, 2, {Person("ann", 2), Person("bob", 1)})},
       .open = {{"h1", "board", 1, "old1", kSeatsOn}, {"h2", "board", 2, "old2", kSeatsOn}},
       .ending = {"h1", "h2"},
       .seated = {"board/1 ann 2024-10-01", "board/2 bob 2023-10-01"}},
      {.sentence = "a continuing seat stays and a vacant one makes room",
       .elected = {Elected("board", 3, 2, {Person("ann", 2), Person("bob", 2)})},
       .open = {{"h1", "board", 1, "old1", kLater}, {"h2", "board", 2, "old2", kSeatsOn}},
       .ending = {"h2"},
       .seated = {"board/2 ann 2024-10-01", "board/3 bob 2024-10-01"}},
      {.sentence = "fewer winners than seats leaves vacancies",
       .elected = {Elected("board", 3, 3, {Person("ann", 2)})},
       .open = {{"h3", "board", 3, "old3", kSeatsOn - 30}},
       .ending = {"h3"},
       .seated = {"board/1 ann 2024-10-01"}},
      {.sentence = "a founder who is elected again takes the seat of the rank",
       .elected = {Elected("board", 2, 2, {Person("bob", 2), Person("ann", 2)})},
       .open = {{"h1", "board", 1, "ann", kSeatsOn}, {"h2", "board", 2, "bob", kSeatsOn}},
       .ending = {"h1", "h2"},
       .seated = {"board/1 bob 2024-10-01", "board/2 ann 2024-10-01"}},
      {.sentence = "a founder of one committee is elected into another",
       .elected = {Elected("finance", 1, 1, {Person("bob", 1)}), Elected("board", 1, 1, {Person("ann", 2)})},
       .open = {{"h1", "finance", 1, "ann", kSeatsOn}, {"h2", "board", 1, "bob", kSeatsOn}},
       .ending = {"h1", "h2"},
       .seated = {"finance/1 bob 2023-10-01", "board/1 ann 2024-10-01"}},
      {.sentence = "a winner's ending seat in a body that was not elected ends too",
       .elected = {Elected("board", 1, 1, {Person("ann", 2)})},
       .open = {{"h1", "finance", 1, "ann", kSeatsOn}, {"h2", "finance", 2, "bob", kSeatsOn}},
       .ending = {"h1"},
       .seated = {"board/1 ann 2024-10-01"}},
      {.sentence = "a winner who continues in another seat holds two",
       .elected = {Elected("board", 1, 1, {Person("ann", 2)})},
       .open = {{"h1", "finance", 1, "ann", kLater}},
       .reason = "PERSON_HOLDS_SEAT"},
      {.sentence = "a winner in two bodies holds two",
       .elected = {Elected("board", 1, 1, {Person("ann", 2)}), Elected("finance", 1, 1, {Person("ann", 2)})},
       .reason = "PERSON_HOLDS_SEAT"},
      {.sentence = "more seats filled than make room is refused",
       .elected = {Elected("board", 2, 2, {Person("ann", 2)})},
       .open = {{"h1", "board", 1, "old1", kLater}},
       .reason = "SEATS_NOT_OPEN"},
  };
}

TEST(PlanSeating, HandsOverTheSeats) {
  for (const Row& row : Rows()) {
    SCOPED_TRACE(row.sentence);
    const absl::StatusOr<SeatingPlan> plan = PlanSeating(row.elected, row.open, kSeatsOn);
    if (*row.reason != '\0') {
      EXPECT_EQ(ReasonOf(plan.status()), row.reason);
      continue;
    }
    ASSERT_OK(plan);
    EXPECT_EQ(plan->ending, row.ending);
    EXPECT_EQ(Seated(row.elected, *plan), row.seated);
  }
}

TEST(TermEnd, IsTheSameDayOfALaterYear) {
  EXPECT_EQ(TermEnd(absl::CivilDay(2022, 10, 1), 2), absl::CivilDay(2024, 10, 1));
  EXPECT_EQ(TermEnd(absl::CivilDay(2024, 2, 29), 1), absl::CivilDay(2025, 2, 28));
  EXPECT_EQ(TermEnd(absl::CivilDay(2024, 2, 29), 4), absl::CivilDay(2028, 2, 29));
}

}  // namespace
}  // namespace plenary::committee::rules
