#include "services/election/rules/ballot_files/faults.h"

#include <fmt/format.h>

#include <string>
#include <vector>

namespace plenary::election::ballot_files::faults {

ReadFault FileUnreadable() {
  return {"FILE_UNREADABLE", 0,
          "The file could not be read to its end. Check that it is a file, and readable."};
}
ReadFault FileEmpty() { return {"FILE_EMPTY", 0, "The file holds nothing. Check that it is the right one."}; }
ReadFault NotUtf8(std::int64_t line) {
  return {"NOT_UTF8", line, "This is not UTF-8. Save the file as UTF-8."};
}
ReadFault ScoresNeedCsv(std::string_view format) {
  return {"SCORES_NEED_CSV", 0,
          fmt::format(
              "{} holds orders, not scores. Give the ballots as CSV: a header with the names, then a row of "
              "scores for each ballot.",
              format)};
}
ReadFault NoBallots() {
  return {"NO_BALLOTS", 0,
          "The file holds no ballot, so there is nothing to count. Check that it is the right one."};
}
ReadFault AllBallotsBlank() {
  return {"ALL_BALLOTS_BLANK", 0, "Every ballot is blank, so there is nothing to count. Check the ballots."};
}
ReadFault NoValidBallots(const Expectation& limits, std::int64_t blank, std::int64_t too_few,
                         std::int64_t too_many) {
  std::vector<std::string> kinds;
  const auto add = [&](std::int64_t ballots, std::string_view singular, std::string_view plural,
                       std::string_view rest) {
    if (ballots > 0) kinds.push_back(fmt::format("{} {}{}", ballots, ballots == 1 ? singular : plural, rest));
  };
  const auto options = [](std::uint32_t number) {
    return fmt::format("{} option{}", number, number == 1 ? "" : "s");
  };
  add(blank, "is", "are", " blank");
  add(too_few, "marks", "mark", fmt::format(" fewer than {}", options(limits.min_marks)));
  add(too_many, "marks", "mark", fmt::format(" more than {}", options(limits.max_marks)));
  std::string list = kinds.front();
  for (std::size_t i = 1; i < kinds.size(); ++i) list += (i + 1 < kinds.size() ? ", " : " and ") + kinds[i];
  return {"NO_VALID_BALLOTS", 0,
          fmt::format("No ballot can be counted: {}. Check the limits against the file.", list)};
}

ReadFault NumberExpected(std::int64_t line, std::string_view what, std::string_view found) {
  return {"NUMBER_EXPECTED", line,
          fmt::format("Here belongs {}, a whole number, not {}. Correct this line.", what, found)};
}
ReadFault NoOptions(std::int64_t line) {
  return {"NO_OPTIONS", line, "There is no candidate to count for. Give the file at least one."};
}
ReadFault TooManyOptions(std::int64_t line) {
  return {"TOO_MANY_OPTIONS", line,
          fmt::format(
              "These are more candidates than can be counted ({}). Check the number; leave out those whom "
              "nobody marked.",
              counting::kMostOptions)};
}
ReadFault NoOptionsLeft(std::int64_t line) {
  return {"NO_OPTIONS_LEFT", line, "Every candidate has withdrawn. Leave at least one in the file."};
}
ReadFault NoSeats(std::int64_t line) {
  return {"NO_SEATS", line, "An election fills at least one seat. Put the number of seats here."};
}
ReadFault TooManySeats(std::int64_t line) {
  return {
      "TOO_MANY_SEATS", line,
      fmt::format("These are more seats than an election can have ({}). Correct the number.", kMostSeats)};
}

ReadFault WeightInvalid(std::int64_t line) {
  return {
      "WEIGHT_INVALID", line,
      fmt::format(
          "A ballot's weight says how often it was cast: a whole number from 1 to {}. Correct it, or take "
          "the ballot out.",
          counting::kMostBallots)};
}
ReadFault WeightNegative(std::int64_t line) {
  return {"WEIGHT_INVALID", line,
          "A ballot's weight cannot be negative. If this means withdrawn candidates, put them on a line of "
          "their own, "
          "before the first ballot."};
}
ReadFault TooManyBallots(std::int64_t line) {
  return {
      "TOO_MANY_BALLOTS", line,
      fmt::format(
          "With this ballot there are more than {}, which is more than can be counted. Check the weights.",
          counting::kMostBallots)};
}
ReadFault OptionUnknown(std::int64_t line, std::int64_t number, std::uint32_t options) {
  return {"OPTION_UNKNOWN", line,
          fmt::format("There is no candidate {}; they are numbered from 1 to {}. Correct the number.", number,
                      options)};
}
ReadFault OptionRepeated(std::int64_t line, std::int64_t number) {
  return {"OPTION_REPEATED", line,
          fmt::format("Candidate {} stands twice on this ballot. Leave one of the two.", number)};
}
ReadFault OptionRepeatedInBlt(std::int64_t line, std::int64_t number, std::int64_t start) {
  return {
      "OPTION_REPEATED", line,
      fmt::format(
          "Candidate {} stands twice on the ballot that starts on line {}. Leave one of the two, or put the "
          "0 that ends the ballot.",
          number, start)};
}
ReadFault EqualRanks(std::int64_t line) {
  return {"EQUAL_RANKS", line,
          "Options share a rank on this ballot, which this method does not take. Give each a rank of its "
          "own, or count by schulze or ranked-pairs, which take equal ranks."};
}
ReadFault EqualRanksNotOfFormat(std::int64_t line, std::string_view format, std::string_view with_ties) {
  return {
      "EQUAL_RANKS", line,
      fmt::format(
          "Options share a rank on this ballot, which {} does not allow. Name the file .{}, or give each a "
          "rank of its own.",
          format, with_ties)};
}
ReadFault EqualsSignMisplaced(std::int64_t line) {
  return {"EQUALS_SIGN_MISPLACED", line,
          "An equals sign stands between two candidates of the same rank, as in 2=5. Correct this ballot."};
}
ReadFault RankSkippedByDash(std::int64_t line) {
  return {"RANK_SKIPPED", line,
          "A dash leaves a rank empty, and the rules of counting differ on what that means. Decide whether "
          "the ballot "
          "ends there or the later choices move up, and write it so."};
}
ReadFault RankSkipped(std::int64_t line, std::int64_t rank) {
  return {"RANK_SKIPPED", line,
          fmt::format(
              "Rank {0} is missing although a later one is given. Ranks are 1, 2, 3 and so on without gaps, "
              "also after a shared one (1, 1, 2): correct this row.",
              rank)};
}
ReadFault BallotNotEnded(std::int64_t start) {
  return {"BALLOT_NOT_ENDED", start,
          "The ballot that starts here is not ended. Put a 0 behind its last candidate."};
}
ReadFault EndMarkMissing(std::int64_t line) {
  return {"END_MARK_MISSING", line,
          "Behind the last ballot belongs a line with a 0 alone. Put it before the names."};
}
ReadFault BallotIdUnsupported(std::int64_t line) {
  return {"BALLOT_ID_UNSUPPORTED", line,
          "A ballot starts with its weight; numbers and settings in brackets belong to another dialect of "
          "BLT. Take "
          "them out."};
}

ReadFault NameExpected(std::int64_t line, std::string_view found) {
  return {"NAME_EXPECTED", line,
          fmt::format(
              "Behind the 0 that ends the ballots belong the candidates' names and a title, each in double "
              "quotes, not {}. Correct this line.",
              found)};
}
ReadFault NamesMissing(std::size_t found, std::size_t expected) {
  return {"NAMES_MISSING", 0,
          fmt::format("There are names for {} of {} candidates. Give each one its name.", found, expected)};
}
ReadFault TitleMissing(std::int64_t line) {
  return {"TITLE_MISSING", line,
          "Behind the candidates' names belongs a title, in double quotes. Check that no name is missing, "
          "for then all "
          "behind it would go by the wrong one, and add the title."};
}
ReadFault TooManyNames(std::int64_t line, std::size_t options) {
  return {"TOO_MANY_NAMES", line,
          fmt::format(
              "There are more names than the {} candidates of this file. Take out the one too many. A remark "
              "behind the title starts with #.",
              options)};
}
ReadFault NameNotClosed(std::int64_t line) {
  return {"NAME_NOT_CLOSED", line, "The name is not closed by a double quote on its line. Close it."};
}
ReadFault QuoteInName(std::int64_t line) {
  return {"QUOTE_MISPLACED", line, "A double quote ends the name. Within a name, write it \\\"."};
}
ReadFault NameEmpty(std::int64_t line) { return {"NAME_EMPTY", line, "A name is empty. Fill it in."}; }
ReadFault NameTooLong(std::int64_t line) {
  return {"NAME_TOO_LONG", line, fmt::format("A name has more than {} bytes. Shorten it.", kLongestName)};
}
ReadFault NameHasControlCharacter(std::int64_t line, char32_t character) {
  return {"NAME_INVALID", line,
          fmt::format("A name holds the control character U+{:04X}. Take it out.",
                      static_cast<std::uint32_t>(character))};
}
ReadFault NameHasInvisibleCharacter(std::int64_t line, char32_t character) {
  return {"NAME_INVALID", line,
          fmt::format(
              "A name holds U+{:04X}, a character that nobody sees, so that it could pass for another name. "
              "Type the name anew, without it.",
              static_cast<std::uint32_t>(character))};
}
ReadFault NameRepeated(std::int64_t line, std::string_view name, std::int64_t first_line) {
  return {"NAME_REPEATED", line,
          fmt::format(
              "'{}' is a candidate's name already (line {}), or looks like it, so nobody could tell the two "
              "apart in the result. Add something to one of them.",
              name, first_line)};
}

ReadFault MetadataMissing(std::int64_t line, std::string_view key) {
  return {
      "METADATA_MISSING", line,
      fmt::format("Before this belongs a line '# {}: ...'. Add it, as in the files of preflib.org.", key)};
}
ReadFault MetadataRepeated(std::int64_t line, std::string_view key) {
  return {"METADATA_REPEATED", line, fmt::format("'{}' is given a second time. Leave one of the two.", key)};
}
ReadFault AnnouncedOtherwise(std::string_view what, std::int64_t announced, std::int64_t read) {
  return {
      "ANNOUNCED_OTHERWISE", 0,
      fmt::format("{} is announced as {}, but the file holds {}. Fetch it again: it may have been cut off.",
                  what, announced, read)};
}
ReadFault SignExpected(std::int64_t line, std::string_view sign, std::string_view found) {
  return {"SIGN_EXPECTED", line,
          fmt::format("Here belongs {}, not {}. A line of ballots reads '3: 1,2,{{4,5}}'.", sign, found)};
}
ReadFault OrderIncomplete(std::int64_t line, std::string_view format, std::string_view incomplete) {
  return {"ORDER_INCOMPLETE", line,
          fmt::format(
              "This ballot does not rank every candidate, as {} promises. Name the file .{}, or complete it.",
              format, incomplete)};
}

ReadFault SeparatorNotComma(std::int64_t line, char separator) {
  return {"SEPARATOR_NOT_COMMA", line,
          separator == '\t'
              ? "The columns are parted by tabs. Save the file with commas, or take the tab out of the name."
              : "The columns are parted by semicolons. Save the file with commas, or put a name "
                "with semicolons in quotes."};
}
ReadFault WeightNotFirst(std::int64_t line) {
  return {
      "WEIGHT_NOT_FIRST", line,
      "A column headed 'weight' that is not the first would be taken for an option. Put the weight column "
      "first, once; if an option bears that name, add something to it."};
}
ReadFault CellCountWrong(std::int64_t line, std::size_t expected) {
  return {"CELL_COUNT_WRONG", line,
          fmt::format("This row has not as many cells as the header ({}). Correct it.", expected)};
}
ReadFault CellTooLong(std::int64_t line) {
  return {"CELL_TOO_LONG", line, "A cell is longer than any mark, rank, score or weight. Correct this row."};
}
ReadFault QuoteMisplaced(std::int64_t line) {
  return {"QUOTE_MISPLACED", line,
          "A double quote stands within a cell. Put the whole cell in double quotes, and write the one "
          "within twice."};
}
ReadFault QuoteNotClosed(std::int64_t line) {
  return {"QUOTE_NOT_CLOSED", line, "The cell in double quotes that starts here is not closed. Close it."};
}
ReadFault MarkInvalid(std::int64_t line, std::string_view option) {
  return {"MARK_INVALID", line,
          fmt::format("The cell of '{}' holds neither a mark (x or 1) nor nothing (empty or 0). Correct it.",
                      option)};
}
ReadFault RankInvalid(std::int64_t line, std::string_view option) {
  return {"RANK_INVALID", line,
          fmt::format("The cell of '{}' holds no rank: 1, 2, 3 and so on, or nothing. Correct it.", option)};
}
ReadFault ScoreInvalid(std::int64_t line, std::string_view option) {
  return {
      "SCORE_INVALID", line,
      fmt::format("The cell of '{}' holds no score: a whole number from 0, or nothing. Correct it.", option)};
}
ReadFault ScoreTooHigh(std::int64_t line, std::string_view option, std::uint32_t max_score) {
  return {"SCORE_TOO_HIGH", line,
          fmt::format("The score of '{}' is above {}, the highest. Correct it, or count with a higher limit.",
                      option, max_score)};
}

}  // namespace plenary::election::ballot_files::faults
