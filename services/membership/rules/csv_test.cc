#include "services/membership/rules/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <utility>

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

TEST(CsvReader, GivesUpALineOfAGigabyteEarly) {
  const std::string piece(60'000, 'x');
  const std::string fields = [] {
    std::string text;
    while (text.size() < 60'000) text += "x,";
    return text;
  }();
  for (const std::string& bytes : {piece, fields, "\"" + piece}) {
    CsvReader reader([](std::int64_t, const CsvFields&) { return absl::OkStatus(); });
    absl::Status status;
    std::size_t sent = 0;
    for (; sent < (std::size_t{1} << 30) && status.ok(); sent += bytes.size()) status = reader.Feed(bytes);
    EXPECT_THAT(status, IsError(absl::StatusCode::kInvalidArgument, "CSV_MALFORMED"));
    EXPECT_LE(sent, bytes.size()) << "the first piece is enough to see it";
  }
}

TEST(CsvReader, RefusesTenMillionColumnsAtTheHundredAndFirst) {
  CsvReader reader([](std::int64_t, const CsvFields&) { return absl::OkStatus(); });
  const std::string commas(60'000, ',');
  absl::Status status;
  for (int i = 0; i < 170 && status.ok(); ++i) status = reader.Feed(commas);
  EXPECT_THAT(status, IsError(absl::StatusCode::kInvalidArgument, "CSV_MALFORMED"));
}

struct HostileCase {
  const char* what;
  std::string bytes;
  const char* reason;
};

TEST(CsvReader, RefusesWhatIsNoText) {
  using namespace std::string_literals;
  for (const HostileCase& c : std::vector<HostileCase>{
           {"UTF-16, little end first",
            "\xff\xfe"
            "a\0,\0b\0"s,
            "CSV_ENCODING_INVALID"},
           {"UTF-16, big end first",
            "\xfe\xff"
            "\0a\0,"s,
            "CSV_ENCODING_INVALID"},
           {"UTF-16 without a mark", "a\0,\0b\0\n\0"s, "CSV_ENCODING_INVALID"},
           {"a NUL in a field", "a,b\0c\n"s, "CSV_ENCODING_INVALID"},
           {"an overlong slash", "a,\xc0\xaf\n", "CSV_ENCODING_INVALID"},
           {"an overlong NUL", "a,\xe0\x80\x80\n", "CSV_ENCODING_INVALID"},
           {"a surrogate", "a,\xed\xa0\x80\n", "CSV_ENCODING_INVALID"},
           {"half a character at the end", "a,\xe2\x82", "CSV_ENCODING_INVALID"},
           {"a bare carriage return", "a\rb\n", "CSV_MALFORMED"},
           {"a carriage return at the end", "a,b\r", "CSV_MALFORMED"},
           {"a quotation mark that nobody closes", "a,\"b\nc,d\n", "CSV_MALFORMED"},
           {"a quotation mark inside", "a,b\"c\n", "CSV_MALFORMED"},
       }) {
    CsvReader reader([](std::int64_t, const CsvFields&) { return absl::OkStatus(); });
    absl::Status status = reader.Feed(c.bytes);
    if (status.ok()) status = reader.Finish();
    EXPECT_THAT(status, IsError(absl::StatusCode::kInvalidArgument, c.reason)) << c.what;
  }
}

TEST(CsvReader, TakesLinesThatEndInOneWayAndTheOther) {
  std::vector<CsvFields> rows;
  CsvReader reader([&](std::int64_t, const CsvFields& fields) {
    rows.push_back(fields);
    return absl::OkStatus();
  });
  ASSERT_OK(reader.Feed("a,b\r\nc,d\n\r\ne,f"));
  ASSERT_OK(reader.Finish());
  EXPECT_EQ(rows, (std::vector<CsvFields>{{"a", "b"}, {"c", "d"}, {"e", "f"}}));
}

TEST(CsvField, CannotRunInASpreadsheetAndReadsBackAsItWas) {
  EXPECT_EQ(CsvField("Ann Lee"), "Ann Lee");
  EXPECT_EQ(CsvField("=cmd|' /C calc'!A0"), "'=cmd|' /C calc'!A0");
  EXPECT_EQ(CsvField("'t Hooft"), "'t Hooft");
  EXPECT_EQ(CsvField("Lee, Ann \"Annie\""), "\"Lee, Ann \"\"Annie\"\"\"");
  for (const std::string text :
       {"", "x", "=1+1", "+1", "-1", "@x", "'=1", "''=1", "'", "a\"b", "a,b", "\"", "'-"}) {
    std::string back = "unread";
    CsvReader reader([&](std::int64_t, const CsvFields& fields) {
      back = PlainText(fields.at(1));
      return absl::OkStatus();
    });
    const std::string field = CsvField(text);
    EXPECT_EQ(std::string("=+-@").find(field.empty() ? 'x' : field.front()), std::string::npos) << field;
    ASSERT_OK(reader.Feed("x," + field + "\n"));
    EXPECT_EQ(back, text);
  }
}

// Bytes that a generator of fixed seeds puts together from what trips a reader. Whatever it makes of them, it
// comes to the same in one piece and in pieces of any size, holds no more than one record, and reads back
// what it took.
TEST(CsvReader, MakesTheSameOfAnyBytesInAnyPieces) {
  using namespace std::string_literals;
  const std::vector<std::string> parts = {",",
                                          "\n",
                                          "\r\n",
                                          "\r",
                                          "\"",
                                          "\"\"",
                                          "a",
                                          "=x",
                                          "'",
                                          " ",
                                          "\xc3\xa9",
                                          "\xc3",
                                          "\xef\xbb\xbf",
                                          "\xff\xfe",
                                          "\0"s,
                                          "email",
                                          "\xf0\x9f\x98\x80",
                                          "\x80",
                                          std::string(3'000, 'y')};
  for (std::uint32_t seed = 1; seed <= 3'000; ++seed) {
    std::minstd_rand random(seed);
    std::string bytes;
    // Seeds of one kind draw from text alone, so that many files are good.
    const std::size_t kinds = seed % 2 == 0 ? parts.size() : 12;
    for (auto left = random() % 40; left > 0; --left) bytes += parts[random() % kinds];
    const auto read = [&](bool in_pieces) {
      std::vector<CsvFields> rows;
      CsvReader reader([&](std::int64_t, const CsvFields& fields) {
        rows.push_back(fields);
        return absl::OkStatus();
      });
      absl::Status status;
      std::string_view rest = bytes;
      while (status.ok() && !rest.empty()) {
        const std::size_t size =
            in_pieces ? std::min<std::size_t>(rest.size(), 1 + random() % 7) : rest.size();
        status = reader.Feed(rest.substr(0, size));
        rest.remove_prefix(size);
      }
      if (status.ok()) status = reader.Finish();
      return std::pair(std::string(status.message()), rows);
    };
    const auto whole = read(false);
    ASSERT_EQ(read(true), whole) << "seed " << seed;
    if (!whole.first.empty()) continue;
    std::string written = "\xef\xbb\xbf";  // so that one in the text is none of the file
    for (const CsvFields& fields : whole.second) {
      for (std::size_t i = 0; i < fields.size(); ++i) {
        // A row of one empty field would be an empty line.
        written +=
            (i > 0 ? "," : "") + (fields.size() == 1 && fields[i].empty() ? "\"\"" : CsvField(fields[i]));
      }
      written += "\r\n";
    }
    std::vector<CsvFields> again;
    CsvReader reader([&](std::int64_t, const CsvFields& fields) {
      again.emplace_back();
      for (const std::string& field : fields) again.back().emplace_back(PlainText(field));
      return absl::OkStatus();
    });
    ASSERT_OK(reader.Feed(written)) << "seed " << seed;
    ASSERT_OK(reader.Finish());
    ASSERT_EQ(again, whole.second) << "seed " << seed;
  }
}

}  // namespace
}  // namespace plenary::membership::rules
