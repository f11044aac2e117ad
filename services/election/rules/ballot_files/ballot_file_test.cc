#include "services/election/rules/ballot_files/ballot_file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <streambuf>

#include "services/election/rules/ballot_files/testing_readings.h"

namespace plenary::election::ballot_files {
namespace {

TEST(FormatOf, GoesByTheEndingOfTheName) {
  EXPECT_EQ(FormatOf("linn.blt", ""), Format::kBlt);
  EXPECT_EQ(FormatOf("/a.csv/Linn.BLT", "# DATA TYPE: toc"), Format::kBlt);
  EXPECT_EQ(FormatOf("logo.soc", ""), Format::kSoc);
  EXPECT_EQ(FormatOf("logo.soi", ""), Format::kSoi);
  EXPECT_EQ(FormatOf("logo.toc", ""), Format::kToc);
  EXPECT_EQ(FormatOf("logo.toi", ""), Format::kToi);
  EXPECT_EQ(FormatOf("votes.2026.csv", ""), Format::kCsv);
}

TEST(FormatOf, LooksAtTheFirstBytesWhereTheNameSaysNothing) {
  EXPECT_EQ(FormatOf("-", "3 2\n1 2 0\n"), Format::kBlt);
  EXPECT_EQ(FormatOf("ballots.txt", "\xEF\xBB\xBF# of 2007\n\n 11 4 # Linn\r\n"), Format::kBlt);
  EXPECT_EQ(FormatOf("-", "# FILE NAME: x\n# DATA TYPE: soi\n"), Format::kSoi);
  EXPECT_EQ(FormatOf("-", "# TITLE: x\n# NUMBER ALTERNATIVES: 3\n"), Format::kToi);
  EXPECT_EQ(FormatOf("-", "weight,A,B\n"), Format::kCsv);
  EXPECT_EQ(FormatOf("blt", ""), std::nullopt);
  EXPECT_EQ(FormatOf("-", "# DATA TYPE: cat\n"), std::nullopt);
  EXPECT_EQ(FormatOf("-", "hello\n3 2\n"), std::nullopt);
  EXPECT_EQ(FormatOf("-", "#"), std::nullopt);
}

TEST(ReadBallotFile, SaysThatAFileCouldNotBeRead) {
  std::ifstream folder(std::filesystem::temp_directory_path());
  for (const Format format : {Format::kBlt, Format::kToi, Format::kCsv}) {
    EXPECT_EQ(Ballots(ReadBallotFile(folder, format, kRanks)), "FILE_UNREADABLE on line 0");
  }
}

// Gives its text once, and breaks behind it as a disk or a connection does.
class BreakingBuffer : public std::streambuf {
 public:
  explicit BreakingBuffer(std::string text) : text_(std::move(text)) {
    setg(text_.data(), text_.data(), text_.data() + text_.size());
  }

 protected:
  int_type underflow() override { throw std::runtime_error("broken"); }

 private:
  std::string text_;
};

TEST(ReadBallotFile, SaysThatAFileBrokeOffWhateverItHeldBefore) {
  BreakingBuffer buffer("A,B\n1,2\n");
  std::istream in(&buffer);
  EXPECT_EQ(Ballots(ReadBallotFile(in, Format::kCsv, kRanks)), "FILE_UNREADABLE on line 0");
}

TEST(ReadBallotFile, ReadsFilesOfManyBlocksWithoutAByteOutOfPlace) {
  // Lines of changing length, so that every kind of token lies across the border of a block somewhere.
  std::string blt = "999 1\n";
  std::int64_t ballots = 0;
  std::vector<std::string> lines;
  for (int i = 0; i < 30'000; ++i) {
    const int weight = i % 1'234 + 1;
    ballots += weight;
    blt += std::to_string(weight) + (i % 2 == 0 ? " " : "  ") + std::to_string(i % 999 + 1) +
           (i % 3 == 0 ? " # c\n" : "=") + std::to_string((i + 5) % 999 + 1) + " 0\n";
  }
  blt += "0\n";
  for (int i = 0; i <= 999; ++i) blt += "\"Name " + std::to_string(i) + "\"\n";
  ASSERT_GT(blt.size(), 400'000U);
  const Reading reading = ReadText(blt, Format::kBlt, kSharedRanks);
  ASSERT_EQ(reading.index(), 0U) << Ballots(reading);
  const counting::Profile& profile = std::get<BallotFile>(reading).profile;
  EXPECT_EQ(profile.ballots(), ballots);
  EXPECT_EQ(profile.size(), 999U);
  EXPECT_EQ(std::get<BallotFile>(reading).options[998].name, "Name 998");
}

TEST(ReadBallotFile, NamesTheLineOfAFaultFarDown) {
  std::string blt = "2 1\n";
  for (int i = 0; i < 100'000; ++i) blt += "1 2 1 0 # a comment that makes the line longer\n";
  EXPECT_EQ(Ballots(ReadText(blt + "1 3 0\n", Format::kBlt, kRanks)), "OPTION_UNKNOWN on line 100002");
}

TEST(ReadBallotFile, TellsHowManyBallotsBreakWhichLimitAndWhereTheFirstDoes) {
  Expectation limits = kMarks;
  limits.min_marks = 2;
  limits.max_marks = 2;
  EXPECT_EQ(Spoilt(ReadText("weight,A,B,C\n2,x,x,\n3,,,\n4,x,,\n5,,x,\n6,x,x,x\n", Format::kCsv, limits)),
            "9 too few from line 4, 6 too many from line 6");
  const std::string names = "\"A\"\n\"B\"\n\"C\"\n\"T\"\n";
  EXPECT_EQ(Spoilt(ReadText("3 1\n2 1 2 0\n4 1 2\n3 0\n6 1 2 3 0\n0\n" + names, Format::kBlt, limits)),
            "0 too few from line 0, 10 too many from line 3");
  EXPECT_EQ(Spoilt(ReadText("3\n1,A\n2,B\n3,C\n9,9,3\n2,1,2\n4,1\n3,2\n", Format::kToi, limits)),
            "7 too few from line 7, 0 too many from line 0");
}

// "" when the name is taken.
std::string FaultOfName(const std::string& name) {
  const Reading reading = ReadText("2 1\n1 1 0\n0\n\"" + name + "\"\n\"B b\"\n\"T\"\n", Format::kBlt, kRanks);
  const auto* fault = std::get_if<ReadFault>(&reading);
  return fault != nullptr ? fault->reason : "";
}

TEST(ReadBallotFile, RefusesNamesWithCharactersThatNobodySees) {
  for (const char* character :
       {"\u00AD", "\u034F", "\u061C", "\u180E", "\u200B", "\u200F", "\u2028", "\u202A", "\u202E", "\u2060",
        "\u2064", "\u2066", "\u2069", "\u3164", "\uFEFF", "\U000E0041"}) {
    EXPECT_EQ(FaultOfName("B" + std::string(character) + " b"), "NAME_INVALID") << character;
  }
  for (const char* name :
       {"M\u00FCller", "Mu\u0308ller", "\u05D0\u05D1", "\u2010", "\u2030", "\u2665\uFE0F", "\u845B\U000E0100",
        "\U0001F469\u200D\U0001F4BB", "\u0645\u06CC\u200C\u0631\u0648"}) {
    EXPECT_EQ(FaultOfName(name), "") << name;
  }
}

TEST(ReadBallotFile, RefusesNamesThatDifferInBlanksOrSelectorsOnly) {
  for (const char* name : {"B  b", "B\u00A0b", "B \u2009b", "B b\u00A0", "\u3000B b", "B b\uFE0F",
                           "B\U000E0100 b", "B\u200D b", "B b\u200C"}) {
    EXPECT_EQ(FaultOfName(name), "NAME_REPEATED") << name;
  }
  EXPECT_EQ(FaultOfName("\u00A0\u2003"), "NAME_EMPTY");
  EXPECT_EQ(FaultOfName("Bb"), "");
}

std::string Message(const std::string& text, Format format, const Expectation& expectation) {
  const Reading reading = ReadText(text, format, expectation);
  const auto* fault = std::get_if<ReadFault>(&reading);
  return fault != nullptr ? fault->message : "";
}

TEST(ReadFault, CountsWhyNoBallotIsValid) {
  Expectation limits = kMarks;
  limits.min_marks = 2;
  limits.max_marks = 2;
  EXPECT_EQ(
      Message("weight,A,B,C\n2,,,\n1,x,,\n3,x,x,x\n", Format::kCsv, limits),
      "No ballot can be counted: 2 are blank, 1 marks fewer than 2 options and 3 mark more than 2 options. "
      "Check the limits against the file.");
  limits.min_marks = limits.max_marks = 1;
  EXPECT_EQ(Message("A,B\nx,x\n", Format::kCsv, limits),
            "No ballot can be counted: 1 marks more than 1 option. Check the limits against the file.");
}

TEST(ReadFault, SaysWhatPartsTheColumnsAndWhichMethodsTakeEqualRanks) {
  EXPECT_EQ(Message("A\tB\n1\t2\n", Format::kCsv, kRanks),
            "The columns are parted by tabs. Save the file with commas, or take the tab out of the name.");
  EXPECT_EQ(
      Message("A,B\n1,1\n", Format::kCsv, kRanks),
      "Options share a rank on this ballot, which this method does not take. Give each a rank of its own, or "
      "count by schulze or ranked-pairs, which take equal ranks.");
}

TEST(ReadFault, TellsAPersonWhatIsWrongAndWhatToDo) {
  const Reading reading = ReadText("3 1\n1 2 9 0\n0\n", Format::kBlt, kRanks);
  EXPECT_EQ(std::get<ReadFault>(reading).message,
            "There is no candidate 9; they are numbered from 1 to 3. Correct the number.");
  const Reading word = ReadText("3 1\n1 2x\x1B[2J 0\n0\n", Format::kBlt, kRanks);
  EXPECT_EQ(std::get<ReadFault>(word).message,
            "Here belongs the number of a candidate, a whole number, not '2x?[2J'. Correct this line.");
}

}  // namespace
}  // namespace plenary::election::ballot_files
