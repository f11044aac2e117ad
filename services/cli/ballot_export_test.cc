#include "services/cli/ballot_export.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "common/crypto/bytes.h"
#include "common/testing/status_matchers.h"
#include "nlohmann/json.hpp"
#include "services/cli/run.h"
#include "services/cli/testing/terminal.h"
#include "services/election/rules/counting/count.h"
#include "services/election/rules/counting/method.h"
#include "services/election/rules/counting/report_json.h"
#include "services/election/rules/tally.h"
#include "services/election/testing/sample.h"

namespace plenary::cli {
namespace {

namespace counting = election::counting;
namespace sample = election::testing;
using election::v1::Manifest;
using nlohmann::ordered_json;

Manifest::Contest ContestOf(const counting::Method& method, const std::vector<std::string>& names) {
  Manifest::Contest contest;
  contest.set_name("elections/e/contests/colour");
  contest.set_method(method.method);
  contest.set_seats(method.one_seat ? 1 : 2);
  contest.set_min_marks(1);
  contest.set_max_marks(static_cast<std::uint32_t>(names.size()));
  if (method.kind == counting::BallotKind::kScores) contest.set_max_score(20);
  for (const std::string& name : names) contest.add_options()->set_display_name(name);
  return contest;
}

class BallotExportTest : public ::testing::Test {
 protected:
  // What `plenary count` makes of the file by the printed command.
  ordered_json Counted(const ExportedContest& contest, const BallotTable& table) {
    const std::string path = terminal_.folder() / "ballots.csv";
    std::ofstream(path, std::ios::binary) << table.csv;
    std::vector<std::string> words = CountCommand(contest, table, path);
    words.erase(words.begin());
    words.emplace_back("--json");
    EXPECT_EQ(cli::Run(words, terminal_.surroundings()), 0) << terminal_.err.str() << table.csv;
    return ordered_json::parse(terminal_.TakeOut());
  }

  Terminal terminal_;
};

TEST_F(BallotExportTest, IsCountedToTheSameReportByEveryMethod) {
  const std::string seed = crypto::Sha256("seed");
  for (const counting::Method& method : counting::AllMethods()) {
    ExportedContest contest{.number = 3,
                            .printed = ContestOf(method, {"Amber", "Green", "Blue, light", "None of these"}),
                            .called = {},
                            .lot_seed = seed};
    contest.printed.set_none_of_these(true);
    const bool ranks = method.kind == counting::BallotKind::kRanks;
    const std::uint16_t second = ranks ? 2 : method.kind == counting::BallotKind::kScores ? 20 : 1;
    counting::Profile ballots(4);
    // Amber and Green could not be closer: a lot decides.
    ASSERT_TRUE(ballots.Add(std::vector<counting::Mark>{{0, 1}, {1, second}}, 2));
    ASSERT_TRUE(ballots.Add(ranks ? std::vector<counting::Mark>{{1, 1}, {0, second}}
                                  : std::vector<counting::Mark>{{0, second}, {1, 1}},
                            2));
    ASSERT_TRUE(ballots.Add(std::vector<counting::Mark>{{2, 1}}));
    ASSERT_TRUE(ballots.Add({}, 3));

    counting::Contest counted{.method = method.method,
                              .seats = contest.printed.seats(),
                              .lot_seed = seed,
                              .lots = counting::DrawLots(seed, 3, 4)};
    for (const auto& option : contest.printed.options()) {
      counted.options.push_back({.display_name = option.display_name()});
    }
    counted.options.back().none_of_these = true;
    const auto report = counting::Count(counted, ballots);
    ASSERT_FALSE(report.ties().empty()) << method.word << ": nothing was tied";
    const ordered_json again = Counted(contest, TableOf(contest.printed, ballots));
    const ordered_json expected = counting::ReportJson(report);
    for (const auto& [key, value] : expected.items()) {
      EXPECT_EQ(again[key], value) << method.word << ": " << key;
    }
  }
}

// Polls, through sealed bytes and back.
TEST_F(BallotExportTest, GivesWinnersAndLotsOfTheResult) {
  crypto::SeededRandom random("export");
  const auto box_key = crypto::Ed25519KeyPair::Generate(random);
  election::ManifestParts parts = sample::SampleParts(box_key);
  parts.election = sample::Stored(sample::WantedPolls());
  ASSERT_OK_AND_ASSIGN(const std::string bytes, election::BuildManifest(parts));
  ASSERT_OK_AND_ASSIGN(const auto manifest, election::PublishedManifest::Parse(bytes));
  std::vector<std::string> sealed;
  const auto cast = [&](const counting::Ballot& marks) {
    sealed.push_back(sample::BallotWith(manifest, sample::MakeVoter(manifest, random), marks));
  };
  cast({{{0, 1}, {1, 2}}, {{0, 5}, {1, 3}}});
  cast({{{0, 2}, {1, 1}, {2, 2}}, {{0, 3}, {1, 5}}});
  cast({{}, {{2, 1}}});
  sealed.push_back(sample::BallotAround(manifest, sample::MakeVoter(manifest, random),
                                        std::string(manifest.plaintext_length(), '\0')));
  election::Tally tally(manifest, sample::SampleSecrets());
  for (const std::string& ballot : sealed) ASSERT_OK(tally.Add(ballot));
  ASSERT_OK_AND_ASSIGN(const auto counted, tally.Count(parts.election.contests(), std::string(32, 'o'), 40));
  ASSERT_EQ(counted.result.spoilt_size(), 1);

  for (int number = 0; number < manifest.manifest().contests_size(); ++number) {
    const election::v1::ContestResult& result = counted.result.contests(number);
    const ExportedContest contest{.number = static_cast<std::uint16_t>(number),
                                  .printed = manifest.manifest().contests(number),
                                  .called = parts.election.contests(number),
                                  .lot_seed = counted.result.lot_seed()};
    const BallotTable table = TableOf(contest.printed, tally.profile(static_cast<std::size_t>(number)));
    EXPECT_EQ(table.ballots, 3) << "the spoilt one is left out";
    EXPECT_EQ(table.blank, result.blank_count());
    const ordered_json again = Counted(contest, table);
    ASSERT_EQ(again["order"].size(), static_cast<std::size_t>(result.options_size()));
    for (int i = 0; i < result.options_size(); ++i) {
      const ordered_json& line = again["order"][static_cast<std::size_t>(i)];
      EXPECT_EQ(line["name"], result.options(i).display_name());
      EXPECT_EQ(line["elected"], result.options(i).elected());
      EXPECT_EQ(line["tied"], result.options(i).tied());
      if (result.options(i).tied()) {
        EXPECT_EQ(line["lot"], crypto::HexEncode(result.options(i).lot()));
      }
    }
  }
}

TEST(BallotTable, FoldsAndSortsBallotsSoThatNoOrderRemains) {
  const auto contest = ContestOf(*counting::FindMethod("schulze"), {"Ann", "Bo"});
  const std::vector<std::vector<counting::Mark>> cast = {{{1, 1}}, {}, {{0, 1}, {1, 2}}, {{1, 1}}};
  counting::Profile forth(2), back(2);
  for (std::size_t i = 0; i < cast.size(); ++i) {
    ASSERT_TRUE(forth.Add(cast[i]));
    ASSERT_TRUE(back.Add(cast[cast.size() - 1 - i]));
  }
  const BallotTable table = TableOf(contest, forth);
  EXPECT_EQ(table.csv, "weight,\"Ann\",\"Bo\"\n1,,\n2,,1\n1,1,2\n");
  EXPECT_EQ(table.rows, 3);
  EXPECT_EQ(table.ballots, 4);
  EXPECT_EQ(table.blank, 1);
  EXPECT_EQ(TableOf(contest, back).csv, table.csv);
}

TEST(BallotTable, TellsOptionsOfOneNameApartAndMakesNamesPrintable) {
  const auto contest = ContestOf(*counting::FindMethod("irv"), {"Ann", " Ann ", "\"Bo\", Cy", "D\nE", ""});
  counting::Profile ballots(5);
  ASSERT_TRUE(ballots.Add(std::vector<counting::Mark>{{4, 1}}));
  const BallotTable table = TableOf(contest, ballots);
  EXPECT_EQ(table.names[0], "Ann (option 1)");
  EXPECT_EQ(table.names[1], "Ann (option 2)");
  EXPECT_EQ(table.names[3], "D E");
  EXPECT_EQ(table.names[4], "Option 5");
  EXPECT_NE(table.csv.find(",\"\"\"Bo\"\", Cy\","), std::string::npos);
}

TEST_F(BallotExportTest, WritesNamesThatTheReaderTakesWhateverTheyAre) {
  ExportedContest contest{.printed = ContestOf(*counting::FindMethod("irv"),
                                               {"weight", "Weight", "A B",
                                                "A\xC2\xA0"
                                                "B",
                                                "A\xE2\x80\x8D"
                                                "C",
                                                "\xE2\x80\x8B", "(option 1)", std::string(2'000, 'n')}),
                          .called = {},
                          .lot_seed = std::string(32, 's')};
  counting::Profile ballots(8);
  ASSERT_TRUE(ballots.Add(std::vector<counting::Mark>{{3, 1}}));
  const BallotTable table = TableOf(contest.printed, ballots);
  EXPECT_EQ(Counted(contest, table)["elected"], ordered_json({table.names[3]}));
}

TEST(CountCommand, SaysWhatIsNotTakenForGranted) {
  ExportedContest contest{.number = 1,
                          .printed = ContestOf(*counting::FindMethod("block"), {"Ann", "Bo", "Cy"}),
                          .called = {},
                          .lot_seed = "s"};
  contest.printed.set_max_marks(2);
  const BallotTable table = TableOf(contest.printed, counting::Profile(3));
  EXPECT_EQ(ShellLine(CountCommand(contest, table, "a.csv")),
            "plenary count --method block --seats 2 --lot-seed 73 --contest-number 1 a.csv");
  contest.printed.set_min_marks(2);
  contest.printed.set_max_marks(3);
  contest.printed.set_none_of_these(true);
  auto& terms = *contest.called.add_terms();
  terms.set_winners(2);
  terms.set_years(1);
  EXPECT_EQ(
      ShellLine(CountCommand(contest, table, "-my ballots")),
      "plenary count --method block --seats 2 --min-marks 2 --max-marks 3 --none-of-these Cy --terms 2x1 "
      "--lot-seed 73 --contest-number 1 --format csv './-my ballots'");
  contest.printed = ContestOf(*counting::FindMethod("score"), {"Ann", "Bo"});
  EXPECT_EQ(
      ShellLine(CountCommand(contest, table, "a.csv")),
      "plenary count --method score --seats 2 --max-score 20 --terms 2x1 --lot-seed 73 --contest-number 1 "
      "a.csv");
}

TEST(ShellLine, QuotesWhatAShellWouldTakeApart) {
  EXPECT_EQ(ShellLine({"a", "", "None of these", "Ann's $1"}), "a '' 'None of these' 'Ann'\\''s $1'");
}

}  // namespace
}  // namespace plenary::cli
