// `plenary count` as a whole: flags and files in, text, JSON and exit codes out. No service is there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "common/crypto/bytes.h"
#include "fmt/format.h"
#include "nlohmann/json.hpp"
#include "services/cli/count_file.h"
#include "services/cli/run.h"
#include "services/cli/testing/terminal.h"
#include "services/election/rules/counting/contest.h"
#include "services/election/rules/counting/method.h"

namespace plenary::cli {
namespace {

using nlohmann::ordered_json;
using ::testing::AllOf;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kSeed[] = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
// Three for Ann, two for Bo, two for Cy.
constexpr char kRanked[] = "3 1\n3 1 2 0\n2 2 3 0\n2 3 2 0\n0\n\"Ann\"\n\"Bo\"\n\"Cy\"\n\"A small one\"\n";
// By one mark each, Ann has two votes, Bo and Cy one.
constexpr char kMarked[] = "Ann,Bo,Cy\n1,1,\n1,,1\n1,,\n1,,\n,1,\n,,1\n";
// Ann and Bo could not be closer.
constexpr char kTied[] = "2 1\n1 1 0\n1 2 0\n0\n\"Ann\"\n\"Bo\"\n\"Tied\"\n";

class CountTest : public ::testing::Test {
 protected:
  int Run(std::vector<std::string> arguments) {
    terminal_.TakeOut();
    terminal_.TakeErr();
    arguments.insert(arguments.begin(), "count");
    return cli::Run(arguments, terminal_.surroundings());
  }

  ordered_json Document(std::vector<std::string> arguments, int exit_code = 0) {
    arguments.push_back("--json");
    EXPECT_EQ(Run(arguments), exit_code) << terminal_.err.str();
    return ordered_json::parse(terminal_.TakeOut());
  }

  std::vector<std::string> Elected(const std::vector<std::string>& arguments) {
    return Document(arguments)["elected"].get<std::vector<std::string>>();
  }

  std::string File(const std::string& name, const std::string& text) {
    const std::string path = terminal_.folder() / name;
    std::ofstream(path) << text;
    return path;
  }

  static std::string Known(const std::string& name) {
    const char* root = std::getenv("PLENARY_SOURCE_DIR");
    return fmt::format("{}/tests/data/{}", root == nullptr ? "." : root, name);
  }

  Terminal terminal_;
};

using Names = std::vector<std::string>;

TEST_F(CountTest, CountsByEveryMethodWithoutAnyServer) {
  const std::string ranked = File("ranked.blt", kRanked);
  const std::string marked = File("marked.csv", kMarked);
  EXPECT_EQ(Elected({"--method", "scottish-stv", "--seats", "2", "--lot-seed", kSeed, ranked}).size(), 2U);
  EXPECT_EQ(Elected({"--method", "meek-stv", "--seats", "2", "--lot-seed", kSeed, ranked}).size(), 2U);
  EXPECT_EQ(Elected({"--method", "irv", "--lot-seed", kSeed, ranked}).size(), 1U);
  EXPECT_EQ(Elected({"--method", "schulze", ranked}), Names({"Bo"})) << "four of seven rank Bo ahead of Ann";
  EXPECT_EQ(Elected({"--method", "ranked-pairs", ranked}), Names({"Bo"}));
  EXPECT_EQ(Elected({"--method", "block", marked}), Names({"Ann"}));
  EXPECT_EQ(Elected({"--method", "approval", marked}), Names({"Ann"}));
  EXPECT_EQ(Elected({"--method", "score", File("scores.csv", "Ann,Bo\n9,10\n9,10\n3,\n")}), Names({"Ann"}));
}

TEST_F(CountTest, ExplainsWhyEachOfGlasgowLinnWasElected) {
  ASSERT_EQ(Run({"--method", "scottish-stv", "--explain", Known("stv/glasgow-linn-2007.blt")}), 0);
  const std::string text = terminal_.TakeOut();
  EXPECT_THAT(text, StartsWith("LINN\nSeats: 4, as the file says; --seats sets another number.\n"));
  EXPECT_THAT(text, HasSubstr("9,567 valid ballots / (4 seats + 1), whole part, plus 1 = 1,914.00000"));
  for (const char* name : {"David Ritchie", "Sadie Docherty", "John McKenzie", "Margot Clark"}) {
    EXPECT_THAT(text, HasSubstr(fmt::format("  {} is elected: ", name)));
  }
}

TEST_F(CountTest, SummarisesUnlessAskedToExplain) {
  ASSERT_EQ(Run({"--method", "scottish-stv", "--seats", "4", Known("stv/glasgow-linn-2007.blt")}), 0);
  EXPECT_THAT(terminal_.TakeOut(),
              AllOf(StartsWith("LINN\nRead as ranks: 1 is the first choice.\nSingle transferable vote"),
                    HasSubstr("  4. Margot Clark: "), Not(HasSubstr("Stage 2")),
                    EndsWith("--json is for programs.\n")));
}

TEST_F(CountTest, TellsHowManyBallotsAreSpoiltAndWhy) {
  const std::string marked = File("marked.csv", kMarked);
  ASSERT_EQ(Run({"--method", "block", "--seats", "1", marked}), 0);
  EXPECT_THAT(terminal_.TakeOut(),
              HasSubstr("Spoilt: 2 ballots name more than 1 option (--max-marks), the first in line 2.\n"));
  const auto document = Document({"--method", "approval", "--min-marks", "2", marked});
  EXPECT_EQ(document["ballots"]["spoilt"], 4);
  EXPECT_EQ(document["file"]["spoilt_too_few"], 4);
  EXPECT_EQ(document["file"]["spoilt_too_many"], 0);
}

TEST_F(CountTest, SpoilsOverlongBallotsOfAFileThatSetsTheSeatsItself) {
  ASSERT_EQ(
      Run({"--method", "block", File("marks.blt", "3 1\n2 1 0\n1 1 2 0\n0\n\"A\"\n\"B\"\n\"C\"\n\"T\"\n")}),
      0);
  EXPECT_THAT(terminal_.TakeOut(), HasSubstr("Spoilt: 1 ballot names more than 1 option (--max-marks).\n"));
}

TEST_F(CountTest, SaysHowTheBallotsWereRead) {
  const std::string scores = File("scores.csv", "Ann,Bo\n9,10\n9,10\n3,\n");
  ASSERT_EQ(Run({"--method", "score", "--seats", "1", scores}), 0);
  EXPECT_THAT(terminal_.TakeOut(), StartsWith("Read as scores: 10 is the best.\n"));
}

TEST_F(CountTest, RefusesFlagsThatAScriptLeftEmpty) {
  EXPECT_EQ(Run({"--method", "irv", "--lot-seed", "", File("tied.blt", kTied)}), 2);
  EXPECT_THAT(terminal_.TakeErr(), HasSubstr("needs a value"));
  EXPECT_EQ(Run({"--method", "irv", "--terms", "", File("tied.blt", kTied)}), 2);
}

TEST_F(CountTest, MarksRunnersUpThatNothingButALotTellsApart) {
  ASSERT_EQ(Run({"--method", "approval", File("a.csv", "A,B,C\n1,,\n1,,\n,1,\n,,1\n")}), 0);
  EXPECT_THAT(terminal_.TakeOut(), HasSubstr("Next in line: B (tied); C (tied).\n"));
}

TEST_F(CountTest, TellsBallotsForWithdrawnOptionsApartFromBlankOnes) {
  ASSERT_EQ(Run({"--method", "irv", "--withdraw", "A", File("w.csv", "A,B\n1,\n1,\n,1\n,\n")}), 0);
  const std::string text = terminal_.TakeOut();
  EXPECT_THAT(text, HasSubstr("1 valid ballot, 1 blank, 0 spoilt."));
  EXPECT_THAT(text, HasSubstr("Not counted: 2 ballots for withdrawn options alone."));
}

TEST_F(CountTest, WritesTheSameJsonEveryTime) {
  const Names arguments = {"--method", "meek-stv", "--json", Known("stv/glasgow-linn-2007.blt")};
  ASSERT_EQ(Run(arguments), 0);
  const std::string first = terminal_.TakeOut();
  ASSERT_EQ(Run(arguments), 0);
  EXPECT_EQ(terminal_.TakeOut(), first);
  const auto document = ordered_json::parse(first);
  EXPECT_EQ(document["method"], "meek-stv");
  EXPECT_EQ(document["quota"], "1913.400000001");
  EXPECT_EQ(document["elected"].size(), 4U);
}

TEST_F(CountTest, ReadsStandardInput) {
  terminal_.in.str(kRanked);
  EXPECT_EQ(Elected({"--method", "schulze", "-"}), Names({"Bo"})) << "the format shows in the first bytes";
  terminal_.in.clear();
  terminal_.in.str(kMarked);
  EXPECT_EQ(Elected({"--method", "block", "--format", "csv", "-"}), Names({"Ann"}));
  terminal_.in.clear();
  terminal_.in.str("who knows");
  EXPECT_EQ(Run({"--method", "block", "-"}), 2);
  EXPECT_THAT(terminal_.TakeErr(), HasSubstr("Name it with --format."));
}

TEST_F(CountTest, LeavesATieOpenWithoutALot) {
  const std::string file = File("tied.blt", kTied);
  EXPECT_EQ(Run({"--method", "irv", file}), 6);
  EXPECT_THAT(terminal_.TakeOut(), HasSubstr("UNDECIDED: Ann and Bo are tied, and 1 seat hangs on it.\n"));
  EXPECT_THAT(terminal_.TakeErr(), EndsWith("[COUNT_UNDECIDED]\n"));
  const auto document = Document({"--method", "schulze", file}, 6);
  EXPECT_EQ(document["undecided"], true);
  EXPECT_EQ(document["tied"], Names({"Ann", "Bo"}));
  EXPECT_EQ(document["elected"], Names({}));
  EXPECT_EQ(ordered_json::parse(terminal_.TakeErr())["error"]["exit_code"], 6);
}

TEST_F(CountTest, SettlesATieByTheLotOfTheSeedAndTheContest) {
  const std::string file = File("tied.blt", kTied);
  for (const int contest : {0, 1, 7}) {
    const auto lots =
        election::counting::DrawLots(*crypto::HexDecode(kSeed), static_cast<std::uint16_t>(contest), 2);
    const auto document = Document(
        {"--method", "approval", "--lot-seed", kSeed, "--contest-number", std::to_string(contest), file});
    EXPECT_EQ(document["elected"], Names({lots[0] < lots[1] ? "Ann" : "Bo"}));
    EXPECT_EQ(document["lot_seed"], kSeed);
    EXPECT_EQ(document["ties"][0]["settled"], "lot");
  }
}

TEST_F(CountTest, TakesTheSeatsOfTheFileOrOneAndSaysSo) {
  ASSERT_EQ(Run({"--method", "scottish-stv", Known("stv/tie-42.blt")}), 0);
  EXPECT_THAT(terminal_.TakeOut(), HasSubstr("Seats: 2, as the file says"));
  ASSERT_EQ(Run({"--method", "block", File("marked.csv", kMarked)}), 0);
  EXPECT_THAT(terminal_.TakeOut(), HasSubstr("Seats: 1, because nothing says otherwise"));
  EXPECT_EQ(Run({"--method", "block", "--seats", "0", File("marked.csv", kMarked)}), 2);
  EXPECT_EQ(Run({"--method", "irv", Known("stv/tie-42.blt")}), 2);
  EXPECT_THAT(terminal_.TakeErr(),
              HasSubstr("Instant run-off fills one seat, and this is a count for 2. Add --seats 1"));
  EXPECT_EQ(Run({"--method", "irv", "--seats", "2", Known("stv/tie-42.blt")}), 2);
}

TEST_F(CountTest, FillsWhatItCanWithMoreSeatsThanOptions) {
  const auto document = Document({"--method", "block", "--seats", "5", File("marked.csv", kMarked)});
  EXPECT_EQ(document["elected"].size(), 3U);
  EXPECT_EQ(document["vacancies"], 2);
}

TEST_F(CountTest, SpoilsBallotsWithTooManyOrTooFewMarks) {
  const std::string file = File("marked.csv", kMarked);
  EXPECT_EQ(Document({"--method", "block", file})["ballots"]["spoilt"], 2) << "one seat, one mark";
  EXPECT_EQ(Document({"--method", "block", "--seats", "2", "--lot-seed", kSeed, file})["ballots"]["spoilt"],
            0);
  EXPECT_EQ(Document({"--method", "block", "--max-marks", "2", file})["ballots"]["spoilt"], 0);
  EXPECT_EQ(Document({"--method", "approval", file})["ballots"]["spoilt"], 0);
  EXPECT_EQ(Document({"--method", "approval", "--min-marks", "2", file})["ballots"]["spoilt"], 4);
  EXPECT_EQ(Run({"--method", "approval", "--min-marks", "3", "--max-marks", "2", file}), 2);
  EXPECT_EQ(Document({"--method", "block",
                      File("two.blt",
                           "3 2\n1 1 2 3 0\n2 1 2 0\n0\n\"A\"\n\"B\"\n\"C\"\n\"T\"\n")})["ballots"]["spoilt"],
            1)
      << "the limit is the file's number of seats";
}

TEST_F(CountTest, PassesOverTheWithdrawnAndStopsAtNoneOfThese) {
  const std::string file = File("marked.csv", kMarked);
  EXPECT_EQ(Elected({"--method", "approval", "--withdraw", "Ann", "--withdraw", "Cy", file}), Names({"Bo"}));
  const auto document = Document({"--method", "approval", "--seats", "3", "--none-of-these", "Ann", file});
  EXPECT_EQ(document["elected"], Names({}));
  EXPECT_EQ(document["vacancies"], 3);
  EXPECT_EQ(Run({"--method", "approval", "--withdraw", "Dee", file}), 2);
  EXPECT_THAT(terminal_.TakeErr(), StartsWith("No option is called \"Dee\". There are: Ann; Bo; Cy.\n"));
  EXPECT_EQ(Run({"--method", "approval", "--withdraw", "Ann", "--withdraw", "Bo", "--withdraw", "Cy", file}),
            2);
}

TEST_F(CountTest, FillsAPlaceByCountback) {
  const Names arguments = {"--method", "scottish-stv", "--departed", "David Ritchie",
                           Known("stv/glasgow-linn-2007.blt")};
  const auto document = Document(arguments);
  EXPECT_EQ(document["countback"],
            (ordered_json{{"departed", {"David Ritchie"}}, {"elected", {"Alan Stewart"}}}));
  EXPECT_EQ(document["withdrawn"], Names({"David Ritchie"}));
  ASSERT_EQ(Run(arguments), 0);
  EXPECT_THAT(terminal_.TakeOut(),
              AllOf(HasSubstr("Departed: David Ritchie\n"), HasSubstr("Elected anew: Alan Stewart\n")));
  EXPECT_EQ(Run({"--method", "scottish-stv", "--departed", "Nobody", Known("stv/glasgow-linn-2007.blt")}), 2);
}

TEST_F(CountTest, RefusesToFillThePlaceOfSomebodyWhoWasNotElected) {
  const std::string linn = Known("stv/glasgow-linn-2007.blt");
  EXPECT_EQ(Run({"--method", "scottish-stv", "--departed", "Alan Stewart", linn}), 2);
  EXPECT_THAT(terminal_.TakeErr(),
              StartsWith("\"Alan Stewart\" was not elected and leaves no place; those elected are: David "
                         "Ritchie; Sadie Docherty; John McKenzie; Margot Clark.\n"));
  EXPECT_EQ(terminal_.TakeOut(), "");
  EXPECT_EQ(Run({"--method", "approval", "--none-of-these", "Ann", "--departed", "Bo",
                 File("none.csv", "Ann,Bo\n1,\n")}),
            2);
  EXPECT_THAT(terminal_.TakeErr(), HasSubstr("nobody was: there is no place to fill."));
}

TEST_F(CountTest, FillsNoPlaceBeforeTheCountItselfIsDecided) {
  const Names arguments = {"--method", "irv", "--departed", "Ann", File("tied.blt", kTied)};
  EXPECT_EQ(Run(arguments), 6);
  EXPECT_THAT(terminal_.TakeOut(),
              AllOf(HasSubstr("UNDECIDED: Ann and Bo are tied"), HasSubstr("Nobody's place is filled yet:"),
                    Not(HasSubstr("Departed")), Not(HasSubstr("Elected anew"))));
  EXPECT_THAT(terminal_.TakeErr(), EndsWith("[COUNT_UNDECIDED]\n"));
  EXPECT_FALSE(Document(arguments, 6).contains("countback"));
}

TEST_F(CountTest, KeepsASeatVacantThatNobodyWon) {
  // "None" comes second, so that the second seat stays vacant; when Ann leaves, Bo is still behind "None".
  const std::string file = File("none.csv", "Ann,None,Bo\n1,,\n1,,\n1,,\n,1,\n,1,\n,,1\n");
  const auto ended = Document(
      {"--method", "approval", "--seats", "2", "--none-of-these", "None", "--departed", "Ann", file});
  EXPECT_EQ(ended["countback"]["elected"], Names({}));
  // In a transferable vote it takes a seat itself; only the seat of the one who left is filled.
  const std::string ranked = File("none.blt",
                                  "4 2\n5 1 3 0\n5 2 4 0\n2 3 0\n1 4 0\n0\n\"Ann\"\n\"None\"\n\"Bo\"\n"
                                  "\"Cy\"\n\"A vacancy\"\n");
  const Names arguments = {"--method", "scottish-stv", "--none-of-these", "None", ranked};
  EXPECT_EQ(Elected(arguments), Names({"Ann"}));
  Names countback = arguments;
  countback.insert(countback.end(), {"--departed", "Ann", "--terms", "1x2,1x1"});
  const auto document = Document(countback);
  EXPECT_EQ(document["countback"]["elected"], Names({"Bo"}));
  EXPECT_EQ(document["vacancies"], 1);
  EXPECT_EQ(document["terms"], (ordered_json::array({{{"name", "Bo"}, {"years", 2}}})));
}

TEST_F(CountTest, LeavesEverybodyTheTermWhenSomebodyElseDeparts) {
  const std::string file =
      File("terms.blt", "3 2\n12 1 0\n11 2 3 0\n3 3 0\n0\n\"Hal\"\n\"Xi\"\n\"Ann\"\n\"Terms\"\n");
  const Names arguments = {"--method", "scottish-stv", "--terms", "1x2,1x1", file};
  const auto term = [](const char* name, int years) {
    return ordered_json{{"name", name}, {"years", years}};
  };
  EXPECT_EQ(Document(arguments)["terms"], ordered_json::array({term("Hal", 2), term("Xi", 1)}));
  const auto after = [&](const Names& departed) {
    Names countback = arguments;
    for (const std::string& name : departed) countback.insert(countback.end(), {"--departed", name});
    return Document(countback)["terms"];
  };
  EXPECT_EQ(after({"Xi"}), ordered_json::array({term("Ann", 1), term("Hal", 2)}))
      << "Ann comes first, and Hal stays";
  EXPECT_EQ(after({"Hal"}), ordered_json::array({term("Xi", 1), term("Ann", 2)}));
  EXPECT_EQ(after({"Hal", "Xi"}), ordered_json::array({term("Ann", 2)})) << "the longest first";
  EXPECT_EQ(after({"Xi", "Xi"}), after({"Xi"})) << "who is named twice leaves once";
}

TEST_F(CountTest, LeavesTermsOpenWhenSuccessorsOfDifferentTermsAreTied) {
  // Without Ann and Bo, Cy and Dee have six votes each.
  const std::string file =
      File("heirs.blt", "4 2\n6 1 3 0\n5 2 4 0\n1 4 0\n0\n\"Ann\"\n\"Bo\"\n\"Cy\"\n\"Dee\"\n\"Heirs\"\n");
  for (const char* method : {"scottish-stv", "meek-stv"}) {
    const auto run = [&](const char* terms, const Names& more, int exit_code) {
      Names arguments = {"--method", method, "--terms", terms, file};
      arguments.insert(arguments.end(), more.begin(), more.end());
      return Document(arguments, exit_code);
    };
    const Names both = {"--departed", "Ann", "--departed", "Bo"};
    const auto open = run("1x2,1x1", both, 6);
    EXPECT_EQ(open["tied"], Names({"Cy", "Dee"})) << method;
    EXPECT_EQ(open["countback"]["elected"].size(), 2U) << method;
    EXPECT_TRUE(open["terms"].is_null()) << method;
    EXPECT_EQ(run("2x2", both, 0)["terms"].size(), 2U) << method;
    EXPECT_EQ(run("1x2,1x1", {"--departed", "Bo"}, 0)["terms"].size(), 2U) << method;
    Names drawn = both;
    drawn.insert(drawn.end(), {"--lot-seed", kSeed});
    const auto terms = run("1x2,1x1", drawn, 0)["terms"];
    EXPECT_EQ(terms[0]["years"], 2) << method;
    EXPECT_EQ(terms[1]["years"], 1) << method;
  }
}

TEST_F(CountTest, GivesTermsByRank) {
  const auto document =
      Document({"--method", "scottish-stv", "--terms", "1x4,3x2", Known("stv/glasgow-linn-2007.blt")});
  EXPECT_EQ(document["terms"][0], (ordered_json{{"name", "David Ritchie"}, {"years", 4}}));
  EXPECT_EQ(document["terms"][3], (ordered_json{{"name", "Margot Clark"}, {"years", 2}}));
  ASSERT_EQ(Run({"--method", "scottish-stv", "--terms", "1x4,3x2", Known("stv/glasgow-linn-2007.blt")}), 0);
  EXPECT_THAT(terminal_.TakeOut(), HasSubstr("YEARS  NAME\n    4  David Ritchie\n    2  Sadie Docherty\n"));
  EXPECT_EQ(Run({"--method", "scottish-stv", "--terms", "1x4", Known("stv/glasgow-linn-2007.blt")}), 2);
  EXPECT_THAT(terminal_.TakeErr(), HasSubstr("--terms is about 1 winners, and there are 4 seats."));
}

TEST_F(CountTest, LeavesTermsOpenWhenATieCrossesThem) {
  const std::string file = File("even.csv", "Ann,Bo,Cy\n1,1,\n1,1,\n1,,\n,1,\n,,1\n");
  const auto document = Document({"--method", "block", "--seats", "2", "--terms", "1x2,1x1", file}, 6);
  EXPECT_EQ(document["tied"], Names({"Ann", "Bo"}));
  EXPECT_TRUE(document["terms"].is_null());
  EXPECT_EQ(Document({"--method", "block", "--seats", "2", "--terms", "2x2", file})["terms"].size(), 2U);
}

TEST(ParseTerms, TakesWinnersAndYearsAndNothingElse) {
  const auto rules = ParseTerms("5x2,4x1");
  ASSERT_TRUE(rules.ok());
  ASSERT_EQ(rules->size(), 2U);
  EXPECT_EQ(rules->at(0).winners(), 5);
  EXPECT_EQ(rules->at(1).years(), 1);
  for (const char* wrong :
       {"", "5", "5x", "x2", "5x2,", "5x2 4x1", "0x2", "5x0", "-1x2", "99999999999x2", "5x2,4x1,"}) {
    EXPECT_FALSE(ParseTerms(wrong).ok()) << wrong;
  }
}

TEST_F(CountTest, NamesTheLineOfABadFile) {
  const std::string file = File("bad.blt", "2 1\n1 1 0\n1 3 0\n0\n\"Ann\"\n\"Bo\"\n\"Bad\"\n");
  EXPECT_EQ(Run({"--method", "irv", file}), 2);
  EXPECT_THAT(terminal_.TakeErr(), StartsWith(file + ", line 3: "));
  EXPECT_EQ(Run({"--method", "irv", "--json", file}), 2);
  const auto error = ordered_json::parse(terminal_.TakeErr())["error"];
  EXPECT_EQ(error["code"], "INVALID_ARGUMENT");
  EXPECT_NE(error["reason"], "");
  EXPECT_EQ(terminal_.TakeOut(), "");
  terminal_.in.str("2 1\n1 1 1 0\n0\n");
  EXPECT_EQ(Run({"--method", "irv", "--format", "blt", "-"}), 2);
  EXPECT_THAT(terminal_.TakeErr(), StartsWith("standard input, line 2: "));
}

TEST_F(CountTest, SaysHowToCountAnElectionToWhomeverMeantOne) {
  EXPECT_EQ(Run({"--method", "block", "current"}), 2);
  EXPECT_THAT(terminal_.TakeErr(), HasSubstr("use `plenary election count current`."));
  EXPECT_EQ(Run({"current"}), 2);
  EXPECT_THAT(terminal_.TakeErr(), HasSubstr("use `plenary election count current`."));
  EXPECT_EQ(Run({"--method", "block", "/nowhere.blt"}), 2);
  EXPECT_THAT(terminal_.TakeErr(),
              AllOf(HasSubstr("there is no such file"), Not(HasSubstr("plenary election"))));
  EXPECT_EQ(Run({"--method", "block", terminal_.folder()}), 2);
  EXPECT_THAT(terminal_.TakeErr(), HasSubstr("it is a folder"));
}

TEST_F(CountTest, TakesTheSeedOfAnElectionWithAsManyTrusteesAsThereCanBe) {
  const std::string file = File("tied.blt", kTied);
  std::string seed;
  for (int i = 0; i < 10; ++i) {
    seed += kSeed;
    EXPECT_EQ(Run({"--method", "irv", "--lot-seed", seed, file}), 0) << i;
  }
}

TEST_F(CountTest, RefusesASeedThatIsNone) {
  const std::string file = File("tied.blt", kTied);
  std::string too_long;
  for (int i = 0; i < 11; ++i) too_long += kSeed;
  for (const std::string& wrong :
       {std::string("00"), std::string("xyz"), std::string("9f86"), too_long, std::string(kSeed) + "00"}) {
    EXPECT_EQ(Run({"--method", "irv", "--lot-seed", wrong, file}), 2);
    EXPECT_THAT(terminal_.TakeErr(), HasSubstr("64 hexadecimal digits"));
  }
  EXPECT_EQ(Run({"--method", "dance", file}), 2);
  EXPECT_EQ(Run({file}), 2) << "the method has no default";
  EXPECT_THAT(terminal_.TakeErr(), StartsWith("--method is missing."));
}

TEST_F(CountTest, ExplainsEveryMethodAndNamesItsSource) {
  EXPECT_EQ(Run({"--help"}), 0);
  const std::string help = terminal_.TakeOut();
  for (const auto& method : election::counting::AllMethods()) {
    EXPECT_THAT(help, HasSubstr(fmt::format("  {}: {}\n", method.word, method.title)));
    for (const auto& line : method.explanation) EXPECT_THAT(help, HasSubstr(std::string(line)));
    EXPECT_THAT(help, HasSubstr(std::string(method.source)));
  }
  EXPECT_THAT(help, AllOf(HasSubstr("sha256sum"), HasSubstr("Example:\n  plenary count ")));
}

TEST_F(CountTest, ShowsProgressWhenAsked) {
  EXPECT_EQ(Run({"--method", "scottish-stv", Known("stv/glasgow-linn-2007.blt"), "--progress"}), 0);
  EXPECT_THAT(terminal_.TakeErr(), HasSubstr("Reading KiB"));
}

TEST_F(CountTest, NeverLetsANameMoveTheCursor) {
  EXPECT_NE(Run({"--method", "block", File("names.csv", "Ann\x1b[2J,Bo\n1,\n")}), 6);
  EXPECT_THAT(terminal_.TakeOut() + terminal_.TakeErr(), Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace plenary::cli
