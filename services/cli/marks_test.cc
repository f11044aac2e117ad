#include "services/cli/marks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "common/testing/status_matchers.h"

namespace plenary::cli {
namespace {

using election::client::Choice;
using election::v1::CountingMethod;
using election::v1::Manifest;
using ::plenary::testing::IsError;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

WrittenMark Typed(const std::string& text) { return {.names = {text}, .score = std::nullopt, .typed = true}; }
WrittenMark Named(const std::vector<std::string>& names) { return {.names = names, .score = std::nullopt}; }
WrittenMark Scored(const std::string& name, std::int64_t score) { return {.names = {name}, .score = score}; }

TEST(ParseMark, SplitsContestAndNames) {
  ASSERT_OK_AND_ASSIGN(const ContestMarks two, ParseMark(" board = Ada Demo ; Bo O'Sample;"));
  EXPECT_EQ(two, (ContestMarks{"board", {Typed("Ada Demo"), Typed("Bo O'Sample")}}));
  ASSERT_OK_AND_ASSIGN(const ContestMarks blank, ParseMark("board="));
  EXPECT_THAT(blank.marks, IsEmpty());
  EXPECT_THAT(ParseMark("board"), IsError(absl::StatusCode::kInvalidArgument, "WRONG_USAGE"));
  EXPECT_THAT(ParseMark("=Ada"), IsError(absl::StatusCode::kInvalidArgument, "WRONG_USAGE"));
}

TEST(ParseChoicesFile, ReadsListsEqualRanksAndScores) {
  ASSERT_OK_AND_ASSIGN(
      const auto choices,
      ParseChoicesFile(
          R"({"board": ["Ada"], "finance": [], "logo": ["Swirl", ["DV", "Ants"]], "venue": {"Lyon": 5}})"));
  EXPECT_THAT(choices, ElementsAre(ContestMarks{"board", {Named({"Ada"})}}, ContestMarks{"finance", {}},
                                   ContestMarks{"logo", {Named({"Swirl"}), Named({"DV", "Ants"})}},
                                   ContestMarks{"venue", {Scored("Lyon", 5)}}));
}

TEST(ParseChoicesFile, RefusesWhatIsNoChoice) {
  for (const char* bad :
       {"", "[]", R"({"board": "Ada"})", R"({"board": [1]})", R"({"board": [[]]})",
        R"({"board": [["Ada", 1]]})", R"({"venue": {"Lyon": "5"}})", R"({"venue": {"Lyon": 2.5}})",
        R"({"board": ["Ada"], "board": ["Bo"]})", R"({"venue": {"Lyon": 5, "Lyon": 3}})"}) {
    EXPECT_THAT(ParseChoicesFile(bad), IsError(absl::StatusCode::kInvalidArgument, "INPUT_INVALID")) << bad;
  }
}

// Two contests of candidates, and polls: ranked with equal ranks and without, and scored.
Manifest SampleManifest() {
  Manifest manifest;
  manifest.set_display_name("Sample");
  const auto contest = [&](const std::string& id, const std::string& name, CountingMethod method,
                           const std::vector<std::string>& options) -> Manifest::Contest& {
    auto& added = *manifest.add_contests();
    added.set_name("elections/e/contests/" + id);
    added.set_display_name(name);
    added.set_method(method);
    added.set_min_marks(1);
    added.set_max_marks(method == election::v1::COUNTING_METHOD_BLOCK_PLURALITY ? 2 : 3);
    for (const std::string& option : options) {
      auto& one = *added.add_options();
      one.set_name("elections/e/candidacies/" + id + std::to_string(added.options_size()));
      one.set_display_name(option);
    }
    return added;
  };
  contest("board", "Board of Directors", election::v1::COUNTING_METHOD_BLOCK_PLURALITY, {"Ada", "Bo", "Cy"});
  contest("finance", "Finance Committee", election::v1::COUNTING_METHOD_BLOCK_PLURALITY,
          {"Ada", "Dee", "Dee"});
  contest("logo", "Logo", election::v1::COUNTING_METHOD_SCHULZE,
          {"Swirl", "DV", "Ants", "A=B", "DV=Ants", "X;Y"});
  contest("chair", "Chair", election::v1::COUNTING_METHOD_SCOTTISH_STV, {"Ada", "Bo", "Cy"});
  contest("venue", "Venue", election::v1::COUNTING_METHOD_SCORE, {"Lyon", "Oslo", "At 12:30", "At 12"})
      .set_max_score(5);
  return manifest;
}

std::vector<Choice> Chosen(int contest, const std::vector<ContestMarks>& marks) {
  const auto resolved = ResolveMarks(SampleManifest(), marks);
  EXPECT_OK(resolved);
  return resolved.ok() ? resolved->at(static_cast<std::size_t>(contest)) : std::vector<Choice>();
}

std::string Option(const std::string& id) { return "elections/e/candidacies/" + id; }

TEST(ResolveMarks, FindsCandidaciesByNameInTheOrderOfTheBallot) {
  ASSERT_OK_AND_ASSIGN(const auto marked,
                       ResolveMarks(SampleManifest(), {{"Finance Committee", {Typed("Ada")}},
                                                       {"board", {Typed("Bo")}},
                                                       {"board", {Named({"board3"})}}}));
  EXPECT_THAT(marked, ElementsAre(ElementsAre(Choice(Option("board2")), Choice(Option("board3"))),
                                  ElementsAre(Choice(Option("finance1"))), IsEmpty(), IsEmpty(), IsEmpty()));
  ASSERT_OK_AND_ASSIGN(const auto blank, ResolveMarks(SampleManifest(), {}));
  EXPECT_THAT(blank, ::testing::Each(IsEmpty()));
}

TEST(ResolveMarks, RanksInTheOrderOfTheList) {
  EXPECT_THAT(Chosen(3, {{"chair", {Typed("Cy"), Typed("Ada")}}}),
              ElementsAre(Choice(Option("chair3"), 1), Choice(Option("chair1"), 2)));
  EXPECT_THAT(Chosen(3, {{"chair", {Typed("Cy")}}, {"Chair", {Named({"Ada"})}}}),
              ElementsAre(Choice(Option("chair3"), 1), Choice(Option("chair1"), 2)))
      << "a second list goes on";
}

TEST(ResolveMarks, GivesEqualRanksWithoutAGap) {
  EXPECT_THAT(
      Chosen(2, {{"logo", {Typed("Ants = DV"), Typed("Swirl")}}}),
      ElementsAre(Choice(Option("logo3"), 1), Choice(Option("logo2"), 1), Choice(Option("logo1"), 2)));
  EXPECT_THAT(
      Chosen(2, {{"logo", {Named({"Swirl"}), Named({"DV", "Ants"})}}}),
      ElementsAre(Choice(Option("logo1"), 1), Choice(Option("logo2"), 2), Choice(Option("logo3"), 2)));
}

TEST(ResolveMarks, TakesANameWithASeparatorWhereItIsClear) {
  EXPECT_THAT(Chosen(2, {{"logo", {Typed("A=B"), Typed("Swirl")}}}),
              ElementsAre(Choice(Option("logo4"), 1), Choice(Option("logo1"), 2)));
  EXPECT_THAT(Chosen(2, {{"logo", {Named({"DV=Ants"}), Named({"X;Y"})}}}),
              ElementsAre(Choice(Option("logo5"), 1), Choice(Option("logo6"), 2)))
      << "a file needs no separators";
  EXPECT_THAT(Chosen(4, {{"venue", {Typed("At 12:30:4")}}}), ElementsAre(Choice(Option("venue3"), 4)));
}

TEST(ResolveMarks, ReadsScores) {
  EXPECT_THAT(Chosen(4, {{"venue", {Typed("Lyon:5"), Typed("Oslo : 1")}}}),
              ElementsAre(Choice(Option("venue1"), 5), Choice(Option("venue2"), 1)));
  EXPECT_THAT(Chosen(4, {{"venue", {Scored("Oslo", 3)}}}), ElementsAre(Choice(Option("venue2"), 3)));
}

TEST(ResolveMarks, SaysWhatTheBallotDoesNotTake) {
  const struct {
    const char* sentence;
    std::vector<ContestMarks> marks;
    const char* says;
  } cases[] = {
      {"an unknown contest", {{"marketing", {Typed("Ada")}}}, "is no contest on this ballot"},
      {"an unknown name", {{"board", {Typed("Dee")}}}, "is not on the ballot for Board of Directors"},
      {"a name that two candidates have", {{"finance", {Typed("Dee")}}}, "Use the id"},
      {"one candidate twice", {{"board", {Typed("Ada")}}, {"board", {Typed("board1")}}}, "stands twice"},
      {"one option at two ranks", {{"chair", {Typed("Ada"), Typed("Bo"), Typed("Ada")}}}, "stands twice"},
      {"one option twice at a rank", {{"logo", {Typed("DV=DV")}}}, "stands twice"},
      {"more marks than the contest takes",
       {{"board", {Typed("Ada"), Typed("Bo"), Typed("Cy")}}},
       "takes 1 to 2 marks"},
      {"more ranks than the contest takes",
       {{"logo", {Typed("Ants"), Typed("Swirl"), Typed("DV"), Typed("A=B")}}},
       "takes 1 to 3 ranked options"},
      {"an equal rank where there is none", {{"chair", {Typed("Ada=Bo")}}}, "takes no equal ranks"},
      {"an equal rank among plain marks", {{"board", {Named({"Ada", "Bo"})}}}, "neither ranks nor scores"},
      {"a score among ranks", {{"logo", {Scored("DV", 3)}}}, "takes ranks, no scores"},
      {"a score among plain marks", {{"board", {Scored("Ada", 3)}}}, "neither ranks nor scores"},
      {"no score", {{"venue", {Typed("Lyon")}}}, "\"Lyon\" has none"},
      {"no score beside a name with a colon", {{"venue", {Typed("At 12:30")}}}, "\"At 12:30\" has none"},
      {"a score that is no number", {{"venue", {Typed("Lyon:five")}}}, "has none"},
      {"a list where scores are asked for", {{"venue", {Named({"Lyon"})}}}, "has none"},
      {"a score of 0", {{"venue", {Typed("Lyon:0")}}}, "Leave out what gets 0"},
      {"a score above the highest", {{"venue", {Scored("Lyon", 6)}}}, "takes scores of 1 to 5, not 6"},
      {"a score beyond all numbers", {{"venue", {Typed("Lyon:99999999999999999999")}}}, "has none"},
      {"a name that reads as two", {{"logo", {Typed("DV=Ants")}}}, "Say which in a file: --choices"},
      {"half of a name", {{"logo", {Typed("X"), Typed("Y")}}}, "in a file: --choices"},
  };
  for (const auto& row : cases) {
    const auto resolved = ResolveMarks(SampleManifest(), row.marks);
    EXPECT_THAT(resolved, IsError(absl::StatusCode::kInvalidArgument, "INPUT_INVALID")) << row.sentence;
    EXPECT_THAT(std::string(resolved.status().message()), HasSubstr(row.says)) << row.sentence;
  }
}

TEST(ResolveMarks, AsksForTheFewestToo) {
  Manifest manifest = SampleManifest();
  manifest.mutable_contests(0)->set_min_marks(2);
  EXPECT_THAT(ResolveMarks(manifest, {{"board", {Typed("Ada")}}}),
              IsError(absl::StatusCode::kInvalidArgument, "INPUT_INVALID"));
  EXPECT_OK(ResolveMarks(manifest, {{"board", {}}})) << "a blank is always allowed";
}

TEST(ResolveMarks, SaysThatItDoesNotKnowAMethod) {
  Manifest manifest = SampleManifest();
  manifest.mutable_contests(0)->set_method(static_cast<CountingMethod>(99));
  EXPECT_THAT(ResolveMarks(manifest, {}), IsError(absl::StatusCode::kInvalidArgument, "INPUT_INVALID"));
}

TEST(ShowBallot, PutsMarksRanksAndScoresBesideTheirOptions) {
  const Manifest manifest = SampleManifest();
  ASSERT_OK_AND_ASSIGN(const auto choices, ResolveMarks(manifest, {{"board", {Typed("Bo")}},
                                                                   {"chair", {Typed("Cy"), Typed("Ada")}},
                                                                   {"venue", {Typed("Oslo:4")}}}));
  std::ostringstream out;
  ShowBallot(out, manifest, choices);
  EXPECT_EQ(out.str(), R"(Sample

Board of Directors
  [ ] Ada
  [x] Bo
  [ ] Cy

Finance Committee: blank
  [ ] Ada
  [ ] Dee
  [ ] Dee

Logo: blank
  [ ] Swirl
  [ ] DV
  [ ] Ants
  [ ] A=B
  [ ] DV=Ants
  [ ] X;Y

Chair
  [2] Ada
  [ ] Bo
  [1] Cy

Venue
  [ ] Lyon
  [4] Oslo
  [ ] At 12:30
  [ ] At 12
)");
}

}  // namespace
}  // namespace plenary::cli
