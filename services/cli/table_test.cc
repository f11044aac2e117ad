#include "services/cli/table.h"

#include <gtest/gtest.h>

#include <sstream>

#include "services/cli/display_width.h"

namespace plenary::cli {
namespace {

std::string Printed(const Table& table) {
  std::ostringstream out;
  table.Print(out, "No rows.");
  return out.str();
}

TEST(DisplayWidth, CountsColumnsOfTheTerminalNotBytes) {
  const struct {
    const char* sentence;
    std::string_view text;
    std::size_t width;
  } cases[] = {
      {"ASCII is a column a letter", "Ada", 3},
      {"an accented letter is one column", "Amélie", 6},
      {"a combining accent takes none", "Ame\xCC\x81lie", 6},
      {"an ideograph takes two", "日本", 4},
      {"an emoji takes two", "😀", 2},
      {"a zero-width joiner takes none",
       "a\xE2\x80\x8D"
       "b",
       2},
      {"a byte that is not UTF-8 takes one",
       "a\xFF"
       "b",
       3},
      {"nothing takes nothing", "", 0},
  };
  for (const auto& row : cases) EXPECT_EQ(DisplayWidth(row.text), row.width) << row.sentence;
}

TEST(Printable, LetsNoTextMoveTheCursor) {
  EXPECT_EQ(Printable("a\x1b[2Jb\nc"), "a [2Jb c");
  EXPECT_EQ(Printable("a\xE2\x80\xAE"
                      "b"),
            "a b")
      << "right-to-left override";
  EXPECT_EQ(Printable("a\xC2\x9B"
                      "b"),
            "a b")
      << "a control character of two bytes";
  EXPECT_EQ(Printable("a\xED\xA0\x80"), "a\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD") << "a surrogate";
  EXPECT_EQ(Printable("Zoë 日本"), "Zoë 日本");
}

TEST(Table, AlignsByDisplayWidthAndPutsNumbersToTheRight) {
  Table table({"NAME", Right("VOTES"), "NOTE"});
  table.Row({"日本", "7", "x"});
  table.Row({"Ame\xCC\x81lie", "12", ""});
  table.Row({"Bo"});
  EXPECT_EQ(Printed(table),
            "NAME    VOTES  NOTE\n"
            "日本        7  x\n"
            "Ame\xCC\x81lie     12\n"
            "Bo\n");
}

TEST(Table, SaysSoWhenThereIsNothing) { EXPECT_EQ(Printed(Table({"NAME"})), "No rows.\n"); }

TEST(Facts, AlignsValuesAndLeavesOutWhatIsNotKnown) {
  std::ostringstream out;
  Facts().Add("name", "Ada").Add("photo", "").Add("state", "active").Print(out);
  EXPECT_EQ(out.str(), "name:   Ada\nstate:  active\n");
}

}  // namespace
}  // namespace plenary::cli
