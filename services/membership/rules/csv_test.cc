#include "services/membership/rules/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/testing/status_matchers.h"
#include "services/membership/limits.h"

namespace plenary::membership::rules {
namespace {

using ::testing::ElementsAre;
using testing::IsError;
using ::testing::Pair;

using Records = std::vector<std::pair<std::int64_t, CsvFields>>;

// Reads a text in pieces of `piece` bytes.
absl::StatusOr<Records> Read(std::string_view text, std::size_t piece) {
  Records records;
  CsvReader reader([&](std::int64_t line, const CsvFields& fields) {
    records.emplace_back(line, fields);
    return absl::OkStatus();
  });
  for (; !text.empty(); text.remove_prefix(std::min(piece, text.size()))) {
    if (absl::Status status = reader.Feed(text.substr(0, piece)); !status.ok()) return status;
  }
  if (absl::Status status = reader.Finish(); !status.ok()) return status;
  return records;
}

TEST(CsvReader, ReadsTheSameHoweverTheFileIsCut) {
  constexpr std::string_view kText = "\xef\xbb\xbf\"a\",b\r\n\"x, \"\"y\"\"\r\nz\",Zoë\n\n,\r\n\"\"\nlast";
  for (std::size_t piece = 1; piece <= kText.size(); ++piece) {
    ASSERT_OK_AND_ASSIGN(const Records records, Read(kText, piece));
    EXPECT_THAT(
        records,
        ElementsAre(Pair(1, ElementsAre("a", "b")), Pair(2, ElementsAre("x, \"y\"\r\nz", "Zoë")),
                    Pair(5, ElementsAre("", "")), Pair(6, ElementsAre("")), Pair(7, ElementsAre("last"))))
        << piece;
  }
}

TEST(CsvReader, ReadsNothingFromAnEmptyFile) {
  for (const char* text : {"", "\xef\xbb\xbf", "\n\r\n\n"}) {
    ASSERT_OK_AND_ASSIGN(const Records records, Read(text, 1));
    EXPECT_TRUE(records.empty());
  }
}

TEST(CsvReader, KeepsFormulasAsTheyAre) {
  ASSERT_OK_AND_ASSIGN(const Records records, Read("=1+1,@x,-2\n", 100));
  EXPECT_THAT(records, ElementsAre(Pair(1, ElementsAre("=1+1", "@x", "-2"))));
}

struct BadFile {
  const char* sentence;
  std::string text;
  const char* reason;
};

TEST(CsvReader, RefusesWhatItWouldHaveToGuess) {
  const BadFile files[] = {
      {"a quotation mark inside a plain field", "ab\"c\n", "CSV_MALFORMED"},
      {"text after a closing quotation mark", "\"ab\"c\n", "CSV_MALFORMED"},
      {"a quotation mark nobody closes", "a\n\"b,c\n", "CSV_MALFORMED"},
      {"a carriage return alone", "a\rb\n", "CSV_MALFORMED"},
      {"a carriage return at the end", "a\r", "CSV_MALFORMED"},
      {"a field beyond the limit", std::string(limits::kLongestField + 1, 'a'), "CSV_MALFORMED"},
      {"more fields than any row has", std::string(limits::kMostFields + 1, ','), "CSV_MALFORMED"},
      {"Latin-1", "Zo\xeb,b\n", "CSV_ENCODING_INVALID"},
      {"an overlong form", "a,\xc0\xaf\n", "CSV_ENCODING_INVALID"},
      {"a surrogate", "\xed\xa0\x80\n", "CSV_ENCODING_INVALID"},
      {"a character that is cut off", "a,\xe2\x82", "CSV_ENCODING_INVALID"},
      {"a NUL", std::string("a\0b\n", 4), "CSV_ENCODING_INVALID"},
      {"UTF-16",
       std::string("\xff\xfe"
                   "a\0,\0",
                   6),
       "CSV_ENCODING_INVALID"},
      {"UTF-16 without a mark", std::string("a\0,\0b\0", 6), "CSV_ENCODING_INVALID"},
  };
  for (const BadFile& file : files) {
    for (const std::size_t piece : {1, 3, 4096}) {
      EXPECT_THAT(Read(file.text, piece), IsError(absl::StatusCode::kInvalidArgument, file.reason))
          << file.sentence;
    }
  }
}

TEST(CsvReader, TakesAFieldOfTheLongestSize) {
  ASSERT_OK_AND_ASSIGN(const Records records, Read(std::string(limits::kLongestField, 'a') + ",b\n", 4096));
  EXPECT_EQ(records.front().second.front().size(), limits::kLongestField);
}

TEST(CsvReader, RefusesMoreBytesThanAFileMayHave) {
  CsvReader reader([](std::int64_t, const CsvFields&) { return absl::OkStatus(); });
  const std::string piece(1 << 20, '\n');
  absl::Status status;
  std::size_t fed = 0;
  for (; status.ok(); fed += piece.size()) status = reader.Feed(piece);
  EXPECT_THAT(status, IsError(absl::StatusCode::kInvalidArgument, "CSV_TOO_LARGE"));
  EXPECT_EQ(fed, limits::kLargestFile + piece.size());
}

TEST(CsvReader, StopsAtAnErrorOfItsReader) {
  CsvReader reader([](std::int64_t line, const CsvFields&) {
    return line < 2 ? absl::OkStatus() : absl::InternalError("enough");
  });
  EXPECT_THAT(reader.Feed("a\nb\nc\n"), testing::StatusIs(absl::StatusCode::kInternal));
}

}  // namespace
}  // namespace plenary::membership::rules
