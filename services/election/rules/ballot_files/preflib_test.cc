#include <gtest/gtest.h>

#include "services/election/rules/ballot_files/testing_readings.h"

namespace plenary::election::ballot_files {
namespace {

constexpr const char* kNames = "# ALTERNATIVE NAME 1: A\n# ALTERNATIVE NAME 2: B\n# ALTERNATIVE NAME 3: C\n";

// A file of three alternatives with these orders, from line 5 on.
std::string WithOrders(const std::string& orders) {
  return std::string("# NUMBER ALTERNATIVES: 3\n") + kNames + orders;
}

void CheckRows(Format format, const std::vector<Row>& rows, const Expectation& expectation = kSharedRanks) {
  for (const Row& row : rows) {
    EXPECT_EQ(Ballots(ReadText(row.text, format, expectation), expectation), row.expected) << row.sentence;
  }
}

TEST(PrefLib, ReadsMetadataAndOrders) {
  const Reading reading = ReadText(
      "# FILE NAME: 00002-00000008.soi\n# TITLE: Debian: Logo\n# DATA TYPE: soi\n# NUMBER ALTERNATIVES: 3\n"
      "# NUMBER VOTERS: 5\n# NUMBER UNIQUE ORDERS: 2\n# ALTERNATIVE NAME 1: Ants, red\n"
      "# ALTERNATIVE NAME 2: \xC3\x85: swirl\n# ALTERNATIVE NAME 3: Seal\n3: 2,1\n2: 3\n",
      Format::kSoi, kRanks);
  ASSERT_EQ(reading.index(), 0U) << Ballots(reading);
  const auto& file = std::get<BallotFile>(reading);
  EXPECT_EQ(file.title, "Debian: Logo");
  EXPECT_EQ(file.seats, std::nullopt);
  EXPECT_EQ(file.options, (std::vector<FileOption>{{"Ants, red"}, {"\xC3\x85: swirl"}, {"Seal"}}));
  EXPECT_EQ(Ballots(reading), "3x2>1 2x3");
}

TEST(PrefLib, ReadsOrdersAsTheFormatsAllowThem) {
  CheckRows(Format::kToi,
            {
                {"ties stand in braces", WithOrders("2: 3,{2,1}\n"), "2x3>1=2"},
                {"one in braces is no tie", WithOrders("2: {3},{2}\n"), "2x3>2"},
                {"blanks do not matter", WithOrders("  2 :\t3 , { 1 , 2 } \r\n\r\n"), "2x3>1=2"},
                {"an order may be empty", WithOrders("2: 1\n3:\n"), "2x1 | 3 blank, 0 spoilt"},
                {"the last line needs no end", WithOrders("2: 1"), "2x1"},
                {"the same order is folded", WithOrders("2: {1,2}\n1: {2,1}\n"), "3x1=2"},
                {"comments may follow", WithOrders("2: 1\n# so much\n# for: now\n"), "2x1"},
                {"a byte order mark is passed over", "\xEF\xBB\xBF" + WithOrders("2: 1\n"), "2x1"},
            });
  CheckRows(Format::kToi, {{"listed alternatives are marked", WithOrders("2: 3,{2,1}\n"), "2x1:1,2:1,3:1"}},
            kMarks);
}

TEST(PrefLib, ReadsTheOlderHeader) {
  const Reading reading =
      ReadText("3\n1,Anna, A.\n2,B\n3,C\n6,6,2\n4,1,2,3\n2,{1,2},3\n", Format::kToc, kSharedRanks);
  EXPECT_EQ(Ballots(reading), "4x1>2>3 2x1=2>3");
  ASSERT_EQ(reading.index(), 0U);
  EXPECT_EQ(std::get<BallotFile>(reading).options[0].name, "Anna, A.");
}

TEST(PrefLib, RefusesAnOlderHeaderThatIsBroken) {
  CheckRows(Format::kToi,
            {
                {"a name is missing", "2\n1,A\n3,3,1\n3,1\n", "OPTION_UNKNOWN on line 3"},
                {"a name's number is missing", "2\n1,A\nB\n", "NUMBER_EXPECTED on line 3"},
                {"a name's comma is missing", "2\n1 A\n", "SIGN_EXPECTED on line 2"},
                {"the sums differ", "1\n1,A\n3,4,1\n3,1\n", "ANNOUNCED_OTHERWISE on line 0"},
                {"the sums have too many numbers", "1\n1,A\n3,3,1,1\n3,1\n", "SIGN_EXPECTED on line 3"},
                {"cut off in the header", "2\n1,A\n", "NUMBER_EXPECTED on line 3"},
                {"cut off in the orders", "1\n1,A\n3,3,2\n2,1\n", "ANNOUNCED_OTHERWISE on line 0"},
                {"orders of the newer kind", "1\n1,A\n3,3,1\n3: 1\n", "SIGN_EXPECTED on line 4"},
            });
}

TEST(PrefLib, HoldsEachFormatToItsPromise) {
  const std::string complete = WithOrders("1: 3,1,2\n");
  const std::string incomplete = WithOrders("1: 3,1,2\n1: 3,1\n");
  const std::string tied = WithOrders("1: 3,1,2\n1: {1,3},2\n");
  const std::string tied_incomplete = WithOrders("1: 3,1,2\n1: {1,3}\n");
  const std::string empty = WithOrders("1: 3,1,2\n1:\n");
  CheckRows(Format::kSoc, {{"complete", complete, "1x3>1>2"},
                           {"incomplete", incomplete, "ORDER_INCOMPLETE on line 6"},
                           {"tied", tied, "EQUAL_RANKS on line 6"},
                           {"empty", empty, "ORDER_INCOMPLETE on line 6"}});
  CheckRows(Format::kSoi,
            {{"incomplete", incomplete, "1x3>1>2 1x3>1"}, {"tied", tied, "EQUAL_RANKS on line 6"}});
  CheckRows(Format::kToc, {{"tied", tied, "1x3>1>2 1x1=3>2"},
                           {"incomplete", tied_incomplete, "ORDER_INCOMPLETE on line 6"}});
  CheckRows(Format::kToi, {{"tied and incomplete", tied_incomplete, "1x3>1>2 1x1=3"}});
}

TEST(PrefLib, RefusesTiesThatTheMethodDoesNotTake) {
  CheckRows(Format::kToi, {{"tied", WithOrders("1: 1\n1: {1,3}\n"), "EQUAL_RANKS on line 6"}}, kRanks);
}

TEST(PrefLib, RefusesOrdersThatAreNone) {
  CheckRows(Format::kToi,
            {
                {"a word", WithOrders("x: 1\n"), "NUMBER_EXPECTED on line 5"},
                {"a negative count", WithOrders("-1: 1\n"), "NUMBER_EXPECTED on line 5"},
                {"a count of zero", WithOrders("0: 1\n"), "WEIGHT_INVALID on line 5"},
                {"a huge count", WithOrders("99999999999999999999: 1\n"), "WEIGHT_INVALID on line 5"},
                {"too many", WithOrders("1000000000: 1\n1: 2\n"), "TOO_MANY_BALLOTS on line 6"},
                {"no colon", WithOrders("1, 1\n"), "SIGN_EXPECTED on line 5"},
                {"unknown", WithOrders("1: 4\n"), "OPTION_UNKNOWN on line 5"},
                {"zero", WithOrders("1: 0\n"), "OPTION_UNKNOWN on line 5"},
                {"repeated", WithOrders("1: 2,1,2\n"), "OPTION_REPEATED on line 5"},
                {"repeated in a tie", WithOrders("1: {2,2}\n"), "OPTION_REPEATED on line 5"},
                {"a gap", WithOrders("1: 2,,1\n"), "NUMBER_EXPECTED on line 5"},
                {"a comma too many", WithOrders("1: 2,\n"), "NUMBER_EXPECTED on line 5"},
                {"empty braces", WithOrders("1: {}\n"), "NUMBER_EXPECTED on line 5"},
                {"braces in braces", WithOrders("1: {1,{2}}\n"), "NUMBER_EXPECTED on line 5"},
                {"open braces", WithOrders("1: {1,2\n"), "SIGN_EXPECTED on line 5"},
                {"no comma", WithOrders("1: 1 2\n"), "SIGN_EXPECTED on line 5"},
            });
}

TEST(PrefLib, RefusesMetadataThatIsMissingRepeatedOrWrong) {
  const std::string three = "# NUMBER ALTERNATIVES: 3\n";
  CheckRows(
      Format::kToi,
      {
          {"nothing", "", "FILE_EMPTY on line 0"},
          {"UTF-16", "\xFE\xFF", "NOT_UTF8 on line 1"},
          {"no number of alternatives", "# TITLE: x\n", "METADATA_MISSING on line 2"},
          {"orders before it", "# TITLE: x\n3: 1,2\n", "METADATA_MISSING on line 2"},
          {"names before it", "# ALTERNATIVE NAME 1: A\n", "METADATA_MISSING on line 1"},
          {"given twice", three + three, "METADATA_REPEATED on line 2"},
          {"voters given twice", "# NUMBER VOTERS: 3\n# NUMBER VOTERS: 3\n", "METADATA_REPEATED on line 2"},
          {"a name given twice", WithOrders("# ALTERNATIVE NAME 2: D\n"), "METADATA_REPEATED on line 5"},
          {"a title given twice", "# TITLE: A\n# TITLE: B\n", "METADATA_REPEATED on line 2"},
          {"zero alternatives", "# NUMBER ALTERNATIVES: 0\n", "NO_OPTIONS on line 1"},
          {"too many alternatives", "# NUMBER ALTERNATIVES: 1001\n", "TOO_MANY_OPTIONS on line 1"},
          {"a number that is none", "# NUMBER ALTERNATIVES: -1\n", "NUMBER_EXPECTED on line 1"},
          {"a number too long", "# NUMBER VOTERS: 99999999999999999999\n", "NUMBER_EXPECTED on line 1"},
          {"a name for nobody", WithOrders("# ALTERNATIVE NAME 4: D\n"), "OPTION_UNKNOWN on line 5"},
          {"a name's number that is none", three + "# ALTERNATIVE NAME x: D\n", "NUMBER_EXPECTED on line 2"},
          {"names missing", three + "# ALTERNATIVE NAME 2: B\n1: 1\n", "NAMES_MISSING on line 0"},
          {"an empty name", three + "# ALTERNATIVE NAME 2:\n", "NAME_EMPTY on line 2"},
          {"a name that is no UTF-8", three + "# ALTERNATIVE NAME 2: \xC5\n", "NOT_UTF8 on line 2"},
          {"a NUL byte in a name", three + std::string("# ALTERNATIVE NAME 2: A\0\n", 25),
           "NAME_INVALID on line 2"},
          {"a name too long", three + "# ALTERNATIVE NAME 2: " + std::string(50'000, 'n') + "\n",
           "NAME_TOO_LONG on line 2"},
          {"two of one name",
           "# NUMBER ALTERNATIVES: 2\n# ALTERNATIVE NAME 2: A\n# ALTERNATIVE NAME 1: A\n1: 1\n",
           "NAME_REPEATED on line 2"},
      });
}

TEST(PrefLib, ChecksTheAnnouncedNumbers) {
  CheckRows(
      Format::kToi,
      {
          {"voters", "# NUMBER VOTERS: 7\n" + WithOrders("3: 1\n3: 2\n"), "ANNOUNCED_OTHERWISE on line 0"},
          {"orders", "# NUMBER UNIQUE ORDERS: 3\n" + WithOrders("3: 1\n3: 2\n"),
           "ANNOUNCED_OTHERWISE on line 0"},
          {"blank ones count", "# NUMBER VOTERS: 6\n# NUMBER UNIQUE ORDERS: 2\n" + WithOrders("3: 1\n3:\n"),
           "3x1 | 3 blank, 0 spoilt"},
      });
}

TEST(PrefLib, RefusesAFileWithNothingToCount) {
  CheckRows(Format::kToi, {{"no orders", WithOrders(""), "NO_BALLOTS on line 0"},
                           {"only empty ones", WithOrders("3:\n"), "ALL_BALLOTS_BLANK on line 0"}});
  CheckRows(Format::kToi, {{"scores", WithOrders("3: 1\n"), "SCORES_NEED_CSV on line 0"}}, kScores);
}

}  // namespace
}  // namespace plenary::election::ballot_files
