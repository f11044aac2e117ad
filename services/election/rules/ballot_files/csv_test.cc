#include <gtest/gtest.h>

#include "services/election/rules/ballot_files/testing_readings.h"

namespace plenary::election::ballot_files {
namespace {

void CheckRows(const Expectation& expectation, const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    EXPECT_EQ(Ballots(ReadText(row.text, Format::kCsv, expectation), expectation), row.expected)
        << row.sentence;
  }
}

std::vector<FileOption> Options(const std::string& text) {
  const Reading reading = ReadText(text, Format::kCsv, kRanks);
  EXPECT_EQ(reading.index(), 0U) << Ballots(reading);
  return std::get<BallotFile>(reading).options;
}

TEST(Csv, ReadsMarks) {
  CheckRows(kMarks, {
                        {"x, X and 1 are marks", "A,B,C\nx,X,1\n", "1x1:1,2:1,3:1"},
                        {"nothing and 0 are none", "A,B,C\n,0,x\n", "1x3:1"},
                        {"spaces do not matter", "A,B\n x , \n", "1x1:1"},
                        {"the same row is folded", "A,B\nx,\nx,\n", "2x1:1"},
                        {"a row without marks is blank", "A,B\nx,\n,\n", "1x1:1 | 1 blank, 0 spoilt"},
                        {"another number is no mark", "A,B\nx,\n2,\n", "MARK_INVALID on line 3"},
                        {"a word is no mark", "A,B\nyes,\n", "MARK_INVALID on line 2"},
                    });
}

TEST(Csv, ReadsScores) {
  CheckRows(kScores,
            {
                {"scores up to the highest", "A,B,C\n10,1,\n", "1x1:10,2:1"},
                {"0 is as good as nothing", "A,B\n0,3\n,3\n", "2x2:3"},
                {"only zeros are blank", "A,B\n0,0\n1,0\n", "1x1:1 | 1 blank, 0 spoilt"},
                {"above the highest", "A,B\n1,1\n11,1\n", "SCORE_TOO_HIGH on line 3"},
                {"huge", "A,B\n99999999999999999,1\n", "SCORE_TOO_HIGH on line 2"},
                {"too long for a number", "A,B\n9999999999999999999999,1\n", "SCORE_INVALID on line 2"},
                {"negative", "A,B\n-1,1\n", "SCORE_INVALID on line 2"},
                {"a fraction", "A,B\n1.5,1\n", "SCORE_INVALID on line 2"},
            });
}

TEST(Csv, NeverTakesAScoreAboveAThousand) {
  Expectation expectation = kScores;
  expectation.max_score = 100'000;
  CheckRows(expectation,
            {{"1000", "A\n1000\n", "1x1:1000"}, {"1001", "A\n1001\n", "SCORE_TOO_HIGH on line 2"}});
}

TEST(Csv, ReadsRanks) {
  CheckRows(kRanks, {
                        {"in the order of ranks", "A,B,C\n2,3,1\n", "1x3>1>2"},
                        {"not every option has one", "A,B,C\n,1,\n", "1x2"},
                        {"a gap is refused", "A,B,C\n1,2,3\n1,,3\n", "RANK_SKIPPED on line 3"},
                        {"a missing first is refused", "A,B,C\n2,3,\n", "RANK_SKIPPED on line 2"},
                        {"more than options is a gap", "A,B,C\n4,1,2\n", "RANK_SKIPPED on line 2"},
                        {"a shared one is refused", "A,B,C\n1,2,3\n1,2,2\n", "EQUAL_RANKS on line 3"},
                        {"0 is no rank", "A,B\n0,1\n", "RANK_INVALID on line 2"},
                        {"x is no rank", "A,B\nx,1\n", "RANK_INVALID on line 2"},
                    });
  CheckRows(kSharedRanks, {
                              {"shared ranks", "A,B,C\n2,1,1\n", "1x2=3>1"},
                              {"the next rank follows", "A,B,C,D\n1,2,1,2\n", "1x1=3>2=4"},
                              {"and none is left out", "A,B,C\n1,1,3\n", "RANK_SKIPPED on line 2"},
                          });
}

TEST(Csv, ReadsWeightsFromAFirstColumnOfThatName) {
  CheckRows(kMarks, {
                        {"weights", "weight,A,B\n3,x,\n2,,x\n4,,\n", "3x1:1 2x2:1 | 4 blank, 0 spoilt"},
                        {"quotes do not matter", "\"weight\",A\n3,x\n", "3x1:1"},
                        {"capitals do not matter", "Weight,A\n3,x\n", "3x1:1"},
                        {"nor do more of them", "WEIGHT,A\n3,x\n", "3x1:1"},
                        {"nor do blanks", " weight\t,A\n3,x\n", "3x1:1"},
                        {"nor does a no-break space", "weight\xC2\xA0,A\n3,x\n", "3x1:1"},
                        {"a longer name is an option", "A,weights,x weight\n1,x,\n", "1x1:1,2:1"},
                        {"none", "weight,A\n,x\n", "WEIGHT_INVALID on line 2"},
                        {"zero", "weight,A\n0,x\n", "WEIGHT_INVALID on line 2"},
                        {"negative", "weight,A\n1,x\n-2,x\n", "WEIGHT_INVALID on line 3"},
                        {"too large", "weight,A\n1000000001,x\n", "WEIGHT_INVALID on line 2"},
                        {"too large together", "weight,A\n1000000000,x\n1,x\n", "TOO_MANY_BALLOTS on line 3"},
                        {"no option besides", "weight\n1\n", "NO_OPTIONS on line 1"},
                    });
}

TEST(Csv, RefusesAWeightColumnThatIsNotTheFirstForItWouldStandAsAnOption) {
  CheckRows(kMarks, {
                        {"last", "A,weight\nx,1\n", "WEIGHT_NOT_FIRST on line 1"},
                        {"in capitals", "A,Weight,B\nx,1,\n", "WEIGHT_NOT_FIRST on line 1"},
                        {"with blanks", "A, WEIGHT \nx,1\n", "WEIGHT_NOT_FIRST on line 1"},
                        {"in quotes", "A,\"weight\"\nx,1\n", "WEIGHT_NOT_FIRST on line 1"},
                        {"a second one", "weight,Weight,A\n1,1,x\n", "WEIGHT_NOT_FIRST on line 1"},
                        {"behind empty lines", "\n\nA,weight\nx,1\n", "WEIGHT_NOT_FIRST on line 3"},
                    });
}

TEST(Csv, SpoilsABallotWithTooFewOrTooManyMarksButNotABlankOne) {
  Expectation expectation = kMarks;
  expectation.min_marks = 2;
  expectation.max_marks = 2;
  CheckRows(expectation, {{"limits", "A,B,C\nx,x,\nx,,\nx,x,x\n,,\n", "1x1:1,2:1 | 1 blank, 2 spoilt"}});
}

TEST(Csv, ReadsQuotedCells) {
  EXPECT_EQ(Options("\"B \"\"b\"\", c\",\" \xC3\x85s \" ,C\r\n1,\"2\",3\r\n"),
            (std::vector<FileOption>{{"B \"b\", c"}, {"\xC3\x85s"}, {"C"}}));
  EXPECT_EQ(Options("\xEF\xBB\xBF\"A\",B\n1,2"), (std::vector<FileOption>{{"A"}, {"B"}}));
  CheckRows(kRanks, {
                        {"a quote within a cell", "A \"a\",B\n1,2\n", "QUOTE_MISPLACED on line 1"},
                        {"something behind a quote", "\"A\"a,B\n1,2\n", "QUOTE_MISPLACED on line 1"},
                        {"not closed", "A,B\n1,\"2\n", "QUOTE_NOT_CLOSED on line 2"},
                        {"a line break in a name", "\"A\na\",B\n1,2\n", "NAME_INVALID on line 1"},
                    });
}

TEST(Csv, RefusesAHeaderThatCannotBe) {
  CheckRows(kRanks,
            {
                {"nothing", "", "FILE_EMPTY on line 0"},
                {"only empty lines", "\n\r\n", "FILE_EMPTY on line 0"},
                {"UTF-16", "\xFF\xFE", "NOT_UTF8 on line 1"},
                {"an empty name", "A,,C\n1,2,3\n", "NAME_EMPTY on line 1"},
                {"a name twice", "A,B,A\n1,2,3\n", "NAME_REPEATED on line 1"},
                {"Latin-1", "A,\xC5\n1,2\n", "NOT_UTF8 on line 1"},
                {"a NUL byte", std::string("A,\0\n1,2\n", 8), "NAME_INVALID on line 1"},
                {"semicolons", "A;B\n1;2\n", "SEPARATOR_NOT_COMMA on line 1"},
                {"semicolons and quotes", "\"A\";\"B\"\n1;2\n", "SEPARATOR_NOT_COMMA on line 1"},
                {"tabs", "A\tB\n1\t2\n", "SEPARATOR_NOT_COMMA on line 1"},
                {"tabs and weights", "weight\tA\n1\t2\n", "SEPARATOR_NOT_COMMA on line 1"},
                {"tabs, and commas in names", "Ames, A\tBell, B\n1\t2\n", "SEPARATOR_NOT_COMMA on line 1"},
                {"tabs and quotes", "\"A\"\t\"B\"\n1\t2\n", "SEPARATOR_NOT_COMMA on line 1"},
                {"a tab in quotes", "\"A\ta\",B\n1,2\n", "NAME_INVALID on line 1"},
                {"old line ends", "A,B\r1,2\r", "NAME_INVALID on line 1"},
            });
  EXPECT_EQ(Options("\"A;B\"\n1\n"), (std::vector<FileOption>{{"A;B"}}));
}

TEST(Csv, RefusesRowsThatDoNotFitTheHeader) {
  CheckRows(kRanks, {
                        {"too short", "A,B\n1,2\n1\n", "CELL_COUNT_WRONG on line 3"},
                        {"too long", "A,B\n1,2,\n", "CELL_COUNT_WRONG on line 2"},
                        {"empty lines are no ballots", "A\n\n1\n\r\n\n1\n", "2x1"},
                        {"a blank ballot of one column is quoted", "A\n1\n\"\"\n", "1x1 | 1 blank, 0 spoilt"},
                    });
}

TEST(Csv, HoldsToItsLimits) {
  const std::string longest(kLongestName, 'n');
  EXPECT_EQ(Options(longest + "\n1\n")[0].name, longest);
  EXPECT_EQ(Options(longest + "\r\n1\n")[0].name, longest);
  EXPECT_EQ(Options("\"" + longest + "\"\n1\n")[0].name, longest);
  std::string names = "0";
  for (int i = 1; i < 1'000; ++i) names += "," + std::to_string(i);
  CheckRows(kRanks,
            {
                {"a name too long", longest + "n\n1\n", "NAME_TOO_LONG on line 1"},
                {"a quoted name too long", "\"" + longest + "n\"\n1\n", "NAME_TOO_LONG on line 1"},
                {"a name that never ends", std::string(5'000'000, 'n'), "NAME_TOO_LONG on line 1"},
                {"a cell of 64 bytes", "A\n" + std::string(63, ' ') + "1\n", "1x1"},
                {"a cell of 65 bytes", "A\n" + std::string(64, ' ') + "1\n", "CELL_TOO_LONG on line 2"},
                {"a quoted one", "A\n\"" + std::string(65, '1') + "\"\n", "CELL_TOO_LONG on line 2"},
                {"most options", names + "\n1" + std::string(999, ',') + "\n", "1x1"},
                {"too many options", names + ",x\n", "TOO_MANY_OPTIONS on line 1"},
            });
}

TEST(Csv, RefusesAFileWithNothingToCount) {
  CheckRows(kRanks, {{"no rows", "A,B\n", "NO_BALLOTS on line 0"},
                     {"only blank ones", "A,B\n,\n,\n", "ALL_BALLOTS_BLANK on line 0"}});
}

}  // namespace
}  // namespace plenary::election::ballot_files
