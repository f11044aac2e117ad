#include <gtest/gtest.h>

#include "services/election/rules/ballot_files/testing_readings.h"

namespace plenary::election::ballot_files {
namespace {

constexpr const char* kNames = "\"A\"\n\"B\"\n\"C\"\n\"T\"\n";

// A file of three candidates for two seats with these ballots, which are followed by `0`.
std::string WithBallots(const std::string& ballots) { return "3 2\n" + ballots + "0\n" + kNames; }

// A file of two candidates with what stands behind its ballots.
std::string WithNames(const std::string& names) { return "2 1\n1 1 0\n0\n" + names; }

BallotFile File(const std::string& text, const Expectation& expectation = kRanks) {
  Reading reading = ReadText(text, Format::kBlt, expectation);
  EXPECT_EQ(reading.index(), 0U) << Ballots(reading);
  return std::get<BallotFile>(std::move(reading));
}

void CheckRows(const std::vector<Row>& rows, const Expectation& expectation = kRanks) {
  for (const Row& row : rows) {
    EXPECT_EQ(Ballots(ReadText(row.text, Format::kBlt, expectation), expectation), row.expected)
        << row.sentence;
  }
}

TEST(Blt, ReadsCandidatesSeatsBallotsNamesAndTitle) {
  const BallotFile file = File("3 2\n4 1 2 0\n2 3 0\n0\n\"Castor\"\n\"Pollux\"\n\"Helen\"\n\"Twins\"\n");
  EXPECT_EQ(file.title, "Twins");
  EXPECT_EQ(file.seats, 2U);
  EXPECT_EQ(file.options, (std::vector<FileOption>{{"Castor"}, {"Pollux"}, {"Helen"}}));
  EXPECT_EQ(file.profile.options(), 3U);
  EXPECT_EQ(file.profile.ballots(), 6);
  EXPECT_EQ(Ballots(file), "4x1>2 2x3");
}

TEST(Blt, ReadsBallotsAsTheFormatAllowsThem) {
  CheckRows({
      {"identical ballots are folded", WithBallots("1 1 2 0\n2 3 0\n5 1 2 0\n"), "6x1>2 2x3"},
      {"a ballot spans lines", WithBallots("1 1\n2\n\n 3\n0\n"), "1x1>2>3"},
      {"several ballots stand on a line", WithBallots("1 1 0 2 3 0\n"), "1x1 2x3"},
      {"tabs and spaces part as well", WithBallots("\t1  1\t2 0 \n"), "1x1>2"},
      {"a comment reaches to the end of its line",
       "# x\n3 2 # y\n1 1 # 2 0\n0#z\n0\n#\n" + std::string(kNames), "1x1"},
      {"a ballot without marks is blank", WithBallots("1 1 0\n5 0\n"), "1x1 | 5 blank, 0 spoilt"},
      {"leading zeros do not matter", WithBallots("007 01 002 00\n"), "7x1>2"},
      {"a byte order mark and CRLF are passed over",
       "\xEF\xBB\xBF"
       "2 1\r\n3 2 1 0\r\n0\r\n\"A\"\r\n\"B\"\r\n\"T\"\r\n",
       "3x2>1"},
      {"the last line needs no end", WithNames("\"A\"\n\"B\"\n\"T\""), "1x1"},
      {"the largest weight is read", WithBallots("1000000000 1 0\n"), "1000000000x1"},
  });
}

TEST(Blt, ReadsEqualRanksWhereTheMethodTakesThem) {
  CheckRows({{"candidates share a rank", WithBallots("2 3=1 2 0\n"), "2x1=3>2"},
             {"spaces may stand around the sign", WithBallots("2 3 = 2 = 1 0\n"), "2x1=2=3"},
             {"the order within a rank does not matter", WithBallots("1 1=2 0 1 2=1 0\n"), "2x1=2"}},
            kSharedRanks);
  CheckRows({{"first", WithBallots("1 1 0\n2 3=1 2 0\n"), "EQUAL_RANKS on line 3"}});
}

TEST(Blt, ReadsTheCandidatesOfABallotAsMarksWhereTheMethodTakesMarks) {
  CheckRows({{"the order does not matter", WithBallots("2 3 1 0\n1 1=3 0\n"), "3x1:1,3:1"}}, kMarks);
}

TEST(Blt, SpoilsABallotWithTooFewOrTooManyMarksButNotABlankOne) {
  Expectation expectation = kMarks;
  expectation.min_marks = 2;
  expectation.max_marks = 2;
  CheckRows({{"limits", WithBallots("2 3 1 0\n3 1 0\n4 1 2 3 0\n5 0\n"), "2x1:1,3:1 | 5 blank, 7 spoilt"}},
            expectation);
}

TEST(Blt, ReadsWithdrawnCandidatesAndKeepsTheMarksForThem) {
  for (const std::string lines : {"-1 -3\n", "-1\n-3\n", "-3 # late\n\n-1\n-3\n"}) {
    const BallotFile file = File("3 2\n" + lines + "2 1 2 0\n0\n" + kNames);
    EXPECT_EQ(file.options, (std::vector<FileOption>{{"A", true}, {"B"}, {"C", true}})) << lines;
    EXPECT_EQ(Ballots(file), "2x1>2") << lines;
  }
}

TEST(Blt, ReadsNamesWithAnyCharacter) {
  const BallotFile file = File(
      "5 1\n1 1 0\n0\n\"Anna \\\"Nan\\\" \xC3\x85s\"\n\"B \"\"b\"\" #1\"  # comment\n\"C:\\\\x \\y\"\n"
      "\" \xE6\x97\xA5\xE6\x9C\xAC \"\n\"\xF0\x9F\x97\xB3 a,b;'c'\"\n\"T\"\n");
  EXPECT_EQ(file.options, (std::vector<FileOption>{{"Anna \"Nan\" \xC3\x85s"},
                                                   {"B \"b\" #1"},
                                                   {"C:\\x \\y"},
                                                   {"\xE6\x97\xA5\xE6\x9C\xAC"},
                                                   {"\xF0\x9F\x97\xB3 a,b;'c'"}}));
}

TEST(Blt, PassesOverRemarksBehindTheTitle) {
  EXPECT_EQ(File(WithNames("\"A\"\n\"B\"\n\"T\"\n\"one\"\n\"two\"\nQuota 84.88 \xFF\n")).title, "T");
  EXPECT_EQ(File(WithNames("\"A\"\n\"B\"\n\"T\"\nremark\n")).title, "T");
  EXPECT_EQ(File(WithNames("\"A\"\n\"B\"\n\"T\"\n\"remark\nremark\n")).title, "T");
}

TEST(Blt, TakesMoreSeatsThanCandidates) { EXPECT_EQ(File("1 9\n1 1 0\n0\n\"A\"\n\"T\"\n").seats, 9U); }

TEST(Blt, RefusesAHeaderThatIsNone) {
  CheckRows({
      {"nothing", "", "FILE_EMPTY on line 0"},
      {"only comments", "# a\n\n#b\n", "FILE_EMPTY on line 0"},
      {"words", "\nthree 2\n", "NUMBER_EXPECTED on line 2"},
      {"a negative number", "-3 2\n", "NUMBER_EXPECTED on line 1"},
      {"a fraction", "3.5 2\n", "NUMBER_EXPECTED on line 1"},
      {"no seats", "3\n", "NUMBER_EXPECTED on line 2"},
      {"zero candidates", "0 2\n0\n\"T\"\n", "NO_OPTIONS on line 1"},
      {"zero seats", "3 0\n1 1 0\n0\n", "NO_SEATS on line 1"},
      {"too many candidates", "1001 2\n", "TOO_MANY_OPTIONS on line 1"},
      {"far too many candidates", "99999999999999999999999999 2\n", "TOO_MANY_OPTIONS on line 1"},
      {"too many seats", "3 1000001\n", "TOO_MANY_SEATS on line 1"},
      {"UTF-16",
       std::string("\xFF\xFE"
                   "3\0 \0",
                   6),
       "NOT_UTF8 on line 1"},
  });
}

TEST(Blt, RefusesAWeightThatIsNone) {
  CheckRows({
      {"a word", WithBallots("1 1 0\nx 1 0\n"), "NUMBER_EXPECTED on line 3"},
      {"a fraction", WithBallots("1.5 1 0\n"), "NUMBER_EXPECTED on line 2"},
      {"zero", WithBallots("1 1 0\n0 1 0\n"), "WEIGHT_INVALID on line 3"},
      {"negative, on the first ballot", WithBallots("-2 1 2 0\n"), "WEIGHT_INVALID on line 2"},
      {"negative, later", WithBallots("1 1 0\n-2 1 2 0\n"), "WEIGHT_INVALID on line 3"},
      {"too large", WithBallots("1000000001 1 0\n"), "WEIGHT_INVALID on line 2"},
      {"huge", WithBallots("18446744073709551617 1 0\n"), "WEIGHT_INVALID on line 2"},
      {"too large together", WithBallots("999999999 1 0\n1 0\n1 2 0\n"), "TOO_MANY_BALLOTS on line 4"},
      {"another dialect's id", WithBallots("(v1) 1 1 0\n"), "BALLOT_ID_UNSUPPORTED on line 2"},
      {"another dialect's setting", WithBallots("[nick a b c]\n1 1 0\n"), "BALLOT_ID_UNSUPPORTED on line 2"},
  });
}

TEST(Blt, RefusesABallotThatCannotBeCounted) {
  CheckRows({
      {"an unknown candidate", WithBallots("1 1 0\n1 4 0\n"), "OPTION_UNKNOWN on line 3"},
      {"a huge number", WithBallots("1 18446744073709551617 0\n"), "OPTION_UNKNOWN on line 2"},
      {"a candidate twice", WithBallots("1 1 2 1 0\n"), "OPTION_REPEATED on line 2"},
      {"an end left out", WithBallots("1 1 2\n1 2 0\n"), "OPTION_REPEATED on line 3"},
      {"a skipped rank", WithBallots("1 1 0\n1 2 - 3 0\n"), "RANK_SKIPPED on line 3"},
      {"a negative candidate", WithBallots("1 -2 0\n"), "NUMBER_EXPECTED on line 2"},
      {"a word", WithBallots("1 2 b 0\n"), "NUMBER_EXPECTED on line 2"},
      {"a number run into a word", WithBallots("1 2b 0\n"), "NUMBER_EXPECTED on line 2"},
      {"a NUL byte", WithBallots(std::string("1 2\0 0\n", 7)), "NUMBER_EXPECTED on line 2"},
  });
  CheckRows({{"an equals sign first", WithBallots("1 =2 0\n"), "EQUALS_SIGN_MISPLACED on line 2"},
             {"two of them", WithBallots("1 2==3 0\n"), "EQUALS_SIGN_MISPLACED on line 2"},
             {"one last", WithBallots("1 2= 0\n"), "EQUALS_SIGN_MISPLACED on line 2"},
             {"a candidate twice in a rank", WithBallots("1 2=2 0\n"), "OPTION_REPEATED on line 2"}},
            kSharedRanks);
}

TEST(Blt, RefusesMissingEndMarks) {
  CheckRows({
      {"a ballot is cut off", "3 2\n1 1 0\n1 2 3", "BALLOT_NOT_ENDED on line 3"},
      {"names follow an open ballot", "3 2\n1 1 2\n\"A\"\n", "BALLOT_NOT_ENDED on line 2"},
      {"the file ends behind a ballot", "3 2\n1 1 0\n", "END_MARK_MISSING on line 3"},
      {"names follow the last ballot", "3 2\n1 1 0\n\"A\"\n", "END_MARK_MISSING on line 3"},
      {"a ballot follows the end mark", "3 2\n1 1 0\n0\n1 2 0\n0\n", "NAME_EXPECTED on line 4"},
  });
}

TEST(Blt, RefusesNamesThatAreMissingOrTooMany) {
  CheckRows({
      {"none", WithNames(""), "NAMES_MISSING on line 0"},
      {"too few", WithNames("\"A\"\n"), "NAMES_MISSING on line 0"},
      {"one too few, so that the title is taken for a name", WithNames("\"A\"\n\"T\"\n"),
       "TITLE_MISSING on line 6"},
      {"one too many", WithNames("\"A\"\n\"B\"\n\"C\"\n\"T\"\n"), "TOO_MANY_NAMES on line 7"},
      {"without quotes", WithNames("A\nB\nT\n"), "NAME_EXPECTED on line 4"},
      {"a title without quotes", WithNames("\"A\"\n\"B\"\nT\n"), "NAME_EXPECTED on line 6"},
      {"the same twice", WithNames("\"A\"\n\" A\"\n\"T\"\n"), "NAME_REPEATED on line 5"},
  });
}

TEST(Blt, RefusesNamesThatCannotBeShown) {
  CheckRows({
      {"empty", WithNames("\"A\"\n\"\"\n"), "NAME_EMPTY on line 5"},
      {"only spaces", WithNames("\"A\"\n\"  \"\n"), "NAME_EMPTY on line 5"},
      {"not closed", WithNames("\"A\n\"B\"\n"), "NAME_NOT_CLOSED on line 4"},
      {"closed by an escaped quote", WithNames("\"A\\\"\n\"B\"\n"), "NAME_NOT_CLOSED on line 4"},
      {"cut off", WithNames("\"A"), "NAME_NOT_CLOSED on line 4"},
      {"a plain quote within", WithNames("\"A \"a\" A\"\n"), "QUOTE_MISPLACED on line 4"},
      {"a NUL byte", WithNames(std::string("\"A\0B\"\n", 6)), "NAME_INVALID on line 4"},
      {"an escape sequence", WithNames("\"A\x1B[2J\"\n"), "NAME_INVALID on line 4"},
      {"a control character of the second row", WithNames("\"A\xC2\x9B\"\n"), "NAME_INVALID on line 4"},
      {"Latin-1", WithNames("\"\xC5s\"\n"), "NOT_UTF8 on line 4"},
      {"a character cut off", WithNames("\"A\xE6\x97\"\n"), "NOT_UTF8 on line 4"},
      {"a character in too many bytes", WithNames("\"\xC0\x80\"\n"), "NOT_UTF8 on line 4"},
      {"a slash in three bytes", WithNames("\"\xE0\x80\xAF\"\n"), "NOT_UTF8 on line 4"},
      {"a surrogate", WithNames("\"\xED\xA0\x80\"\n"), "NOT_UTF8 on line 4"},
      {"behind the last character", WithNames("\"\xF4\x90\x80\x80\"\n"), "NOT_UTF8 on line 4"},
      {"a title that is no UTF-8", WithNames("\"A\"\n\"B\"\n\"\xFF\"\n"), "NOT_UTF8 on line 6"},
  });
}

TEST(Blt, RefusesNamesLongerThanTheLimit) {
  const std::string longest(kLongestName, 'n');
  EXPECT_EQ(File(WithNames("\"" + longest + "\"\n\"B\"\n\"T\"\n")).options[0].name, longest);
  CheckRows({{"a byte too long", WithNames("\"n" + longest + "\"\n"), "NAME_TOO_LONG on line 4"},
             {"a title", WithNames("\"A\"\n\"B\"\n\"n" + longest + "\"\n"), "NAME_TOO_LONG on line 6"}});
}

TEST(Blt, RefusesWithdrawnCandidatesThatAreNone) {
  CheckRows({
      {"unknown", WithBallots("-4\n1 1 0\n"), "OPTION_UNKNOWN on line 2"},
      {"zero", WithBallots("-0\n1 1 0\n"), "OPTION_UNKNOWN on line 2"},
      {"a dash alone", WithBallots("-\n1 1 0\n"), "NUMBER_EXPECTED on line 2"},
      {"a word", WithBallots("-x\n1 1 0\n"), "NUMBER_EXPECTED on line 2"},
      {"all", WithBallots("-1 -2\n-3\n1 1 0\n"), "NO_OPTIONS_LEFT on line 4"},
  });
}

TEST(Blt, RefusesAFileWithNothingToCount) {
  Expectation expectation = kRanks;
  expectation.max_marks = 1;
  CheckRows({{"no ballots", WithBallots(""), "NO_BALLOTS on line 0"},
             {"only blank ones", WithBallots("7 0\n"), "ALL_BALLOTS_BLANK on line 0"},
             {"only spoilt ones", WithBallots("7 0\n1 1 2 0\n"), "NO_VALID_BALLOTS on line 0"}},
            expectation);
}

TEST(Blt, RefusesScoresBecauseTheFormatHasNone) {
  CheckRows({{"scores", WithBallots("1 1 0\n"), "SCORES_NEED_CSV on line 0"}}, kScores);
}

TEST(Blt, ReadsTheMostCandidates) {
  std::string text = "1000 1\n1";
  for (int i = 1'000; i > 0; --i) text += " " + std::to_string(i);
  text += " 0\n0\n";
  for (int i = 0; i <= 1'000; ++i) text += "\"" + std::to_string(i) + "\"\n";
  const BallotFile file = File(text);
  EXPECT_EQ(file.options.size(), 1'000U);
  EXPECT_EQ(file.profile.marks(0).front(), (counting::Mark{999, 1}));
  EXPECT_EQ(file.profile.marks(0).back(), (counting::Mark{0, 1'000}));
}

}  // namespace
}  // namespace plenary::election::ballot_files
